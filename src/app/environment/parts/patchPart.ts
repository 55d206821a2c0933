import { databaseEnvironment } from '../../../core/databases/databaseEnvironment';
import { AppError } from '../../../core/errors';
import { clusterPart } from './clusterPart';
import { commandVariables, noDatabaseUrl } from './commandVariables';
import { copyPart } from './copyPart';
import { databasePart } from './databasePart';
import { dependenciesPart } from './dependenciesPart';
import { envFilesPart } from './envFilesPart';
import { machineDatabaseUrl } from './machineDatabaseUrl';
import { namespacePart } from './namespacePart';
import { definePart, type UndoRun } from './part';
import { patchLines } from './patchLines';
import { releasePart } from './releasePart';
import { setupPart } from './setupPart';
import { takeOutPatches } from './takeOutPatches';
import { variablesOf } from './variables';
import { worktreePart } from './worktreePart';

/** What env files of the worktree say of this environment, in lines of Coppice's own: the main worktree's are not touched. */
export const patchPart = definePart({
  id: 'patch',
  // All that runs or writes in the worktree comes before: the database may be there sooner.
  after: [clusterPart, namespacePart, worktreePart, copyPart, dependenciesPart, setupPart, databasePart],
  before: [envFilesPart, releasePart],
  title: 'Patch the env files',
  /** Also where lines of before are to go. */
  wanted: ({ file: { patch }, target, patched }) =>
    (Object.keys(patch).length > 0 || patched.length > 0) && !(target.kind === 'worktree' && target.worktree.isMain),
  async verify({ ports, file: { patch }, repository, target, signal }) {
    for (const path of Object.keys(patch)) {
      if ((await ports.worktrees.fileAt(repository, target.commit, path, signal)) === undefined) continue;
      throw new AppError(
        'invalidInput',
        `patch names ${path}, which is committed: only files that git ignores are patched, so that nobody commits an environment's values.`,
      );
    }
  },
  /** Says that a delete of the environment alone has lines to take out. */
  plan: ({ prepared: { file } }) => ({ record: { files: Object.keys(file.patch) } }),
  /** What is named there is set by parts that are planned by then. */
  verifyPlan({ ports, prepared: { file, target, repository }, parts, identity }) {
    const place = { identity, branch: target.branch, settings: ports.settings(), mainFolder: repository.root };
    const told = variablesOf(parts, { ...place, urlPort: undefined });
    const known = { ...told, ...(identity.parts.database ? databaseEnvironment(noDatabaseUrl) : {}) };
    for (const [path, values] of Object.entries(file.patch)) patchLines(path, values, known);
  },
  notes: (): { begun: string[] } => ({ begun: [] }),
  async make(run, notes) {
    const { ports, prepared, made, signal } = run;
    const { worktree } = made(worktreePart);
    const { patch } = prepared.file;
    const known = await variablesOfRun(run);
    const lines = Object.entries(patch).map(([path, values]) => [path, patchLines(path, values, known)] as const);
    const before = await ports.worktreeFiles.patched(worktree);
    const changed: string[] = [];
    for (const [path, wanted] of lines) {
      if (!before.includes(path)) notes.begun.push(path);
      if (await ports.worktreeFiles.patch(worktree, path, wanted, signal)) changed.push(path);
    }
    // What the file does not name any more is as its author wrote it.
    const gone = before.filter((path) => !Object.hasOwn(patch, path));
    const left = await takeOutPatches(ports, worktree, gone);
    const said = changed.length > 0 || gone.length > 0 ? [...changed, ...gone].join(', ') : 'they say so already';
    return { value: undefined, detail: left === undefined ? said : `${said}; ${left}` };
  },
  async undo({ ports, made }, { begun }) {
    return begun.length === 0 ? undefined : takeOutPatches(ports, made(worktreePart).worktree, begun);
  },
  remove({ ports, environment, worktree: removed }) {
    // An environment that stays in another cluster is forgotten by its worktree all the same.
    const parts = environment?.parts ?? removed?.identity?.parts;
    if (!parts?.['patch'] || !removed?.isKept || removed.worktree.prunable !== undefined) return [];
    const { worktree } = removed;
    return [
      {
        phase: 'data',
        id: 'patch',
        title: 'Take its values out of the env files',
        run: async () => takeOutPatches(ports, worktree, await ports.worktreeFiles.patched(worktree)),
      },
    ];
  },
});

async function variablesOfRun({
  ports,
  prepared: { repository, target },
  parts,
  made,
  signal,
}: UndoRun<typeof namespacePart | typeof clusterPart> & { readonly parts: Parameters<typeof commandVariables>[0] }) {
  const { identity } = made(namespacePart);
  const openCluster = async () => ports.cluster;
  const place = { repository, identity, branch: target.branch, settings: ports.settings(), openCluster };
  const openDatabases = async () => ports.databases;
  const { access } = made(clusterPart);
  const url = await machineDatabaseUrl({ cluster: ports.cluster, openDatabases }, identity, access, signal);
  return {
    ...(await commandVariables(parts, place)),
    ...(url === undefined ? {} : databaseEnvironment(url, identity.parts.database?.url)),
  };
}
