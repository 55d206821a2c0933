// What a bundle loads with its entry, as esbuild's metafile tells.

/**
 * The output files that are loaded with an entry: those that it imports statically, or all that it can come to load.
 * @param {import('esbuild').Metafile} metafile
 * @param {string} entryPoint a source file, as `src/extension.ts`
 * @param {'static' | 'all'} kind
 * @returns {string[]}
 */
export function closureOf({ outputs }, entryPoint, kind) {
  const entry = Object.keys(outputs).find((file) => outputs[file]?.entryPoint === entryPoint);
  if (!entry) throw new Error(`${entryPoint} is the entry of no bundle`);
  const files = new Set([entry]);
  for (const file of files) {
    for (const { path, kind: how, external } of outputs[file]?.imports ?? []) {
      if (!external && (kind === 'all' || how === 'import-statement')) files.add(path);
    }
  }
  return [...files];
}

/**
 * The names of the packages that code in these files came from.
 * @param {import('esbuild').Metafile} metafile
 * @param {readonly string[]} files
 * @returns {Set<string>}
 */
export function packagesOf({ outputs }, files) {
  /** @type {Set<string>} */
  const names = new Set();
  for (const file of files) {
    for (const [input, { bytesInOutput }] of Object.entries(outputs[file]?.inputs ?? {})) {
      const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
      if (name && bytesInOutput > 0) names.add(name);
    }
    // It lies in a file of its own, as sharedYaml has it.
    if (outputs[file]?.imports.some(({ path, external }) => external && /^\.{1,2}\/yaml\.js$/.test(path)))
      names.add('yaml');
  }
  return names;
}
