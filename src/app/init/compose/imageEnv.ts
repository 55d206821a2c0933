import type { PlainMapping } from '../../../core/proposedFile';
import { isPlainMapping } from '../../../core/proposedFile';
import type { DockerfileFacts } from '../shared/dockerfile';
import { literal } from '../shared/literal';

/** About the container, and not about the program. */
const ofContainer = /^(?:PATH|HOME|HOSTNAME|USER|SHELL|LANG|LC_\w+|TZ|DEBIAN_FRONTEND|PIP_\w+|npm_\w+|\w*_VERSION)$/i;
const forProduction = /^(?:NODE|MIX|RAILS|RACK|APP|FLASK|DJANGO)_ENV$/;

/**
 * What the variables of an image say to its program, as far as it means the same to a process of this machine: no place in the container,
 * nothing that is made of others, no address of all interfaces, and no production.
 */
export function imageEnv(
  dockerfile: DockerfileFacts | undefined,
  { environment }: PlainMapping,
  port: number | undefined,
  { reserved }: { readonly reserved: ReadonlySet<string> },
): Record<string, string> {
  const said = isPlainMapping(environment) ? environment : {};
  const entries = Object.entries(dockerfile?.env ?? {}).flatMap(([name, value]): [string, string][] => {
    if (reserved.has(name) || Object.hasOwn(said, name) || ofContainer.test(name)) return [];
    if (/[$/]/.test(value) || value === '' || value === '0.0.0.0') return [];
    if (forProduction.test(name) && /^prod/.test(value)) return [];
    return [
      [name, port !== undefined && /(?:^|_)PORT$/.test(name) && value === String(port) ? '$(PORT)' : literal(value)],
    ];
  });
  return Object.fromEntries(entries);
}
