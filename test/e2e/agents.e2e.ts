import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { vsixPath } from '../../scripts/package.mjs';
import { demoSettings } from '../../scripts/workplace/demo.mjs';
import { say } from '../../scripts/workplace/say.mjs';
import { readmePictures } from '../support/readmePictures';
import { SamplePlace } from '../support/samplePlace';
import { standInAgent } from '../support/standInAgent';
import { VSCode } from '../support/vscode';
import type { VSCodeWindow } from '../support/vscodeWindow';

const slow = { timeout: 90_000, interval: 100 };
const branch = 'agent/one';

let place: SamplePlace;
let code: VSCode;
/** The window that a person works in, and that of the agent. */
let mainWindow: VSCodeWindow;
let agentWindow: VSCodeWindow;

beforeAll(async () => {
  place = await SamplePlace.create();
  const bin = join(place.folder, 'bin');
  await mkdir(bin);
  // What the entry that tells of sessions is written for.
  await writeFile(join(bin, 'claude'), "#!/bin/sh\necho '2.1.332 (Claude Code)'\n", { mode: 0o755 });
  place.env['PATH'] = [bin, process.env['PATH']].join(delimiter);
  await place.coppice('connect', 'claude-code');
  await place.coppice('create', '--yes', 'main');
  const agent = join(place.folder, 'agent.mjs');
  const settings = join(place.repository, '.claude', 'settings.local.json');
  await writeFile(agent, standInAgent(settings, pidFile()));
  code = await VSCode.start({
    name: 'agents',
    vsix: [await vsixPath()],
    settings: { ...demoSettings(), 'coppice.agent.command': `"${process.execPath}" "${agent}"` },
    env: place.env,
  });
  mainWindow = await code.open(place.repository);
  await mainWindow.showContainer('Coppice');
}, 400_000);

afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  for (const [index, each] of code.windows.entries())
    await each.screenshot(`failed-agents-${task.name.replace(/\W+/g, '-').slice(0, 40)}-${index}`);
});

afterAll(async () => {
  await code?.stop();
  await place?.dispose();
}, 120_000);

test('an agent that is started with its worktree is seen to work in another window', async () => {
  await expect.poll(() => describe('main'), slow).toMatch(/^3\/3\b/);
  await mainWindow.runCommand('Coppice: Create Worktree and Start Agent…');
  await mainWindow.quickShows('Create Worktree and Start Agent');
  await mainWindow.quickInput.fill(branch);
  agentWindow = await code.openedBy(() => mainWindow.pick(/Create new branch 'agent\/one' from (origin\/)?main/));
  await expect.poll(() => describe(branch), slow).toMatch(/agent works/);
  await agentWindow.page.getByText('Type what I am to do').first().waitFor();
  await mainWindow.screenshot('agents-1-works');
});

test('it waits: on its row, in the badge and in the status bars of both windows, in each theme', async () => {
  await agentWindow.page.bringToFront();
  await agentWindow.typeIntoTerminal('ask');
  await mainWindow.page.bringToFront();
  await expect.poll(() => describe(branch), slow).toMatch(/agent waits for a permission/);
  for (const window of [mainWindow, agentWindow]) await expect.poll(() => badge(window), slow).toBe('1');
  const told = /1 agent waits for you/;
  for (const window of [mainWindow, agentWindow])
    await expect.poll(async () => (await window.statusBar()).filter((text) => told.test(text)).length, slow).toBe(1);
  const spoken = (await mainWindow.treeRows()).find(({ label }) => label === branch)?.ariaLabel ?? '';
  expect(spoken).toMatch(/^Worktree agent\/one, .*agent waits for a permission/);
  await mainWindow.widenSideBar(420);
  await mainWindow.page.mouse.move(900, 300);
  const themes = {
    vs: 'Default Light Modern',
    'vs-dark': 'Default Dark Modern',
    'hc-black': 'Default High Contrast',
    'hc-light': 'Default High Contrast Light',
  };
  for (const [kind, theme] of Object.entries(themes)) {
    await code.changeSettings({ 'workbench.colorTheme': theme });
    await mainWindow.page.locator(`.monaco-workbench.${kind}`).waitFor();
    await mainWindow.screenshot(`agents-2-waits-${kind}`);
  }
  await code.changeSettings({ 'workbench.colorTheme': themes.vs });
});

