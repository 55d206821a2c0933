import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { vsixPath } from '../../scripts/package.mjs';
import { mustRun, root } from '../../scripts/workplace/run.mjs';
import { VSCode } from '../support/vscode';
import { checks } from './inside/checks.cjs';
import { browserVSCodeObtained, browserVSCodeVersion } from '../../scripts/workplace/browserVSCode.mjs';
import { verifies } from '../support/verified';

verifies('VS Code in the browser', browserVSCodeVersion, {
  obtained: browserVSCodeObtained,
  asked: 'checks inside the extension host',
});

const inside = join(root, 'test', 'integration', 'inside');

let folder: string;
let code: VSCode;
let results: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-checks-'));
  const checksVsix = join(folder, 'checks.vsix');
  const resultFile = join(folder, 'results.json');
  const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const options = ['--no-dependencies', '--allow-missing-repository', '--skip-license', '--out', checksVsix];
  await mustRun(process.execPath, [vsce, 'package', ...options], { cwd: inside });
  code = await VSCode.start({
    name: 'checks',
    vsix: [await vsixPath(), checksVsix],
    env: { COPPICE_TEST_RESULTS: resultFile, COPPICE_HOME: join(folder, 'home') },
  });
  await code.open(folder);
  results = JSON.parse(await vi.waitFor(() => readFile(resultFile, 'utf8'), { timeout: 60_000, interval: 100 }));
});

afterAll(async () => {
  await code.stop();
  await rm(folder, { recursive: true, force: true });
});

test.each(checks.map(({ name }) => name))('%s', (name) => {
  expect(results[name]).toBe('');
});
