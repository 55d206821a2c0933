import type { CopiedFiles, CopyNotes, SelectedFiles } from '../../../core/ports/worktreeFiles';
import { envFilesPart } from './envFilesPart';
import { firstOf } from './firstOf';
import { imagesPart } from './imagesPart';
import { definePart } from './part';
import { releasePart } from './releasePart';
import { templatePart } from './templatePart';
import { worktreePart } from './worktreePart';

/** Files of the main worktree that git ignores, and that a new one needs all the same. With a new worktree they go. */
export const copyPart = definePart({
  id: 'copy',
  after: [worktreePart],
  // Whatever reads the worktree may read them; images leave them out.
  before: [imagesPart, envFilesPart, releasePart],
  sometimesBefore: [templatePart],
  title: 'Copy files that git ignores',
  wanted: ({ copies: { paths, hooks, left, examples = {} } }) =>
    paths.length + hooks.length + left.length + Object.keys(examples).length > 0,
  notes: (): { copied: CopyNotes } => ({ copied: new Map() }),
  async make({ ports, prepared: { repository, copies }, made, signal }, { copied }) {
    const result = await ports.worktreeFiles.copy(repository, made(worktreePart).worktree, copies, copied, signal);
    return { value: undefined, detail: detailOf(copies, result) };
  },
  async undo({ ports, prepared: { target }, made }, { copied }) {
    if (target.kind === 'worktree') await ports.worktreeFiles.takeBack(made(worktreePart).worktree, copied);
  },
});

function detailOf({ hooks, examples = {} }: SelectedFiles, { copied, left }: CopiedFiles): string {
  const files = copied
    .filter((path) => !hooks.includes(path))
    .map((path) => (Object.hasOwn(examples, path) ? `${path} (as ${examples[path]} has it)` : path));
  const isWithHooks = copied.length > files.length;
  return [
    files.length === 0 && !isWithHooks ? 'nothing that is not there' : '',
    files.length === 0 ? '' : firstOf(files),
    isWithHooks ? "git's hooks, as git says nothing where they are missing" : '',
    left.length === 0 ? '' : `not ${firstOf(left)}`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}
