// npm run adopt [-- <name> ...]: takes projects that nobody here wrote, as they come from their own generators or registries, and
// gives them environments as a newcomer would: `coppice init --yes`, `coppice create`, twice. It needs the network, and takes minutes a project:
// it is no part of `npm test`. What passed goes into docs/verified.md by `npm run verified`.
import { mkdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureChromium } from './workplace/chromium.mjs';
import { mainOnNode24 } from './workplace/dependencies.mjs';
import { ensureHelm } from './workplace/helm.mjs';
import { mustRun, root } from './workplace/run.mjs';
import { say } from './workplace/say.mjs';
import { runStage } from './workplace/stages.mjs';

const output = join(root, 'out', 'adopt');

await mainOnNode24(fileURLToPath(import.meta.url), async () => {
  await ensureHelm();
  await ensureChromium();
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  await mustRun(process.execPath, ['scripts/build.mjs'], { orElse: 'The product cannot be built' });
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { passed, failed } = await runStage(
    { name: 'adopt', args: [vitest, 'run', '-c', 'vitest.adopt.config.ts'], counts: true },
    output,
    { COPPICE_ADOPT: process.argv.slice(2).join(' ') },
  );
  say(`\nLogs are in ${relative(root, output)}\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
