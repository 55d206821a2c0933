// npm run test:uses [-- <tool> ...]: what `uses` says to servers of this machine, said to the real programs: Debian's packages, of the
// machine's release and of the newest one, unpacked into the user's cache, and what Go builds. It needs the network: it is no part of
// `npm test`. What passed goes into docs/verified.md by `npm run verified`.
import { mkdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureUsedServers } from '../test/support/usedServers/ensure.mjs';
import { mainOnNode24 } from './workplace/dependencies.mjs';
import { root } from './workplace/run.mjs';
import { Stop, say } from './workplace/say.mjs';
import { runStage } from './workplace/stages.mjs';

const output = join(root, 'out', 'test-uses');

async function testUses() {
  const there = await ensureUsedServers(process.argv.slice(2));
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const build = { name: 'build', args: [join(root, 'scripts', 'build.mjs')] };
  const { ok } = await runStage(build, output);
  if (!ok) return 1;
  const { passed, failed } = await runStage(
    { name: 'uses', args: [vitest, 'run', '-c', 'vitest.uses.config.ts'], counts: true },
    output,
    { COPPICE_TEST_USES: JSON.stringify(there) },
  );
  say(`\nLogs are in ${relative(root, output)}\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

await mainOnNode24(fileURLToPath(import.meta.url), async () => {
  try {
    return await testUses();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(error.message);
    say('0 passed, 1 failed');
    return 1;
  }
});
