import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { vsixPath } from '../../scripts/package.mjs';
import { demoSettings } from '../../scripts/workplace/demo.mjs';
import { mustRun } from '../../scripts/workplace/run.mjs';
import { keepPictures } from '../support/keepPictures';
import { readmePictures } from '../support/readmePictures';
import { SamplePlace } from '../support/samplePlace';
import { VSCode } from '../support/vscode';
import type { VSCodeWindow } from '../support/vscodeWindow';
import { browserVSCodeObtained, browserVSCodeVersion } from '../../scripts/workplace/browserVSCode.mjs';
import { verifies } from '../support/verified';

verifies('VS Code in the browser', browserVSCodeVersion, {
  obtained: browserVSCodeObtained,
  asked: 'the extension by its pages: create, rows, terminals, delete',
});

const branch = 'earl/FIB-123-new-feature';
const slug = 'earl-fib-123-new-feature';
const slow = { timeout: 90_000, interval: 250 };

let place: SamplePlace;
let worktree: string;
let code: VSCode;
let mainWindow: VSCodeWindow;
let window: VSCodeWindow;
let mainUrl: string;
let url: string;

beforeAll(async () => {
  place = await SamplePlace.create();
  worktree = join(`${place.repository}.worktrees`, slug);
  const agent = join(place.folder, 'agent.mjs');
  await writeFile(
    agent,
    `import { appendFileSync } from 'node:fs';
const { DATABASE_URL, WORKTREE_BRANCH } = process.env;
appendFileSync(${JSON.stringify(agentLog())}, JSON.stringify([process.cwd(), WORKTREE_BRANCH, DATABASE_URL]) + '\\n');
`,
  );
  const settings = { ...demoSettings(), 'coppice.agent.command': `"${process.execPath}" "${agent}"` };
  code = await VSCode.start({ name: 'main-job', vsix: [await vsixPath()], settings, env: place.env });
});

afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  const name = task.name.replace(/\W+/g, '-').slice(0, 60);
  for (const [index, each] of code.windows.entries()) await each.screenshot(`failed-${name}-${index}`);
});

afterAll(async () => {
  await code?.stop();
  await place?.dispose();
});

test('a worktree without an environment gets one, and its row turns to healthy', async () => {
  mainWindow = await code.open(place.repository);
  await mainWindow.showContainer('Coppice');
  await mainWindow.widenSideBar(480);
  await mainWindow.sideBar.getByText('No worktree has an environment yet').waitFor();
  await mainWindow.statusBarItem('main no environment').waitFor();
  await mainWindow.screenshot('1-no-environment');

  await mainWindow.sideBar.getByText('Create Environment', { exact: true }).click();
  await mainWindow.notification('Creating an environment for main').waitFor();
  await expect.poll(() => describe(mainWindow, 'main'), slow).toMatch(/^3\/3\b/);
  await mainWindow.statusBarItem('main healthy').waitFor();
  // It goes on for a moment, to see that what is ready stays so.
  await mainWindow.notification('Creating an environment for main').waitFor({ state: 'hidden' });
  mainUrl = await urlOf(mainWindow, 'main');
});

test('Create Worktree… makes a worktree with an environment of its own and opens it in a new window', async () => {
  await mainWindow.runCommand('Coppice: Create Worktree…');
  await mainWindow.quickShows('Create Worktree');
  await mainWindow.quickInput.fill(branch);
  const row = new RegExp(`Create new branch '${branch}' from (origin/)?main`);
  await expect.poll(() => mainWindow.quickLabels()).toContainEqual(expect.stringMatching(row));
  await mainWindow.screenshot('2-create-worktree');
  await mainWindow.screenshot('create-worktree', { x: 48, y: 24, width: 896, height: 236 });

  window = await code.openedBy(async () => {
    await mainWindow.pick(row);
    await mainWindow.notification(new RegExp(`Creating worktree ${branch}: \\w`)).waitFor();
    await mainWindow.screenshot('3-steps');
  });
  expect(window.folder).toBe(worktree);
  await window.statusBarItem(`${slug} healthy`).waitFor({ timeout: 60_000 });
  await window.showContainer('Coppice');
  await window.widenSideBar(480);
  await expect.poll(() => describe(window, branch), slow).toMatch(/^3\/3\b/);
  expect(await describe(window, branch)).toContain('this window');
  for (const service of ['frontend', 'backend', 'worker']) expect(await spoken(window, service)).toMatch(/Running/);
  url = await urlOf(window, branch);
  expect(new URL(url).hostname).toBe(`${slug}.localhost`);
});

