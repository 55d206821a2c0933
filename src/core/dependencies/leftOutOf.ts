import type { DependencyTool } from './dependencyTools';

/** Whether something in a folder of dependencies stays behind. @param path relative to that folder, with `/` */
export type StaysBehind = (path: string, isFolder: boolean) => boolean;

/**
 * What of a tool's folder does not come. Cargo takes what a package of the checkout was built to for its own wherever it lies, as long as
 * the sources are older than that: another checkout's program would run here. Without their fingerprints these are built anew, and the
 * programs themselves are not there before.
 */
export function leftOutOf({ leftOut, leavesOwn = false }: DependencyTool, lockfile: string): StaysBehind {
  const names = new Set(leftOut);
  const own = leavesOwn ? ownPackages(lockfile) : [];
  return (path, isFolder) => {
    const parts = path.split('/');
    const name = parts.at(-1) ?? '';
    if (names.has(name)) return true;
    if (!leavesOwn) return false;
    if (parts.at(-2) === '.fingerprint') return own.some((each) => isOf(name, each));
    // debug/app, x86_64-unknown-linux-musl/release/app, debug/examples/app
    return !isFolder && (isProfile(parts) || parts.at(-2) === 'examples');
  };
}

/** Beneath the folder of a profile: what was built last, by its own name. */
function isProfile(parts: readonly string[]): boolean {
  return parts.length === 2 || (parts.length === 3 && (parts[0]?.includes('-') ?? false));
}

function isOf(name: string, owner: string): boolean {
  return name.startsWith(`${owner}-`) && /^[0-9a-f]{16}$/.test(name.slice(owner.length + 1));
}

/** What comes from nowhere else is of the checkout. */
function ownPackages(lockfile: string): readonly string[] {
  return lockfile
    .split(/^\[\[package\]\]\s*$/m)
    .slice(1)
    .flatMap((text) => (/^source = /m.test(text) ? [] : (/^name = "([^"]+)"/m.exec(text)?.[1] ?? [])));
}
