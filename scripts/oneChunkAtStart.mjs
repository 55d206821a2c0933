// Keeps what is loaded when the extension is activated, and what a first look at a repository loads, in few files: each file of a
// bundle costs a start, however short it is.
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
 * The same is done a second time, with what both programs load for the first look at a repository, and what the other program has
 * at its start of that: whatever comes later comes after it.
 *
 * @typedef {object} Programs files as `src/extension.ts`
 * @property {string} extension its entry
 * @property {string} other the other program's entry
 * @property {string} terminal what the other program loads at its start
 * @property {readonly string[]} looks what both load for a first look
 * @property {readonly string[]} alone what is loaded without any look
 *
 * @param {Programs} programs
 * @returns {import('esbuild').Plugin}
 */
export function oneChunkAtStart(programs) {
  const { extension, other } = programs;
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
        added = result ? importsToAdd(result.metafile, programs, root) : new Map();
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
 * @param {Programs} programs
 * @param {string} root
 * @returns {ReadonlyMap<string, readonly string[]>}
 */
function importsToAdd(metafile, { extension, other, terminal, looks, alone }, root) {
  /** @param {readonly string[]} outputs */
  const sourcesOf = (outputs) => new Set(outputs.flatMap((file) => Object.keys(metafile.outputs[file]?.inputs ?? {})));
  /** @param {string} entry */
  const startOf = (entry) =>
    [...sourcesOf(closureOf(metafile, entry, 'static'))].filter((file) => file.endsWith('.ts'));
  const atStart = startOf(extension);
  const ofOther = sourcesOf(closureOf(metafile, other, 'all'));
  const ofExtension = sourcesOf(closureOf(metafile, extension, 'all'));
  const shared = atStart.filter((file) => ofOther.has(file));
  const own = atStart.filter((file) => !ofOther.has(file));
  const atLook = [...new Set([...looks, terminal].flatMap(startOf))].filter(
    (file) => ofExtension.has(file) && !atStart.includes(file),
  );
  const later = Object.values(metafile.outputs)
    .map(({ entryPoint }) => entryPoint)
    .filter((file) => file?.endsWith('.ts') && file !== other && !atStart.includes(file));
  // What those have at their start is an entry of its own where somebody loads it later.
  const before = new Set(alone.flatMap(startOf));
  /** @param {string} file */
  const absolute = (file) => join(root, file);
  return new Map(
    later.map((file = '') => [
      absolute(file),
      [
        ...shared,
        ...(ofOther.has(file) ? [] : own.filter((each) => each !== extension)),
        ...(before.has(file) ? [] : atLook),
      ].map(absolute),
    ]),
  );
}
