// npm run dashboards: writes the dashboards of charts/infra from their one definition, src/core/dashboards. A test holds both
// together.
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { root } from './workplace/run.mjs';
import { say } from './workplace/say.mjs';

const file = join(root, 'charts', 'infra', 'dashboards', 'environment.json');

const { outputFiles } = await build({
  entryPoints: [join(root, 'src', 'core', 'dashboards', 'grafanaDashboard.ts')],
  bundle: true,
  format: 'esm',
  write: false,
});
const code = outputFiles[0]?.contents ?? new Uint8Array();
/** @type {{ grafanaDashboard: () => object }} */
const { grafanaDashboard } = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
await writeFile(file, `${JSON.stringify(grafanaDashboard(), undefined, 2)}\n`);
say(`wrote ${relative(root, file)}`);
