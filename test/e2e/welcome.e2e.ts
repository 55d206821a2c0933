import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { vsixPath } from '../../scripts/package.mjs';
import { demoSettings } from '../../scripts/workplace/demo.mjs';
import { mustRun } from '../../scripts/workplace/run.mjs';
import { keepPictures } from '../support/keepPictures';
import { VSCode } from '../support/vscode';
import type { VSCodeWindow } from '../support/vscodeWindow';

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

  test('a repository without coppice.yaml is offered one, and what the command opens is written when it is saved', async () => {
    const folder = await makeRepository('bare-of-file');
    expect(await welcomeOf(code, folder, 'coppice.yaml')).toContain('Create coppice.yaml');
    const window = code.windows.find((each) => each.folder === folder);
    await window?.sideBar.getByText('Create coppice.yaml', { exact: true }).click();
    await window?.page.locator('.tab', { hasText: 'coppice.yaml' }).waitFor();
    // It is a proposal until it is saved.
    expect(existsSync(join(folder, 'coppice.yaml'))).toBe(false);
    await window?.page.keyboard.press('Control+s');
    await expect.poll(() => existsSync(join(folder, 'coppice.yaml')), shown).toBe(true);
    await window?.screenshot('welcome-environment-file');
  });

  test('a repository that says how it runs is given a proposal to look at, of which the walkthrough shows a picture', async () => {
    const folder = await makeRepository('guestbook');
    const scripts = { dev: 'next dev', 'db:migrate': 'drizzle-kit migrate' };
    const dependencies = { next: '16.0.0', 'drizzle-orm': '0.45.0', pg: '8.0.0' };
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'guestbook', scripts, dependencies }));
    await writeFile(join(folder, 'drizzle.config.ts'), 'export default {};\n');
    await mustRun('git', ['add', '--all'], { cwd: folder });
    await welcomeOf(code, folder, 'coppice.yaml');
    const window = code.windows.find((each) => each.folder === folder);
    if (!window) throw new Error('the window is gone');
    await window.sideBar.getByText('Create coppice.yaml', { exact: true }).click();
    await window.page.locator('.tab', { hasText: 'coppice.yaml' }).waitFor();
    await window.page.locator('.view-line', { hasText: 'services:' }).waitFor();
    await window.runCommand('View: Close Primary Side Bar');
    await window.runCommand('Notifications: Clear All Notifications');
    await window.screenshot('environment-file', { x: 48, y: 30, width: 700, height: 390 });
    await keepPictures(window, ['environment-file']);
  });

  test('the walkthrough has its pictures, and a button that leads to the sample', async () => {
    const window = await code.open();
    await window.runCommand('Welcome: Open Walkthrough...');
    await window.answer('Get Started with Coppice');
    await window.page.getByText('Describe the environment').waitFor();
    for (const [step, picture] of [
      ['Describe the environment', 'A coppice.yaml that Coppice proposed'],
      ['Create a worktree', 'Create Worktree: the name of a branch'],
      ['See it run', 'The Worktrees view'],
    ] as const) {
      await window.page.locator('.getting-started-step', { hasText: step }).click();
      await expect.poll(() => widthOf(window, picture), shown).toBeGreaterThan(300);
      await window.screenshot(`walkthrough-${picture.split(' ')[0]}`);
    }
    await window.page.locator('.getting-started-step', { hasText: 'Describe the environment' }).click();
    await window.page.getByRole('button', { name: 'Try It on a Sample…' }).click();
    await window.quickShows('Try It on a Sample');
    // Where it begins; its list comes a little later.
    await expect.poll(() => window.quickInput.inputValue(), shown).toBe(`${place}/`);
    await window.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    await window.page.getByText('Put the Sample Here', { exact: true }).click();
    await expect.poll(() => window.folder, shown).toBe(join(place, 'coppice-sample'));
    await window.ready();
    await window.showContainer('Coppice');
    await window.sideBar.getByText('No worktree has an environment yet').waitFor();
    await window.screenshot('sample');

    await window.runCommand('Coppice: Report What Does Not Work');
    await window.page.locator('.view-line', { hasText: 'What does not work' }).first().waitFor();
    await window.page.locator('.view-line', { hasText: 'Nothing has been sent' }).waitFor();
    await window.screenshot('report');
  });

  test("the extension's page in VS Code has its text, and no picture that does not show", async () => {
    const window = await code.open();
    await window.showContainer('Extensions');
    await window.sideBar.locator('.extension-list-item', { hasText: 'Coppice' }).first().click();
    await expect
      .poll(() => pageText(window), { ...shown, timeout: 60_000 })
      .toContain('A git worktree gives a branch a folder of its own.');
    await window.screenshot('extension-page');
    await expect.poll(() => brokenPictures(window), shown).toEqual([]);
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
    expect(text).toContain('Trust this worktree to start its environment and agent');
    const [window] = code.windows;
    if (!window) throw new Error('the window is gone');
    await window.runCommand('Coppice: Show Log');
    await window.page.locator('.part.panel .output-view').waitFor();
    await window.statusBarItem('Trust this worktree to start its environment and agent').waitFor();
    await window.screenshot('untrusted');
    expect(existsSync(ran)).toBe(false);
    // The trap works: git itself runs the program, so the line above could fail.
    await mustRun('git', ['status'], { cwd: folder });
    expect(existsSync(ran)).toBe(true);

    // Trust is given in the editor's own page, and what waited begins.
    await window.runCommand('View: Hide Panel');
    await window.statusBarItem('Trust this worktree').click();
    await window.page
      .locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust$/ })
      .first()
      .click();
    await window.sideBar.getByText('Create coppice.yaml', { exact: true }).waitFor();
    await window.statusBarItem('Trust this worktree').waitFor({ state: 'hidden' });
    await window.screenshot('trusted');
  } finally {
    await code.stop();
  }
});

