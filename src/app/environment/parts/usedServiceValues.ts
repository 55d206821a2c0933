import type { ServiceSpec } from '../../../core/environmentFile';
import type { Identity } from '../../../core/model';
import type { WorktreeValues } from '../../../core/ports/releases';
import { localRun } from '../../../core/uses/localRun';
import { usedTools } from '../../../core/uses/usedTools';
import type { UsedState } from './usesPart';

/** As long as a server needs that writes down what it has. */
const graceSeconds = 30;

type UsedService = ServiceSpec & { readonly uses: NonNullable<ServiceSpec['uses']> };

/** What Helm gets for a service that an environment uses: all of it is said by its tool, and by where its data lie. */
export function usedServiceValues(
  { name, image, routes, host, health, uses: { tool, program } }: UsedService,
  identity: Identity,
  { places }: UsedState,
): WorktreeValues['services'][number] {
  const { ports, main, local, container } = usedTools[tool];
  const recorded = identity.parts.uses?.services[name]?.ports ?? {};
  const place = places.get(name);
  const run = program && place && localRun(program, recorded, place);
  const seen = run ? recorded : ports;
  const more = Object.fromEntries(
    Object.keys(ports).flatMap((each) => (each === main ? [] : [[each, seen[each] ?? 0]])),
  );
  const env = run ? (local.env?.(run) ?? {}) : (container.env ?? {});
  return {
    ...{ name, image: image ?? container.image, mount: false, replicas: 1, health: health ?? null },
    command: (run ? local.command(run) : (container.command ?? [])).map(asText),
    port: seen[main] ?? null,
    ...{ routes, ...(host === undefined ? {} : { host }) },
    ...(Object.keys(more).length === 0 ? {} : { morePorts: more }),
    env: Object.fromEntries(Object.entries(env).map(([variable, value]) => [variable, asText(value)])),
    ...(run || container.data === undefined
      ? {}
      : {
          data: {
            path: container.data,
            tool,
            isKept: identity.parts.uses?.services[name]?.isKept ?? false,
            ...(container.group === undefined ? {} : { group: container.group }),
          },
        }),
    graceSeconds,
    bare: true,
  };
}

/** `$(NAME)` in a path is no variable. */
function asText(value: string): string {
  return value.replaceAll('$', '$$$$');
}
