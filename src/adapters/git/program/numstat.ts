import type { FileSince } from '../../../core/ports/worktreeChanges';

/** A diff's files. No program that the repository names shows a difference. */
export const numstatArguments = [
  ...['diff', '--numstat', '-z', '--no-renames', '--no-relative', '--no-ext-diff', '--no-textconv'],
  '--ignore-submodules=dirty',
];

export function parseNumstat(output: string): FileSince[] {
  return output.split('\0').flatMap(trackedFile);
}

/** `12\t3\tsrc/a.ts`; `-` of what is no text. */
function trackedFile(line: string): FileSince[] {
  const [, added = '', removed = '', path] = /^(\d+|-)\t(\d+|-)\t(.+)$/s.exec(line) ?? [];
  if (path === undefined) return [];
  const lines = (text: string): number | undefined => (text === '-' ? undefined : Number(text));
  return [{ path, added: lines(added), removed: lines(removed), isUntracked: false }];
}
