import { newBranchNameProblem } from '../../core/naming';
import type { Branch } from '../../core/ports/worktrees';
import { iconless, plainLine } from '../editor/text';

export type BranchChoice =
  | { readonly kind: 'new'; readonly branch: string; readonly base: string }
  | { readonly kind: 'newFromOther'; readonly branch: string }
  | { readonly kind: 'existing'; readonly branch: string }
  /** Checked out already: all that can be done with it is to open it. */
  | { readonly kind: 'open'; readonly path: string }
  | { readonly kind: 'problem'; readonly message: string };

/** A row of the quick pick. */
export interface Choice<What> {
  /** Id of a product icon. */
  readonly icon: string;
  readonly label: string;
  readonly description: string;
  readonly choice: What;
  /** The typed text that the row was made for: one made for another text is out of date. */
  readonly typed: string;
}

/**
 * What a person may choose for a typed text: an existing branch that nothing has checked out, or a new one whose base is
 * told. The first row is the one that Enter takes.
 *
 * @param base what a new branch starts from unless another is chosen
 */
export function branchChoices(branches: readonly Branch[], typed: string, base: string): Choice<BranchChoice>[] {
  const name = typed.trim();
  const rows = selectable(branches);
  // A branch that only a remote has is not made a second time.
  const exact =
    rows.find((branch) => branch.name === name) ?? rows.find((branch) => branch.isRemote && localName(branch) === name);
  const matching = rows.filter(
    (branch) => branch !== exact && branch.checkedOutAt === undefined && matches(branch, name),
  );
  return [
    ...(exact ? [existingRow(exact, typed)] : []),
    ...(name !== '' && !exact ? newRows(branches, name, typed, base) : []),
    ...matching.map((branch) => existingRow(branch, typed)),
  ];
}

/** What a new branch may start from; any text may be a tag or a commit, and git decides. */
export function baseChoices(branches: readonly Branch[], typed: string, base: string): Choice<string>[] {
  const name = typed.trim();
  const rows = branches.filter((branch) => !isRemoteHead(branch) && matches(branch, name));
  const sorted = [...rows.filter((branch) => branch.name === base), ...rows.filter((branch) => branch.name !== base)];
  const isKnown = branches.some((branch) => branch.name === name);
  return [
    ...(name !== '' && !isKnown
      ? [{ icon: 'git-commit', label: iconless(name), description: 'tag or commit', choice: name, typed }]
      : []),
    ...sorted.map((branch) => ({
      icon: branch.isRemote ? 'cloud' : 'git-branch',
      label: iconless(branch.name),
      description: [branch.name === base ? 'default' : '', about(branch)].filter(Boolean).join(' · '),
      choice: branch.name,
      typed,
    })),
  ];
}

/**
 * The row that Enter takes. The list may lag behind the typing, and a row for an older text must not be taken for the
 * text that the person sees.
 */
export function accepted<What>(
  selected: Choice<What> | undefined,
  typed: string,
  current: readonly Choice<What>[],
): Choice<What> | undefined {
  return selected !== undefined && selected.typed === typed ? selected : current[0];
}

function newRows(branches: readonly Branch[], name: string, typed: string, base: string): Choice<BranchChoice>[] {
  const problem = newBranchNameProblem(name);
  if (problem) {
    const choice = { kind: 'problem', message: plainLine(problem) } as const;
    // Why not is told in full under the input; the row would cut it.
    return [{ icon: 'error', label: 'This cannot be the name of a branch', description: '', choice, typed }];
  }
  const commit = branches.find((branch) => branch.name === base)?.commit.slice(0, 7);
  const from = `${iconless(base)}${commit === undefined ? '' : ` (${commit})`}`;
  return [
    {
      icon: 'add',
      label: `Create new branch '${iconless(name)}' from ${from}`,
      description: '',
      choice: { kind: 'new', branch: name, base },
      typed,
    },
    {
      icon: 'add',
      label: `Create new branch '${iconless(name)}' from another base…`,
      description: '',
      choice: { kind: 'newFromOther', branch: name },
      typed,
    },
  ];
}

function existingRow(branch: Branch, typed: string): Choice<BranchChoice> {
  const name = iconless(branch.name);
  if (branch.checkedOutAt !== undefined) {
    const path = branch.checkedOutAt;
    const label = `Open '${name}' in a new window`;
    return {
      icon: 'empty-window',
      label,
      description: `checked out at ${iconless(path)}`,
      choice: { kind: 'open', path },
      typed,
    };
  }
  return {
    icon: branch.isRemote ? 'cloud' : 'git-branch',
    label: name,
    description: about(branch),
    choice: { kind: 'existing', branch: branch.name },
    typed,
  };
}

/** Without what would be there twice: a remote branch whose local one exists. */
function selectable(branches: readonly Branch[]): Branch[] {
  const local = new Set(branches.filter((branch) => !branch.isRemote).map((branch) => branch.name));
  return branches.filter((branch) => !isRemoteHead(branch) && !(branch.isRemote && local.has(localName(branch))));
}

/** What a remote branch `origin/x` is called here: `x`. */
function localName(branch: Branch): string {
  return branch.name.slice(branch.name.indexOf('/') + 1);
}

function isRemoteHead(branch: Branch): boolean {
  return branch.isRemote && branch.name.endsWith('/HEAD');
}

function matches(branch: Branch, text: string): boolean {
  const name = branch.name.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => name.includes(word));
}

function about(branch: Branch): string {
  return iconless(`${branch.commit.slice(0, 7)} ${plainLine(branch.subject)}`);
}
