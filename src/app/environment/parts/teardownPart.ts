import { databaseEnvironment } from '../../../core/databases/databaseEnvironment';
import type { SetupCommand } from '../../../core/environmentFile';
import { AppError, isAppError } from '../../../core/errors';
import { isSameOwner } from '../../../core/clusters/isSameOwner';
import { libpqEnvironment } from '../../../core/databases/libpqEnvironment';
import type { Identity, Repository, Worktree } from '../../../core/model';
import { connectDatabases } from '../../databases/databaseReach';
import type { DeletePorts } from '../deletePorts';
import { runCommand } from '../commands/runCommand';
import { commandVariables, noDatabaseUrl } from './commandVariables';
import { namespacePart } from './namespacePart';
import { serviceUrlIfOwn } from '../../databases/ownServiceUrl';
import { definePart } from './part';
import type { RemovedEnvironment } from './removal';
import type { VariableSource } from './variables';
import { worktreePart } from './worktreePart';

/** Whoever deletes waits for it: what needs more says so. */
const timeoutSeconds = 120;

/** What a database's address may take of those who wait to be told why a create failed. Milliseconds. */
const addressMs = 60_000;

/**
 * What a repository does before an environment of its goes, while all of it is still there: it forgets what lives elsewhere. A
 * failure ends a delete before anything is removed; of a create that failed all is taken back whatever becomes of it.
 */
export const teardownPart = definePart({
  id: 'teardown',
  after: [namespacePart, worktreePart],
  /** Says, when the file cannot be read any more, that there was something to do. */
  plan: ({ prepared: { file } }) => (file.teardown.length > 0 ? { record: { commands: file.teardown.length } } : {}),
  farewell: {
    title: 'Run the teardown commands',
    // Until then nothing of the repository has run for this environment; one that an earlier try has made stays.
    isDue: ({ prepared: { file }, made }, begun) =>
      file.teardown.length > 0 && (begun.has('setup') || begun.has('release')) && !made(namespacePart).isFound,
    async run({ ports, parts, prepared: { repository, file }, made, tell, signal }) {
      const { worktree } = made(worktreePart);
      const { identity } = made(namespacePart);
      const { owner, names } = identity;
      const ended: string[] = [];
      const environment = { namespace: names.namespace, owner, parts: identity.parts };
      const address = identity.parts.database
        ? await databaseUrl(ports, environment, AbortSignal.timeout(addressMs)).catch(() => noDatabaseUrl)
        : undefined;
      const done = await tearDown(
        ports,
        { parts, repository, worktree, identity, teardown: file.teardown, databaseUrl: address },
        // What the next command forgets may be of another place.
        ({ message }) => void ended.push(message),
        { signal, tell },
      );
      if (ended.length > 0) throw new AppError('failed', ended.join('; '));
      return done;
    },
  },
  remove(run) {
    const { ports, parts, environment, worktree: removed } = run;
    const { worktree, identity, repository, teardown } = removed ?? {};
    if (!environment || !worktree || !identity || !repository || !teardown || teardown.length === 0) return [];
    return [
      {
        phase: 'begin',
        id: 'teardown',
        title: 'Run the teardown commands',
        run: async ({ signal, tell }) => {
          const address = environment.parts.database ? await databaseUrl(ports, environment, signal) : undefined;
          return tearDown(
            ports,
            { parts, repository, worktree, identity, teardown, databaseUrl: address },
            (error, { command }) => {
              throw notTornDown(error.message, error, [command.join(' ')]);
            },
            { signal, tell },
          );
        },
      },
    ];
  },
});

type TeardownPorts = Pick<DeletePorts, 'cluster' | 'databases' | 'commands' | 'settings' | 'setups'>;

interface TeardownPlace {
  readonly parts: readonly VariableSource[];
  readonly repository: Repository;
  readonly worktree: Worktree;
  readonly identity: Identity;
  readonly teardown: readonly SetupCommand[];
  /** undefined: the environment is to have none. */
  readonly databaseUrl: string | undefined;
}

/** @param onFailed is told of a command that failed; where it returns, the next one runs */
async function tearDown(
  ports: TeardownPorts,
  { parts, repository, worktree, identity, teardown, databaseUrl: url }: TeardownPlace,
  onFailed: (error: AppError, command: SetupCommand) => void,
  { signal, tell }: { readonly signal: AbortSignal; readonly tell: (line: string) => void },
): Promise<string> {
  const { cluster, settings, setups } = ports;
  const place = {
    repository,
    identity,
    branch: worktree.branch,
    settings: settings(),
    openCluster: async () => cluster,
  };
  const form = identity?.parts.database?.url;
  const ofDatabase = url === undefined ? {} : { ...databaseEnvironment(url, form), ...libpqEnvironment(url) };
  const variables = { ...(await commandVariables(parts, place)), ...ofDatabase };
  // Where the worktree stays, what they forget is to be set up again.
  const known = await setups.read(worktree).catch(() => []);
  if (known.length > 0) await setups.write(worktree, []);
  const logs: string[] = [];
  for (const [index, command] of teardown.entries()) {
    const of = { place: `teardown[${index}]`, folder: worktree.path, variables, timeoutSeconds, tell };
    try {
      const log = await runCommand(ports, command, { ...of, name: identity.names.slug }, signal);
      if (log !== undefined) logs.push(log);
    } catch (error) {
      if (!isAppError(error)) throw error;
      onFailed(error, command);
    }
  }
  return `${teardown.length} run${logs.length > 0 ? ` (${logs.at(-1) ?? ''})` : ''}`;
}

/**
 * Of the database that goes, as this machine reaches it now; what does not run is started. It leads nowhere where there is none any more,
 * or not yet, or where what is there is not its own: what a copied .env says of the main worktree's must not take its place.
 *
 * @throws conflict with the loss, where nobody can tell
 */
async function databaseUrl(
  { cluster, databases }: Pick<DeletePorts, 'cluster' | 'databases'>,
  { namespace: name, owner, parts }: Pick<RemovedEnvironment, 'namespace' | 'owner' | 'parts'>,
  signal: AbortSignal,
): Promise<string> {
  await cluster.connect(signal);
  const namespace = await cluster.readNamespace(name, signal);
  if (namespace && !isSameOwner(namespace.owner, owner))
    throw new AppError('conflict', `The namespace ${name} belongs to somebody else: nothing is deleted.`);
  const serviceUrl = await serviceUrlIfOwn(cluster, { names: { namespace: name }, owner, parts }, signal);
  if (serviceUrl === undefined) return noDatabaseUrl;
  try {
    await connectDatabases({ cluster, databases }, signal);
    const url = await databases.machineUrl(serviceUrl, signal);
    if (url !== undefined) return url;
  } catch (error) {
    if (!isAppError(error)) throw error;
    throw notTornDown(`The teardown commands need the environment's database. ${error.message}`, error);
  }
  throw notTornDown("The address of the environment's database, which the teardown commands need, cannot be told");
}

function notTornDown(message: string, cause?: AppError, examples: readonly string[] = []): AppError {
  return new AppError('conflict', `${message.replace(/\.$/, '')}. Nothing was deleted.`, {
    losses: [{ kind: 'teardown', count: 1, examples }],
    ...(cause?.explanation === undefined ? {} : { explanation: cause.explanation }),
    ...(cause?.remedy ? { remedy: cause.remedy } : {}),
    ...(cause ? { cause } : {}),
  });
}
