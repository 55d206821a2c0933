import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../core/errors';

/** What Helm and API servers say of a release, or of a chart's file, that is too large for them. */
const tooLarge =
  /Request entity too large|must have at most \d+ bytes|may not be more than \d+ bytes|larger than the maximum file size|exceeds the maximum/i;
/** A release is stored compressed, and may have a mebibyte then: a chart of less is not what is too large. */
const suspiciousBytes = 300_000;
const maxEntries = 20_000;
/** How many of its largest files an error names. */
const namedFiles = 3;

interface ChartFile {
  /** Relative to the chart, with `/` between its parts. */
  readonly path: string;
  readonly bytes: number;
}

/** Why a release did not fit, when its chart is why: with the files that should not be in it. Undefined: something else failed. */
export async function largeChart(chart: string, stderr: string): Promise<AppError | undefined> {
  if (!tooLarge.test(stderr)) return undefined;
  const ignored = ignoreRules(await readFile(join(chart, '.helmignore'), 'utf8').catch(() => ''));
  const files = await filesOf(chart, ignored);
  if (files.reduce((sum, { bytes }) => sum + bytes, 0) < suspiciousBytes) return undefined;
  const parts = new Map<string, ChartFile[]>();
  for (const file of files) {
    const [top = '', ...below] = file.path.split('/');
    const key = below.length === 0 ? top : `${top}/`;
    parts.set(key, [...(parts.get(key) ?? []), file]);
  }
  const sizes = [...parts].map(([name, inside]) => {
    const bytes = inside.reduce((sum, file) => sum + file.bytes, 0);
    const [largest] = inside.sort((a, b) => b.bytes - a.bytes);
    // A folder is named by the file that it is large for, or as a whole when there are many.
    const isOne = largest !== undefined && largest.bytes > bytes / 2;
    return { name: isOne ? largest.path : name, bytes: isOne ? largest.bytes : bytes };
  });
  const largest = sizes.sort((a, b) => b.bytes - a.bytes).slice(0, namedFiles);
  const told = largest
    .filter(({ bytes }) => bytes > suspiciousBytes / 10)
    .map(({ name, bytes }) => `${name} (${amount(bytes)})`);
  return new AppError(
    'invalidInput',
    `The chart ${chart} is too large for a release, which keeps all of its files: ${told.join(', ')}. Name what its templates do not use in its .helmignore.`,
    { explanation: stderr.trim() },
  );
}

async function filesOf(chart: string, isIgnored: (path: string, isFolder: boolean) => boolean): Promise<ChartFile[]> {
  const files: ChartFile[] = [];
  const folders = [''];
  for (let at = folders.pop(); at !== undefined && files.length < maxEntries; at = folders.pop()) {
    for (const entry of await readdir(join(chart, at), { withFileTypes: true }).catch(() => [])) {
      const path = at === '' ? entry.name : `${at}/${entry.name}`;
      if (isIgnored(path, entry.isDirectory())) continue;
      if (entry.isDirectory()) folders.push(path);
      else
        files.push({
          path,
          bytes: await stat(join(chart, path)).then(
            ({ size }) => size,
            () => 0,
          ),
        });
    }
  }
  return files;
}

/** What a `.helmignore` leaves out, as far as it is plain: with its exceptions and classes of characters nothing is. */
function ignoreRules(text: string): (path: string, isFolder: boolean) => boolean {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const rules = lines
    .filter((line) => line !== '' && !/^[#!]/.test(line))
    .map((line) => {
      const glob = line.replace(/\/$/, '').replace(/^\.?\//, '');
      const source = glob.replaceAll(/[^\w]/g, (part) => ({ '*': '[^/]*', '?': '[^/]' })[part] ?? `\\${part}`);
      return {
        foldersOnly: line.endsWith('/'),
        ofPath: glob.includes('/') || /^\.?\//.test(line),
        pattern: new RegExp(`^${source}$`),
      };
    });
  return (path, isFolder) =>
    rules.some(
      ({ foldersOnly, ofPath, pattern }) =>
        (isFolder || !foldersOnly) && pattern.test(ofPath ? path : path.slice(path.lastIndexOf('/') + 1)),
    );
}

function amount(bytes: number): string {
  return bytes < 2 ** 20 ? `${Math.round(bytes / 1024)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