test('the two environments count in databases of their own', async () => {
  const visits: number[] = [];
  for (const address of [mainUrl, url, url, url, mainUrl]) {
    const page = await code.browse(address);
    visits.push(Number(await page.locator('[data-visits]').innerText()));
    await expect.poll(() => page.locator('[data-numbers] tr').count(), slow).toBe(8);
    const name = address === url ? branch : 'main';
    expect(await page.locator('.branch').innerText()).toBe(name);
    if (visits.length === 3) await page.screenshot({ path: await window.screenshotPath('4-address') });
    await page.close();
  }
  expect(visits).toEqual([1, 1, 2, 3, 2]);
  expect(new URL(url).port).toBe(new URL(mainUrl).port);
});

test('the row follows edits and commits', async () => {
  await writeFile(join(worktree, 'note.txt'), 'written by an agent');
  await expect.poll(() => describe(window, branch), slow).toContain('●1');
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  await mustRun('git', ['add', 'note.txt'], { cwd: worktree });
  await mustRun('git', [...who, 'commit', '--quiet', '--message', 'Note'], { cwd: worktree });
  await expect.poll(() => describe(window, branch), slow).not.toContain('●');
});

test("a terminal of the worktree's window carries the environment's variables", async () => {
  await window.runCommand('Terminal: Create New Terminal');
  await window.typeIntoTerminal('echo "<$WORKTREE_NAME|$WORKTREE_BRANCH>"');
  await expect.poll(() => window.terminalText(), slow).toContain(`<${slug}|${branch}>`);
  await window.screenshot('5-terminal');
  await window.runCommand('View: Hide Panel');
});

test('a service that breaks turns to CrashLoopBackOff with the reason, and back when it is mended', async () => {
  const file = join(worktree, 'backend', 'server.js');
  const good = await readFile(file, 'utf8');
  await writeFile(file, `throw new Error('broken on purpose');\n${good}`);
  await window.inlineAction('backend', 'Restart Service');
  await expect.poll(() => describe(window, 'backend'), slow).toMatch(/^broken on purpose · crashed/);
  await expect.poll(() => describe(window, branch), slow).toMatch(/^2\/3\b/);
  expect(await spoken(window, branch)).toMatch(/degraded, .*2 of 3 services healthy/);
  await window.statusBarItem(`${slug} degraded`).waitFor();
  await window.notification('Restarting backend').waitFor({ state: 'hidden' });
  // The row's buttons show under the pointer only, and would cover the reason.
  await window.page.mouse.move(900, 300);
  await window.screenshot('6-crash-loop');
  await window.screenshot('worktrees', { x: 48, y: 30, width: 480, height: 256 });
  expect(await describe(mainWindow, 'main')).toMatch(/^3\/3\b/);

  await writeFile(file, good);
  await window.inlineAction('backend', 'Restart Service');
  await expect.poll(() => describe(window, branch), slow).toMatch(/^3\/3\b/);
  await expect.poll(() => spoken(window, 'backend'), slow).toMatch(/Running/);
  await window.statusBarItem(`${slug} healthy`).waitFor();
  await window.screenshot('7-mended');
});

test('Create Worktree and Start Agent… starts the agent once, in its worktree and with its variables', async () => {
  await mainWindow.page.bringToFront();
  await mainWindow.runCommand('Coppice: Create Worktree and Start Agent…');
  await mainWindow.quickShows('Create Worktree and Start Agent');
  await mainWindow.quickInput.fill('agent/one');
  const agentWindow = await code.openedBy(() => mainWindow.pick(/Create new branch 'agent\/one' from (origin\/)?main/));
  await expect.poll(() => readFile(agentLog(), 'utf8').catch(() => ''), slow).not.toBe('');
  // Whatever it would be started by again has happened when the row is healthy.
  await agentWindow.showContainer('Coppice');
  await expect.poll(() => describe(agentWindow, 'agent/one'), slow).toMatch(/^3\/3\b/);
  const started = (await readFile(agentLog(), 'utf8')).trim().split('\n');
  expect(started.map((line) => JSON.parse(line) as unknown)).toEqual([
    [join(`${place.repository}.worktrees`, 'agent-one'), 'agent/one', expect.stringMatching(/\/wt_agent_one$/)],
  ]);
  await agentWindow.page.close();
  await place.coppice('delete', 'agent/one', '--discard', 'database');
  await expect.poll(async () => (await mainWindow.treeRows()).map((row) => row.label), slow).not.toContain('agent/one');
});

