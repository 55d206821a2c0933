import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { vsixPath } from '../../scripts/package.mjs';
import { demoSettings } from '../../scripts/workplace/demo.mjs';
import { mustRun } from '../../scripts/workplace/run.mjs';
import { VSCode } from '../support/vscode';

const shown = { timeout: 30_000, interval: 250 };

let place: string;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'coppice-welcome-'));
});

afterAll(() => rm(place, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }));

describe('in trusted folders', () => {
  let code: VSCode;

  beforeAll(async () => {
    code = await start('welcome', true);
  });

  afterAll(() => code.stop());

  test('a folder that is no repository is told so', async () => {
    const folder = join(place, 'plain');
    await mkdir(folder);
    expect(await welcomeOf(code, folder, 'is not in a git repository')).toContain('Initialize Repository');
  });

  test('a repository without coppice.yaml is offered one, and the command writes a valid file', async () => {
    const folder = await makeRepository('bare-of-file');
    expect(await welcomeOf(code, folder, 'coppice.yaml')).toContain('Create coppice.yaml');
    const window = code.windows.find((each) => each.folder === folder);
    await window?.sideBar.getByText('Create coppice.yaml', { exact: true }).click();
    await expect.poll(() => existsSync(join(folder, 'coppice.yaml')), shown).toBe(true);
    await window?.page.locator('.tab', { hasText: 'coppice.yaml' }).waitFor();
    await window?.screenshot('welcome-environment-file');
  });
});

test('an untrusted folder is told what trust is for, and nothing of the repository runs', async () => {
  const folder = await makeRepository('untrusted');
  const ran = join(place, 'it-ran');
  const program = join(place, 'planted.sh');
  await writeFile(program, `#!/bin/sh\ntouch '${ran}'\n`);
  await chmod(program, 0o755);
  await mustRun('git', ['config', 'core.fsmonitor', program], { cwd: folder });
  const code = await start('untrusted', false);
  try {
    const text = await welcomeOf(code, folder, 'trust');
    expect(text).toContain('Manage Trust');
    // The log can be read in every folder; with its panel open the extension is awake for certain.
    const [window] = code.windows;
    await window?.runCommand('Coppice: Show Log');
    await window?.page.locator('.part.panel .output-view').waitFor();
    expect(existsSync(ran)).toBe(false);
    // The trap works: git itself runs the program, so the line above could fail.
    await mustRun('git', ['status'], { cwd: folder });
    expect(existsSync(ran)).toBe(true);
  } finally {
    await code.stop();
  }
});

async function start(name: string, trusted: boolean): Promise<VSCode> {
  const { 'security.workspace.trust.enabled': _, ...settings } = demoSettings();
  const env = { ...process.env, COPPICE_HOME: join(place, `home-${name}`) };
  return VSCode.start({ name, vsix: [await vsixPath()], settings, trusted, env });
}

/** Opens a folder, shows the view and resolves with what it says in place of rows, once that contains the text. */
async function welcomeOf(code: VSCode, folder: string, text: string): Promise<string> {
  const window = await code.open(folder);
  await window.showContainer('Coppice');
  const welcome = window.sideBar.locator('.welcome-view-content:visible');
  await expect.poll(() => welcome.innerText().catch(() => ''), shown).toContain(text);
  await window.screenshot(`welcome-${folder.slice(place.length + 1)}`);
  return welcome.innerText();
}

async function makeRepository(name: string): Promise<string> {
  const folder = join(place, name);
  await mkdir(folder);
  await mustRun('git', ['init', '--quiet', '--initial-branch=main'], { cwd: folder });
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  await mustRun('git', [...who, 'commit', '--quiet', '--allow-empty', '--message', 'Begin'], { cwd: folder });
  return folder;
}