test('Go to Waiting Agent leads to its window and its terminal, where it is answered', async () => {
  // Another terminal is in front there.
  await agentWindow.page.bringToFront();
  await agentWindow.runCommand('Terminal: Create New Terminal');
  await expect.poll(() => agentWindow.terminalText(), slow).not.toMatch(/May I run npm test/);
  await mainWindow.page.bringToFront();
  // A browser opens the window of a folder once more.
  const shown = await code.openedBy(() => mainWindow.runCommand('Coppice: Go to Waiting Agent'));
  expect(shown.folder).toBe(agentWindow.folder);
  await expect.poll(() => agentWindow.terminalText(), slow).toMatch(/May I run npm test/);
  await shown.page.close();
  await agentWindow.page.bringToFront();
  await agentWindow.screenshot('agents-3-terminal');
  await agentWindow.typeIntoTerminal('yes');
  await expect.poll(() => describe(branch), slow).toMatch(/agent works/);
  await expect.poll(() => badge(mainWindow), slow).toBe('');
  await agentWindow.typeIntoTerminal('stop');
  await expect.poll(() => describe(branch), slow).toMatch(/agent is done/);
});

test('one that is killed is gone within 10 seconds', async () => {
  const pid = Number(await readFile(pidFile(), 'utf8'));
  const begin = Date.now();
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => describe(branch), slow).toMatch(/agent is gone/);
  const took = Date.now() - begin;
  say(`a killed agent is gone after ${took} ms`);
  expect(took).toBeLessThanOrEqual(10_000);
  await mainWindow.screenshot('agents-4-gone');
});

test('its worktree is forked with what it has not committed, and both are compared', async () => {
  const folder = join(`${place.repository}.worktrees`, 'agent-one');
  await writeFile(join(folder, 'idea.txt'), 'half of an idea');
  await mainWindow.page.bringToFront();
  await mainWindow.contextAction(branch, 'Fork Worktree');
  await mainWindow.quickShows(`Fork Worktree ${branch}`);
  const fork = await code.openedBy(() => mainWindow.answer('agent/two'), 120_000);
  await expect.poll(() => describe('agent/two'), slow).toMatch(/^3\/3\b/);
  expect(existsSync(join(`${place.repository}.worktrees`, 'agent-two', 'idea.txt'))).toBe(true);
  await fork.page.close();
  await mainWindow.page.bringToFront();
  await mainWindow.contextAction(branch, 'Compare Dashboard With');
  await mainWindow.quickShows(/compare agent\/one with/);
  await mainWindow.pick('agent/two');
  const page = mainWindow.page.frameLocator('iframe.webview.ready').frameLocator('iframe[title]');
  await page.getByText('agent/two').first().waitFor({ timeout: 60_000 });
  await mainWindow.screenshot('agents-5-compared');
  const compared = await place.coppice('compare', branch, 'agent/two');
  expect(compared).toContain('idea.txt');
});

test('the README shows pictures that this test takes', () =>
  readmePictures(mainWindow, { 'agents-2-waits-vs': 'agent-waits', 'agents-3-terminal': 'agent-terminal' }));

async function describe(name: string): Promise<string> {
  return (await mainWindow.treeRows()).find(({ label, level }) => level === 1 && label === name)?.description ?? '';
}

async function badge({ page }: VSCodeWindow): Promise<string> {
  const item = page.locator('.part.activitybar .action-item:has(.action-label[aria-label^="Coppice"]) .badge-content');
  return (await item.allInnerTexts()).join('');
}

/** Where the agent writes by which process it runs. */
function pidFile(): string {
  return join(place.folder, 'agent.pid');
}
