import { readFile, realpath } from 'node:fs/promises';
import { sep } from 'node:path';

/**
 * What is mounted below a folder. Mounts of the same file system look like folders to everything but the kernel's own list,
 * which only Linux has (proc(5), field 5 of mountinfo).
 */
export async function mountPoints(root: string): Promise<Set<string>> {
  if (process.platform !== 'linux') return new Set();
  const text = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  const points = text.split('\n').map((line) => unescaped(line.split(' ')[4] ?? ''));
  const real = await realpath(root);
  return new Set(
    points
      .filter((point) => point === real || point.startsWith(real + sep))
      .map((point) => root + point.slice(real.length)),
  );
}

/** Spaces, tabs, line ends and backslashes are written in octal. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
