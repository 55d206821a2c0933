import type { EnvironmentFile, ServiceSpec, UsedSpec } from '../environmentFile';
import type { LocalProgram } from '../usedTool';
import { usedTools } from './usedTools';

/**
 * An environment file with what it uses as services like its own, for which they wait: so that whatever is done with services is done
 * with these.
 *
 * @param programs what runs them on this machine, by the service; undefined: their images run
 */
export function withUses(
  file: EnvironmentFile,
  programs: ReadonlyMap<string, LocalProgram> | undefined,
): EnvironmentFile {
  const { uses = [], services } = file;
  if (uses.length === 0) return file;
  const awaited = Object.fromEntries(uses.map(({ name }) => [name, 'healthy'] as const));
  return {
    ...file,
    services: [
      ...services.map((service) => ({ ...service, dependsOn: { ...awaited, ...service.dependsOn } })),
      ...uses.map((used) => asService(used, programs?.get(used.name))),
    ],
  };
}

function asService({ name, tool }: UsedSpec, program: LocalProgram | undefined): ServiceSpec {
  const { ports, main, health, hasPage, container } = usedTools[tool];
  return {
    name,
    ...{ image: container.image, build: undefined, mount: false, command: undefined },
    port: ports[main],
    ...(hasPage ? { host: name, routes: ['/'] } : { routes: [] }),
    ...{ env: {}, health, replicas: 1, dependsOn: {}, once: false },
    uses: { tool, ...(program === undefined ? {} : { program }) },
  };
}
