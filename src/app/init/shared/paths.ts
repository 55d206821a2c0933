/**
 * A path relative to the repository's root, from one that is relative to a folder of it; `.` is the root.
 * undefined: it is absolute, a home folder's, a URL, or leads outside.
 */
export function pathInRepository(folder: string, path: string): string | undefined {
  if (/^(?:[/\\~]|[A-Za-z][A-Za-z0-9+.-]*:|git@)/.test(path)) return undefined;
  const parts: string[] = [];
  for (const part of [...folder.split('/'), ...path.split('/')]) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (parts.pop() === undefined) return undefined;
    } else parts.push(part);
  }
  return parts.join('/') || '.';
}

export function folderOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end < 0 ? '.' : path.slice(0, end);
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A path beneath a folder, where `.` is the root, or that folder itself. */
export function inFolder(folder: string, name: string): string {
  if (name === '.') return folder;
  return folder === '.' ? name : `${folder}/${name}`;
}

/** Whether a folder lies beneath another one, and is not that one. */
export function isBelow(folder: string, above: string): boolean {
  return folder !== above && (above === '.' || folder.startsWith(`${above}/`));
}
