/** What decides what an install makes, as far as files of a worktree say it: each by its content, undefined where it is not there. */
export interface DependencyKey {
  readonly lockfile: { readonly name: string; readonly digest: string | undefined };
  /** The package manager and the engines that are asked for, and whose scripts run. */
  readonly manager: string | undefined;
  /** By path. */
  readonly alike: Readonly<Record<string, string | undefined>>;
}

/** What the two differ in, half a sentence; undefined: an install makes the same of both. */
export function keyDifference(source: DependencyKey, target: DependencyKey): string | undefined {
  const { lockfile } = target;
  if (
    lockfile.name !== source.lockfile.name ||
    lockfile.digest === undefined ||
    lockfile.digest !== source.lockfile.digest
  )
    return `${lockfile.name} is another there`;
  if (source.manager !== target.manager)
    return 'package.json asks for another package manager or engine there, or has the scripts of other packages run';
  const paths = [...new Set([...Object.keys(source.alike), ...Object.keys(target.alike)])].sort();
  const other = paths.find((path) => source.alike[path] !== target.alike[path]);
  return other === undefined ? undefined : `${other.replace(/^\//, '')} is another there`;
}