test('a cluster that stops leaves the last known state in sight, and Start Cluster brings it back', async () => {
  await place.coppice('cluster', 'stop');
  await expect.poll(() => describe(mainWindow, 'Cluster offline'), slow).toContain('showing the last known state');
  expect(await describe(mainWindow, 'main')).toMatch(/^3\/3\b/);
  await mainWindow.statusBarItem('main offline').waitFor();
  await mainWindow.screenshot('8-offline');
  await mainWindow.inlineAction('Cluster offline', 'Start Cluster');
  await mainWindow.statusBarItem('main healthy').waitFor({ timeout: 60_000 });
  await expect.poll(() => describe(mainWindow, 'Cluster offline'), slow).toBe('');
  await expect.poll(() => describe(mainWindow, 'main'), slow).toMatch(/^3\/3\b/);
});

test('Delete… names what would be lost, and loses nothing unless told to', async () => {
  await writeFile(join(worktree, 'only-here.txt'), 'nobody else has this');
  await mainWindow.contextAction(branch, 'Delete…');
  await expect.poll(() => mainWindow.dialog.innerText(), slow).toContain(`Delete the worktree ${branch}?`);
  await mainWindow.dialogButton(/^Delete$/);
  await expect.poll(() => mainWindow.dialog.innerText(), slow).toContain('1 untracked file: only-here.txt');
  expect(await mainWindow.dialog.innerText()).toMatch(/1 unpushed commit/);
  await mainWindow.screenshot('9-would-lose');
  await mainWindow.dialogButton(/^Cancel$/);
  expect(await readFile(join(worktree, 'only-here.txt'), 'utf8')).toBe('nobody else has this');
  await rm(join(worktree, 'only-here.txt'));
  await mustRun('git', ['reset', '--quiet', '--hard', 'main'], { cwd: worktree });
  await expect.poll(() => describe(mainWindow, branch), slow).toMatch(/^3\/3\b/);
});

test('Delete… asks, and takes the environment, the folder and the branch', async () => {
  await mainWindow.contextAction(branch, 'Delete…');
  await expect.poll(() => mainWindow.dialog.innerText(), slow).toContain(`Delete the worktree ${branch}?`);
  await mainWindow.screenshot('10-delete');
  await mainWindow.dialogButton(/^Delete$/);
  // The sample's worker has written to it.
  await expect.poll(() => mainWindow.dialog.innerText(), slow).toContain('what was written to its database: numbers');
  await mainWindow.dialogButton(/^Delete and lose what was written to its database$/);
  await expect.poll(async () => (await mainWindow.treeRows()).map((row) => row.label), slow).not.toContain(branch);
  expect(existsSync(worktree)).toBe(false);
  const branches = await mustRun('git', ['branch', '--format=%(refname:short)'], { cwd: place.repository });
  expect(branches.trim()).toBe('main');
  const environments = await place.coppice('list', '--json');
  expect(environments).not.toContain(slug);
  expect(await describe(mainWindow, 'main')).toMatch(/^3\/3\b/);
  await mainWindow.screenshot('11-deleted');
});

test('the README and the walkthrough show pictures that this test takes', async () => {
  await keepPictures(window, ['create-worktree', 'worktrees']);
  await readmePictures(window, { '2-create-worktree': 'create-worktree', '6-crash-loop': 'crash-loop' });
});

/** The description of the row with this label, '' when there is none. */
async function describe(of: VSCodeWindow, label: string): Promise<string> {
  return (await of.treeRows()).find((row) => row.label === label)?.description ?? '';
}

/** What a screen reader says of the row with this label, '' when there is none. */
async function spoken(of: VSCodeWindow, label: string): Promise<string> {
  return (await of.treeRows()).find((row) => row.label === label)?.ariaLabel ?? '';
}

/** The first address that the tree shows under a worktree: its row shows the path, and says the whole. */
async function urlOf(of: VSCodeWindow, label: string): Promise<string> {
  await of.expand(label);
  const rows = await of.treeRows();
  const address = rows.map((row) => /http:\/\/[^\s,]+/.exec(row.ariaLabel)?.[0]).find((url) => url !== undefined);
  if (!address) throw new Error(`no URL below ${label}: ${rows.map((row) => row.label).join(', ')}`);
  return address;
}

/** Where the agent of this test says that it was started. */
function agentLog(): string {
  return join(place.folder, 'agent.log');
}
