// npm run test:infra: what charts/infra says to its parts, said to the real programs. They are built once, by Go, from the Go module
// proxy into the user's cache, which takes long: it is no part of `npm test`. What passed goes into docs/verified.md by
// `npm run verified`.
import { mkdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInfraPrograms, whyNoInfraPrograms } from '../test/support/infraPrograms/build.mjs';
import { mainOnNode24 } from './workplace/dependencies.mjs';
import { root } from './workplace/run.mjs';
import { Stop, say } from './workplace/say.mjs';
import { runStage } from './workplace/stages.mjs';
import { ensureUsedPrograms } from './workplace/usedPrograms.mjs';

const output = join(root, 'out', 'test-infra');

async function testInfra() {
  const reason = await whyNoInfraPrograms();
  if (reason !== undefined) {
    say(`Skipped: ${reason}`);
    say('0 passed, 0 failed');
    return 0;
  }
  const programs = await ensureInfraPrograms();
  await ensureUsedPrograms();
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { passed, failed } = await runStage(
    {
      name: 'infra',
      args: [vitest, 'run', '-c', 'vitest.infra.config.ts'],
      tests: process.argv.slice(2),
      counts: true,
    },
    output,
    { COPPICE_TEST_INFRA_PROGRAMS: JSON.stringify(programs) },
  );
  say(`\nLogs are in ${relative(root, output)}\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

await mainOnNode24(fileURLToPath(import.meta.url), async () => {
  try {
    return await testInfra();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(error.message);
    say('0 passed, 1 failed');
    return 1;
  }
});
