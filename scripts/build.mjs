// Bundles the extension, the CLI and the embedded cluster into dist/. `--watch` rebuilds on change, `--only=cluster` builds one of them.
import { readFile, rm, mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const watch = process.argv.includes('--watch');
const only = process.argv.find((a) => a.startsWith('--only='))?.slice('--only='.length);
const metafiles = join(root, 'out', 'meta');
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

// CommonJS libraries inside an ES module bundle still call require() for Node's own modules.
const requireForCommonJs =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** @type {Record<string, Omit<esbuild.BuildOptions, 'entryPoints' | 'metafile'> & { entryPoints: Record<string, string> }>} */
const builds = {
  // The extension and the CLI share their use cases and adapters; every SDK lands in a chunk that is loaded on first use.
  product: {
    entryPoints: { extension: 'src/extension.ts', cli: 'src/cli.ts' },
    outdir: 'dist',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    external: ['vscode', 'pg-native'],
  },
  cluster: {
    entryPoints: { cluster: 'src/embedded/main.ts', reaper: 'src/embedded/process/reaper.ts' },
    outdir: 'dist',
  },
};

await mkdir(metafiles, { recursive: true });
if (!only && !watch) await rm(join(root, 'dist'), { recursive: true, force: true });

for (const [name, options] of Object.entries(builds)) {
  if (only && only !== name) continue;
  const entries = Object.values(options.entryPoints);
  if (!entries.every((entry) => existsSync(join(root, entry)))) {
    throw new Error(`nothing to build for ${name}: ${entries.join(', ')} is missing`);
  }
  const settings = /** @satisfies {esbuild.BuildOptions} */ ({
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    minify: true,
    keepNames: true,
    metafile: /** @type {const} */ (true),
    logLevel: 'warning',
    legalComments: 'none',
    banner: { js: requireForCommonJs },
    define: { COPPICE_VERSION: JSON.stringify(version) },
    ...options,
  });
  if (watch) {
    const context = await esbuild.context(settings);
    await context.watch();
    console.log(`watching ${name}`);
  } else {
    const { metafile } = await esbuild.build(settings);
    await writeFile(join(metafiles, `${name}.json`), JSON.stringify(metafile));
    for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
      if (entries.includes(metafile.outputs[file]?.entryPoint ?? ''))
        console.log(`${file}  ${(bytes / 1024).toFixed(0)} KB`);
    }
  }
}
