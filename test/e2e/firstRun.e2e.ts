import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { vsixPath } from '../../scripts/package.mjs';
import { demoSettings } from '../../scripts/workplace/demo.mjs';
import { SamplePlace } from '../support/samplePlace';
import { VSCode } from '../support/vscode';
import type { VSCodeWindow } from '../support/vscodeWindow';

const slow = { timeout: 90_000, interval: 250 };
const branch = 'first/attempt';

let place: SamplePlace;
let code: VSCode;
let worktree: string;
/** Where the agent of this test says that it was started. */
let agentLog: string;

// A profile that nothing was ever done in, with the editor's own rules of trust.
beforeAll(async () => {
  place = await SamplePlace.small();
  worktree = join(`${place.repository}.worktrees`, 'first-attempt');
  agentLog = join(place.folder, 'agent.log');
  const agent = join(place.folder, 'agent.mjs');
  await writeFile(
    agent,
    `import { appendFileSync } from 'node:fs';
appendFileSync(${JSON.stringify(agentLog)}, JSON.stringify([process.cwd(), process.env.WORKTREE_BRANCH]) + '\\n');
setInterval(() => {}, 1000);
`,
  );
  const { 'security.workspace.trust.enabled': _, ...settings } = demoSettings();
  code = await VSCode.start({
    name: 'first-run',
    vsix: [await vsixPath()],
    settings: {
      ...settings,
      'security.workspace.trust.startupPrompt': 'once',
      'security.workspace.trust.banner': 'untilDismissed',
      'coppice.agent.command': `"${process.execPath}" "${agent}"`,
    },
    trusted: false,
    env: place.env,
  });
});

afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  for (const [index, each] of code.windows.entries()) await each.screenshot(`failed-first-run-${index}`);
});

afterAll(async () => {
  await code?.stop();
  await place?.dispose();
});

test('from the name of a branch to an agent that works there it is at most four clicks, trust included', async () => {
  const window = await code.open(place.repository);
  await trust(window);
  await window.statusBarItem('main no environment').waitFor();
  await window.runCommand('Coppice: Create Worktree and Start Agent…');
  await window.quickShows('Create Worktree and Start Agent');
  await window.quickInput.fill(branch);
  const row = /Create new branch 'first\/attempt' from (origin\/)?main/;
  await expect.poll(() => window.quickLabels(), slow).toContainEqual(expect.stringMatching(row));

  const clicks: string[] = [];
  const opened = await code.openedBy(async () => {
    clicks.push('the row of the new branch');
    await window.pick(row);
    // What the new window will ask is said before it does.
    await window.notification('The new window asks whether you trust its folder').waitFor();
    await window.screenshot('first-run-1-told');
  }, slow.timeout);
  expect(opened.folder).toBe(worktree);
  await opened.dialog.waitFor();
  await opened.screenshot('first-run-2-asked');
  expect(await started()).toEqual([]);
  clicks.push('trust of the new window');
  await trust(opened);
  await expect.poll(started, slow).toHaveLength(1);
  expect(clicks.length).toBeLessThanOrEqual(4);
  await opened.statusBarItem('first-attempt healthy').waitFor({ timeout: slow.timeout });
  await opened.screenshot('first-run-3-works');
  expect(await opened.page.locator('.terminal-wrapper.active').count()).toBe(1);
  expect(await started()).toEqual([[worktree, branch]]);
});

test('the main job is done by keys alone', async () => {
  const window = code.windows.find(({ folder }) => folder === place.repository);
  if (!window) throw new Error('the window is gone');
  const { keyboard } = window.page;
  await window.page.bringToFront();
  await window.page.evaluate(
    "window.clickedByTest = 0; addEventListener('pointerdown', () => window.clickedByTest++, { capture: true })",
  );
  const command = async (title: string): Promise<void> => {
    await keyboard.press('F1');
    await window.quickInput.waitFor();
    await keyboard.type(title);
    await expect.poll(async () => (await window.quickLabels())[0], slow).toBe(title);
    await keyboard.press('Enter');
  };
  const focused = () =>
    window.sideBar
      .locator('.monaco-list-row.focused .label-name')
      .innerText({ timeout: 1000 })
      .catch(() => '');
  const goTo = async (label: string): Promise<void> => {
    await command('Coppice: Focus on Worktrees View');
    await expect
      .poll(() => window.page.evaluate("document.activeElement.closest('.part.sidebar') !== null"), slow)
      .toBe(true);
    await keyboard.press('Home');
    for (let pressed = 0; pressed < 20 && (await focused()) !== label; pressed++) await keyboard.press('ArrowDown');
    expect(await focused()).toBe(label);
  };
  const choose = async (title: string): Promise<void> => {
    await keyboard.press('Shift+F10');
    const items = window.page.locator('.context-view .action-item');
    await items.first().waitFor();
    const isAt = () => items.and(window.page.locator('.focused')).filter({ hasText: title }).count();
    for (let pressed = 0; pressed < 40 && (await isAt()) === 0; pressed++) await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
  };

  // Create, and look.
  await command('Coppice: Create Worktree…');
  await window.quickShows('Create Worktree');
  await keyboard.type('by/keys');
  const row = /Create new branch 'by\/keys'/;
  await expect.poll(async () => (await window.quickLabels())[0], slow).toMatch(row);
  const opened = await code.openedBy(() => keyboard.press('Enter'), slow.timeout);
  await opened.dialog.waitFor();
  await opened.page.close();
  await window.page.bringToFront();
  await goTo('by/keys');
  await keyboard.press('ArrowRight');
  await expect
    .poll(async () => (await window.treeRows()).some(({ label, level }) => level === 2 && label === 'api'), slow)
    .toBe(true);
  // Its log, a restart, its dashboard.
  await goTo('api');
  await keyboard.press('Enter');
  await expect.poll(() => window.terminalText().catch(() => ''), slow).toContain('api of by/keys listens');
  await goTo('api');
  await choose('Restart Service');
  await window.notification('Restarting api').waitFor();
  await window.notification('Restarting api').waitFor({ state: 'hidden', timeout: slow.timeout });
  await goTo('by/keys');
  await choose('Open Dashboard');
  await window.page.locator('.tab.active', { hasText: 'by/keys · Dashboard' }).waitFor();
  await window.screenshot('first-run-4-keys');
  // And away with it.
  await goTo('by/keys');
  await keyboard.press('Delete');
  await expect.poll(() => window.dialog.innerText(), slow).toContain('Delete the worktree by/keys?');
  await keyboard.press('Enter');
  await expect.poll(async () => (await window.treeRows()).map(({ label }) => label), slow).not.toContain('by/keys');
  expect(await window.page.evaluate('window.clickedByTest')).toBe(0);
});

/** One click in the editor's own dialog. */
async function trust(window: VSCodeWindow): Promise<void> {
  await window.dialog.waitFor();
  await window.dialogButton(/^Yes, I trust the authors/);
  await window.dialog.waitFor({ state: 'hidden' });
}

async function started(): Promise<unknown[]> {
  const lines = await readFile(agentLog, 'utf8').catch(() => '');
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}