async function start(name: string, trusted: boolean): Promise<VSCode> {
  const { 'security.workspace.trust.enabled': _, ...settings } = demoSettings();
  // A dialog for folders begins in the user's own.
  const env = { ...process.env, HOME: place, COPPICE_HOME: join(place, `home-${name}`) };
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

/** How wide a picture of the walkthrough is by itself; 0 where it is not shown. */
async function widthOf({ page }: VSCodeWindow, begin: string): Promise<number> {
  const widths = page.frames().map((frame) =>
    frame
      .locator(`img[alt^="${begin}"]`)
      .first()
      .evaluate((image) => ('naturalWidth' in image ? Number(image.naturalWidth) : 0), undefined, { timeout: 1000 })
      .catch(() => 0),
  );
  return Math.max(...(await Promise.all(widths)));
}

/** What the page of the extension says; '': it is not drawn yet. */
async function pageText({ page }: VSCodeWindow): Promise<string> {
  const texts = await Promise.all(
    page.frames().map((frame) =>
      frame
        .locator('body')
        .innerText({ timeout: 1000 })
        .catch(() => ''),
    ),
  );
  return texts.filter((text) => text.includes('Coppice: Worktree Environments')).join('\n');
}

/** Addresses of pictures that the window or a page in it is to show, and does not (yet): an element without an address shows none. */
async function brokenPictures({ page }: VSCodeWindow): Promise<string[]> {
  const found = await Promise.all(
    page.frames().map((frame) =>
      frame
        .locator('img[src]:not([src=""]):visible')
        .evaluateAll((images) =>
          images
            .filter((image) => !('naturalWidth' in image) || Number(image.naturalWidth) === 0)
            .map((image) => image.getAttribute('src') ?? ''),
        )
        .catch((error: unknown) => [String(error)]),
    ),
  );
  return found.flat();
}

async function makeRepository(name: string): Promise<string> {
  const folder = join(place, name);
  await mkdir(folder);
  await mustRun('git', ['init', '--quiet', '--initial-branch=main'], { cwd: folder });
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  await mustRun('git', [...who, 'commit', '--quiet', '--allow-empty', '--message', 'Begin'], { cwd: folder });
  return folder;
}
