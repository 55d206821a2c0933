// npm run test:migrations [-- <tool> ...]: what Coppice says of a database's migrations, beside what the tools themselves do with it. Each
// comes from its own registry, pinned, and runs on a real PostgreSQL. It needs the network, npm and Python: it is no part of
// `npm test`. What passed goes into docs/verified.md by `npm run verified`.
import { mkdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mainOnNode24 } from './workplace/dependencies.mjs';
import { root } from './workplace/run.mjs';
import { say } from './workplace/say.mjs';
import { runStage } from './workplace/stages.mjs';

const output = join(root, 'out', 'test-migrations');

await mainOnNode24(fileURLToPath(import.meta.url), async () => {
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { passed, failed } = await runStage(
    { name: 'migrations', args: [vitest, 'run', '-c', 'vitest.migrations.config.ts'], counts: true },
    output,
    { COPPICE_MIGRATIONS: process.argv.slice(2).join(' ') },
  );
  say(`\nLogs are in ${relative(root, output)}\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
