import type { UsedToolName } from '../../core/usedTool';
import { isUsedTool, usedTools } from '../../core/uses/usedTools';
import { envFilesIn } from './envFiles';
import type { Candidate } from './shared/candidate';
import type { RepositoryFacts } from './facts';
import { isAbout, toldPort, type UsedHere } from './shared/usedReference';
import { variablesIn } from './shared/variablesIn';

/** What files of variables say that runs on this machine. */
export interface UsedOfMachine extends UsedHere {
  /** The variable that says it, and its file, for a person. */
  readonly because: string;
}

/** By which addresses each is known. MariaDB's are those of MySQL. */
const schemes: Readonly<Partial<Record<UsedToolName, string>>> = {
  ...{ redis: 'redis', valkey: 'valkey', memcached: 'memcached', mysql: 'mysql', mongodb: 'mongodb' },
  ...{ nats: 'nats', rabbitmq: 'amqp', minio: 'http', mailpit: 'smtp', elasticsearch: 'http' },
};

/** Schemes that say nothing of what is behind them, unless the port does. */
const common: readonly string[] = ['http', 'smtp'];

/** Which servers a host alone tells of by the name of its variable; of the others their names are those of other things as well. */
const toldByHost: readonly UsedToolName[] = ['redis', 'memcached', 'rabbitmq', 'nats', 'elasticsearch'];

/** An address of this machine with its port. */
const local = /^(?:([a-z][a-z0-9+.-]*):\/\/(?:[^@/]*@)?)?(?:localhost|127\.0\.0\.1)(?::(\d{1,5}))?(?:[/?].*)?$/i;

/**
 * Servers that each developer is to have on their machine by the files of variables alone: worktrees would share them.
 *
 * @param known what other files tell of, which say more
 * @param hasDatabase whether the environment has PostgreSQL: then addresses of other databases are one's choice among several
 */
export function usedOfMachine(
  facts: RepositoryFacts,
  services: readonly Candidate[],
  known: readonly UsedHere[],
  hasDatabase: boolean,
): UsedOfMachine[] {
  const files = [...new Set(['.', ...services.map(({ folder }) => folder)])].flatMap((folder) =>
    envFilesIn(facts, folder),
  );
  const said = files.flatMap((file) =>
    variablesIn(facts.texts.get(file) ?? '').map(([name, value]) => ({ file, name, value })),
  );
  const tools = Object.keys(usedTools).filter(isUsedTool);
  return tools.flatMap((tool): UsedOfMachine[] => {
    const { main, isDatabase } = usedTools[tool];
    if ((hasDatabase && isDatabase) || known.some((other) => usedTools[other.tool].main === main)) return [];
    const found = said.flatMap(({ file, name, value }) => {
      const port = portOf(tool, name, value);
      // At the port of a service is that service.
      return port === undefined || services.some((each) => each.port === port)
        ? []
        : [{ port, because: `${name} in ${file}` }];
    });
    const [first] = found;
    if (first === undefined) return [];
    const numbers = new Map(Object.entries(usedTools[tool].ports).map(([name, number]) => [number, name]));
    for (const { port } of found) numbers.set(port, toldPort(tool));
    return [{ name: tool, tool, hosts: ['localhost', '127.0.0.1'], ports: numbers, because: first.because }];
  });
}

/** At which port a variable has a server of this kind; undefined: it says nothing of one. */
function portOf(tool: UsedToolName, variable: string, value: string): number | undefined {
  const [whole, scheme, port] = local.exec(value) ?? [];
  if (whole === undefined || /(?:^|_)TEST(?:ING)?(?:_|$)/i.test(variable)) return undefined;
  const usual = usedTools[tool].ports[toldPort(tool)];
  const isUsual = Number(port) === usual;
  const isNamed = isAbout(variable, { name: tool, tool, hosts: [], ports: new Map() });
  if (scheme !== undefined) {
    if (port === undefined || schemes[tool] !== scheme.toLowerCase()) return undefined;
    return !common.includes(scheme.toLowerCase()) || (isNamed && isUsual) ? Number(port) : undefined;
  }
  if (!isNamed || !toldByHost.includes(tool)) return undefined;
  return port === undefined ? (/HOST(?:NAME)?$/i.test(variable) ? usual : undefined) : isUsual ? usual : undefined;
}
