import { databaseEnvironment } from '../../../core/databases/databaseEnvironment';
import { commandVariables, noDatabaseUrl } from './commandVariables';
import { copyPart } from './copyPart';
import { dependenciesPart } from './dependenciesPart';
import { imagesPart } from './imagesPart';
import { namespacePart } from './namespacePart';
import { definePart, type Asked } from './part';
import { patchLines } from './patchLines';
import { patchPart } from './patchPart';
import { setupPart } from './setupPart';
import { takeOutPatches } from './takeOutPatches';
import { templatePart } from './templatePart';
import { worktreePart } from './worktreePart';

/**
 * What env files say of this environment before anything of the repository runs in it: scripts of packages, setup and migrations read a
 * copied .env, which is the main worktree's. The database, which is not there yet, leads nowhere; `patchPart` says it in the end.
 */
export const firstPatchPart = definePart({
  id: 'first-patch',
  after: [namespacePart, worktreePart, copyPart],
  before: [dependenciesPart, setupPart, imagesPart, patchPart],
  sometimesBefore: [templatePart],
  title: 'Lead the env files to this environment',
  wanted: (asked) => !(asked.target.kind === 'worktree' && asked.target.worktree.isMain) && unpatched(asked).length > 0,
  notes: (): { begun: string[] } => ({ begun: [] }),
  async make({ ports, prepared, parts, made, signal }, notes) {
    const { repository, target, file } = prepared;
    const { worktree } = made(worktreePart);
    const { identity } = made(namespacePart);
    const openCluster = async () => ports.cluster;
    const place = { repository, identity, branch: target.branch, settings: ports.settings(), openCluster };
    const known = {
      ...(await commandVariables(parts, place)),
      ...(file.database ? databaseEnvironment(noDatabaseUrl, file.database.url) : {}),
    };
    const before = await ports.worktreeFiles.patched(worktree);
    const paths = unpatched(prepared);
    for (const path of paths) {
      const lines = patchLines(path, file.patch[path] ?? {}, known);
      if (!before.includes(path)) notes.begun.push(path);
      await ports.worktreeFiles.patch(worktree, path, lines, signal);
    }
    return { value: undefined, detail: paths.join(', ') };
  },
  async undo({ ports, made }, { begun }) {
    return begun.length === 0 ? undefined : takeOutPatches(ports, made(worktreePart).worktree, begun);
  },
});

/** Services that run may read what is patched already. */
function unpatched({ file, patched, identity }: Pick<Asked, 'file' | 'patched' | 'identity'>): readonly string[] {
  const isRunning = identity?.state === 'created';
  return Object.keys(file.patch).filter((path) => !isRunning || !patched.includes(path));
}
