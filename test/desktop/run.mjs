// npm run test:desktop: the checks of test/integration in a desktop VS Code that @vscode/test-electron downloads;
// "-- --vscode oldest" takes the oldest that package.json allows, "-- --vscode 1.120.0" that one.
// It needs a display and a way to update.code.visualstudio.com; everywhere else "npm test" runs the same checks in VS Code
// for the browser.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureBuilt } from '../../scripts/workplace/built.mjs';
import { mainOnNode24 } from '../../scripts/workplace/dependencies.mjs';
import { ensureHelm } from '../../scripts/workplace/helm.mjs';
import { orUsage } from '../../scripts/workplace/orUsage.mjs';
import { root } from '../../scripts/workplace/run.mjs';
import { Stop, say } from '../../scripts/workplace/say.mjs';

const usage = `npm run test:desktop [-- options]
  --vscode <version> stable (unless it is said), oldest, or one such as 1.120.0`;

await mainOnNode24(fileURLToPath(import.meta.url), async () => {
  const { vscode, help } = orUsage(usage, () =>
    parseArgs({
      options: { vscode: { type: 'string', default: 'stable' }, help: { type: 'boolean', default: false } },
    }),
  ).values;
  if (help) return void say(usage);
  await ensureHelm();
  await ensureBuilt();
  const { runTests } = await import('@vscode/test-electron');
  const folder = await mkdtemp(join(tmpdir(), 'coppice-desktop-'));
  try {
    return await runTests({
      version: await versionOf(vscode),
      extensionDevelopmentPath: root,
      extensionTestsPath: join(root, 'test', 'desktop', 'suite.cjs'),
      extensionTestsEnv: { COPPICE_HOME: join(folder, 'home') },
      launchArgs: [folder, '--disable-workspace-trust', '--user-data-dir', join(folder, 'user')],
    });
  } catch (error) {
    throw new Stop(`The desktop VS Code did not run: ${error instanceof Error ? error.message : error}`);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});

/**
 * The version to run: of the option, or of package.json.
 * @param {string} option
 */
async function versionOf(option) {
  if (option !== 'oldest') return option;
  const { engines } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  return /\d+\.\d+\.\d+/.exec(engines.vscode)?.[0] ?? 'stable';
}
