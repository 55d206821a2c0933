// npm run dashboards: writes the dashboards of charts/infra from their one definition, src/core/dashboards. A test holds both
// together.
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { loadSource } from './workplace/loadSource.mjs';
import { root } from './workplace/run.mjs';
import { say } from './workplace/say.mjs';

const file = join(root, 'charts', 'infra', 'dashboards', 'environment.json');

/** @type {{ grafanaDashboard: () => object }} */
const { grafanaDashboard } = await loadSource('src', 'core', 'dashboards', 'grafanaDashboard.ts');
await writeFile(file, `${JSON.stringify(grafanaDashboard(), undefined, 2)}\n`);
say(`wrote ${relative(root, file)}`);
