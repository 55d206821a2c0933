// Bundles the extension, the CLI and the embedded cluster into dist/. `--watch` rebuilds on change, `--only=cluster` builds one of them.
import { rm, mkdir, rename, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as esbuild from 'esbuild';
import { bundles, mapFile, root } from './bundles.mjs';

const watch = process.argv.includes('--watch');
const only = process.argv.find((a) => a.startsWith('--only='))?.slice('--only='.length);
const metafiles = join(root, 'out', 'meta');

await mkdir(metafiles, { recursive: true });
if (!only && !watch) await rm(join(root, 'dist'), { recursive: true, force: true });

for (const [name, settings] of Object.entries(bundles)) {
  if (only && only !== name) continue;
  const entries = Object.values(settings.entryPoints);
  if (!entries.every((entry) => entry.startsWith('shared:') || existsSync(join(root, entry)))) {
    throw new Error(`nothing to build for ${name}: ${entries.join(', ')} is missing`);
  }
  if (watch) {
    const context = await esbuild.context({ ...settings, sourcemap: false });
    await context.watch();
    console.log(`watching ${name}`);
  } else {
    const { metafile } = await esbuild.build(settings);
    for (const file of Object.keys(metafile.outputs).filter((each) => each.endsWith('.map'))) {
      await mkdir(dirname(mapFile(file)), { recursive: true });
      await rename(join(root, file), mapFile(file));
      // It is no part of what was built.
      delete metafile.outputs[file];
    }
    await writeFile(join(metafiles, `${name}.json`), JSON.stringify(metafile));
    for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
      if (entries.includes(metafile.outputs[file]?.entryPoint ?? ''))
        console.log(`${file}  ${(bytes / 1024).toFixed(0)} KB`);
    }
  }
}
