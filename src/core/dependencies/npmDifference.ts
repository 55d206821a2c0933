/** Of this machine, as npm calls them. */
export interface System {
  readonly os: string;
  readonly cpu: string;
}

/**
 * Whether what npm has written down of a `node_modules` (`.package-lock.json` in it) is all that a lockfile says, for this system.
 *
 * @returns why not, half a sentence
 */
export function npmDifference(lockfile: unknown, installed: unknown, system: System): string | undefined {
  const [wanted, there] = [packagesOf(lockfile), packagesOf(installed)];
  if (!wanted) return 'package-lock.json is of an npm before 7, which does not say what is installed';
  if (!there) return 'node_modules does not say what is in it';
  for (const [path, one] of Object.entries(wanted)) {
    if (!isInstalled(path)) continue;
    const other = there[path];
    if (other === undefined) {
      if (one['optional'] === true || one['devOptional'] === true || one['peer'] === true) continue;
      return `${path} is not installed there`;
    }
    const differs = ['version', 'resolved', 'integrity', 'link'].some(
      (key) => one[key] !== undefined && other[key] !== undefined && one[key] !== other[key],
    );
    if (differs) return `${path} is not what the lockfile says there`;
  }
  for (const [path, one] of Object.entries(there)) {
    if (!isInstalled(path)) continue;
    if (wanted[path] === undefined) return `${path} is installed there and not in the lockfile`;
    if (!fits(one['os'], system.os) || !fits(one['cpu'], system.cpu)) return `${path} is for another system`;
  }
  return undefined;
}

/** Folders of `node_modules` beneath the project: of its root and its workspaces. */
export function npmFolders(lockfile: unknown): readonly string[] {
  const paths = Object.keys(packagesOf(lockfile) ?? {});
  const own = paths.filter((path) => !isInstalled(path));
  return [...new Set(['', ...own])].map((path) => (path === '' ? 'node_modules' : `${path}/node_modules`));
}

type Entry = Readonly<Record<string, unknown>>;

/** Workspaces are listed by their own paths, too, and are none of what is installed. */
function isInstalled(path: string): boolean {
  return /(?:^|\/)node_modules\//.test(path);
}

function packagesOf(lockfile: unknown): Readonly<Record<string, Entry>> | undefined {
  const packages = isMapping(lockfile) ? lockfile['packages'] : undefined;
  if (!isMapping(packages) || !Object.values(packages).every(isMapping)) return undefined;
  return packages as Readonly<Record<string, Entry>>;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As npm reads `os` and `cpu` of a package: names that are allowed, or with `!` that are not. */
function fits(allowed: unknown, name: string): boolean {
  if (!Array.isArray(allowed) || allowed.length === 0) return true;
  if (allowed.includes(`!${name}`)) return false;
  const named = allowed.filter((each) => typeof each === 'string' && !each.startsWith('!'));
  return named.length === 0 || named.includes(name) || named.includes('any');
}
