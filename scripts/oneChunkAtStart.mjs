// Keeps what the extension loads when it is activated in few files: each file of a bundle costs a start, however short it is.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { closureOf } from './closure.mjs';

/**
 * esbuild makes a chunk for each set of entries that share code, and whatever is loaded later is an entry: what is loaded at the
 * start falls apart into as many chunks as there are sets of later ones. Whoever comes later finds all of it loaded anyway. So each
 * later entry is told to import all that the start loads, of which a set can have but one chunk: nothing is in it that was not
 * loaded at the start before.
 *
 * What only the extension has is imported by no entry that the other program can load, too.
 *
 * @param {{ readonly extension: string, readonly other: string }} programs their entries, as `src/extension.ts`
 * @returns {import('esbuild').Plugin}
 */
export function oneChunkAtStart({ extension, other }) {
  return {
    name: 'one-chunk-at-start',
    setup(build) {
      const { absWorkingDir: root = process.cwd(), plugins = [], ...options } = build.initialOptions;
      const entries = Object.values(options.entryPoints ?? {});
      if (!entries.includes(extension) || !entries.includes(other)) return;
      /** @type {ReadonlyMap<string, readonly string[]>} what is imported too, by each file as an absolute path */
      let added = new Map();

      build.onStart(async () => {
        const divided = build.esbuild.build({
          ...options,
          absWorkingDir: root,
          plugins: plugins.filter(({ name }) => name !== 'one-chunk-at-start'),
          logLevel: 'silent',
          metafile: true,
          sourcemap: false,
          write: false,
        });
        // What is wrong with the sources is said once, by the build itself.
        const result = await divided.catch(() => undefined);
        added = result ? importsToAdd(result.metafile, extension, other, root) : new Map();
      });
      build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const imports = added.get(path);
        if (!imports) return undefined;
        const source = await readFile(path, 'utf8');
        const more = imports.map((file) => `import ${JSON.stringify(file)};`).join('\n');
        return { contents: `${source}\n${more}\n`, loader: 'ts' };
      });
    },
  };
}

/**
 * @param {import('esbuild').Metafile} metafile of the bundle as esbuild divides it
 * @param {string} extension
 * @param {string} other
 * @param {string} root
 * @returns {ReadonlyMap<string, readonly string[]>}
 */
function importsToAdd(metafile, extension, other, root) {
  /** @param {readonly string[]} outputs */
  const sourcesOf = (outputs) => new Set(outputs.flatMap((file) => Object.keys(metafile.outputs[file]?.inputs ?? {})));
  const atStart = [...sourcesOf(closureOf(metafile, extension, 'static'))].filter((file) => file.endsWith('.ts'));
  const ofOther = sourcesOf(closureOf(metafile, other, 'all'));
  const shared = atStart.filter((file) => ofOther.has(file));
  const own = atStart.filter((file) => !ofOther.has(file));
  const later = Object.values(metafile.outputs)
    .map(({ entryPoint }) => entryPoint)
    .filter((file) => file?.endsWith('.ts') && file !== other && !atStart.includes(file));
  /** @param {string} file */
  const absolute = (file) => join(root, file);
  return new Map(
    later.map((file = '') => [
      absolute(file),
      (ofOther.has(file) ? shared : [...shared, ...own.filter((each) => each !== extension)]).map(absolute),
    ]),
  );
}
