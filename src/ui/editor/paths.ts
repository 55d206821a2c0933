/*
 * Paths are compared as text: the UI reads no disk. Folders come from git and from the editor, both absolute; on Windows
 * they differ in slashes and in the drive's case.
 */

export function isSameOrInside(path: string, folder: string): boolean {
  const inner = comparable(path);
  const outer = comparable(folder);
  return inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
}

export function isSamePath(one: string, other: string): boolean {
  return comparable(one) === comparable(other);
}

export function lastSegment(path: string): string {
  return path.split(/[\\/]/).findLast((segment) => segment !== '') ?? path;
}

/** Of a folder that is not the root of its disk. */
export function parentFolder(path: string): string {
  return path.replace(/[\\/]+$/, '').replace(/[\\/][^\\/]*$/, '');
}

function comparable(path: string): string {
  const isWindows = /^[A-Za-z]:[\\/]|^\\\\/.test(path);
  const unified = isWindows ? path.replaceAll('\\', '/').toLowerCase() : path;
  return unified.length > 1 ? unified.replace(/\/+$/, '') : unified;
}
