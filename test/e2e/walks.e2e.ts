import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { vsixPath } from '../../scripts/package.mjs';
import { demoSettings } from '../../scripts/workplace/demo.mjs';
import { mustRun } from '../../scripts/workplace/run.mjs';
import { SamplePlace } from '../support/samplePlace';
import { VSCode } from '../support/vscode';
import type { VSCodeWindow } from '../support/vscodeWindow';

const slow = { timeout: 90_000, interval: 250 };
const environments = ['main', 'attempt-1', 'attempt-2', 'feature/prices'];

let place: SamplePlace;
let code: VSCode;
let window: VSCodeWindow;
let actions: string[] = [];

// docs/walks.md tells of these. Each begins in a window in which nothing of Coppice is open.
beforeAll(async () => {
  place = await SamplePlace.create();
  for (const branch of environments) await place.coppice('create', '--yes', branch);
  await mustRun('git', ['worktree', 'add', '--quiet', '-b', 'task-1', folderOf('task-1')], { cwd: place.repository });
  await commit('attempt-1', { 'notes.md': 'One way.\n' });
  await commit('attempt-2', { 'notes.md': 'Another way.\n', 'more.md': 'And more.\n' });
  code = await VSCode.start({ name: 'walks', vsix: [await vsixPath()], settings: demoSettings(), env: place.env });
  window = await code.open(place.repository);
  await window.statusBarItem('main healthy').waitFor({ timeout: slow.timeout });
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail')
    await window?.screenshot(`failed-walks-${task.name.replace(/\W+/g, '-').slice(0, 60)}`);
  expect(actions.length, actions.join(', ')).toBeLessThanOrEqual(5);
  expect(actions.length).toBeGreaterThan(0);
  actions = [];
  await window.runCommand('View: Close All Editors');
  await window.runCommand('Terminal: Kill All Terminals');
  await window.showContainer('Explorer');
});

afterAll(async () => {
  await code?.stop();
  await place?.dispose();
});

test('which environment fails, and why', async () => {
  const file = join(folderOf('feature-prices'), 'backend', 'database.js');
  await writeFile(
    file,
    `if (!process.env.PRICES_KEY) throw new Error('PRICES_KEY must be set');\n${await readFile(file, 'utf8')}`,
  );
  await expect(place.coppice('restart', 'backend', 'feature/prices')).rejects.toThrow('PRICES_KEY');
  const item = window.statusBarItem('1 of 4 failing');
  await item.waitFor({ timeout: slow.timeout });

  await act('what the status bar says', () => item.click());
  await window.quickShows('main · healthy');
  const first = window.page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row').first();
  await expect
    .poll(() => first.innerText(), slow)
    .toMatch(/feature\/prices: backend[^]*PRICES_KEY must be set · crashed/);
  await window.screenshot('walks-1-failing');
  await act('the first row, which says why', () => first.click());
  await expect
    .poll(() => window.terminalText().catch(() => ''), slow)
    .toMatch(/Error: PRICES_KEY must be set[^]*database\.js:1/);
});

test('two attempts, side by side', async () => {
  await act('the command, by "compare"', () => window.runCommand('Coppice: Compare Worktrees…'));
  await window.quickShows('Choose the worktrees to compare');
  for (const name of ['attempt-1', 'attempt-2']) await act(name, () => tick(name));
  await act('OK', () => window.page.keyboard.press('Enter'));
  await expect.poll(() => editorText(), slow).toMatch(/commits +1 +1$/m);
  const text = await editorText();
  expect(text).toMatch(/^status +3\/3 healthy +3\/3 healthy$/m);
  expect(text).toMatch(/^notes\.md +\+1 -0 +\+1 -0$/m);
  expect(text).toContain('Changed in more than one: notes.md (attempt-1, attempt-2).');
  await window.screenshot('walks-2-compared');
});

test('disk that is free again', async () => {
  await act('the command, by "disk"', () => window.runCommand('Coppice: Clean Up and Free Disk…'));
  await window.quickShows('Clean Up and Free Disk');
  await act('what can go', () => tick('task-1'));
  await act('OK', () => window.page.keyboard.press('Enter'));
  await expect.poll(() => window.dialog.innerText(), slow).toContain('Remove 1 worktree');
  await window.screenshot('walks-3-disk');
  await act('Remove for Good', () => window.dialogButton(/^Remove for Good$/));
  await window.notification('1 worktree removed for good.').waitFor({ timeout: slow.timeout });
  expect(existsSync(folderOf('task-1'))).toBe(false);
  expect(JSON.parse(await place.coppice('trash', '--json'))).toMatchObject({ deleted: [] });
});

test('a restart with new code', async () => {
  const file = join(folderOf('attempt-1'), 'backend', 'server.js');
  await writeFile(file, (await readFile(file, 'utf8')).replace('pid: process.pid,', "said: 'new code',"));
  await act('the view', () => window.showContainer('Coppice'));
  await act('the worktree', () => topRow('attempt-1').click());
  const backend = rowBelow('attempt-1', 'Service backend');
  await act('the button of its service', async () => {
    await backend.hover();
    await backend.locator('.action-label[aria-label^="Restart Service"]').click();
  });
  await window.statusBarItem('backend of attempt-1 was restarted').waitFor({ timeout: slow.timeout });
  await window.screenshot('walks-4-restarted');
  expect(await asked('attempt-1', '/api/worktree')).toMatchObject({ said: 'new code' });
});

test('the row that a request has changed', async () => {
  await act('the view', () => window.showContainer('Coppice'));
  await act('the worktree', () => topRow('attempt-2').click());
  const database = rowBelow('attempt-2', 'Database wt_attempt_2');
  const look = async (): Promise<void> => {
    await database.hover();
    await database.locator('.action-label[aria-label^="Show Latest Rows"]').click();
  };
  await act('a look before it', look);
  await expect.poll(() => editorText(), slow).toMatch(/^numbers: (?:the last 10|\d+ rows?)\b/m);
  await act('the request', async () => {
    expect(await asked('attempt-2', '/api/visits', 'POST')).toEqual({ visits: 1 });
  });
  await act('a look after it', look);
  await expect.poll(() => editorText(), slow).toMatch(/^visits: 1 row, 1 new\n(?: .*\n)* +new .*\b1\b/m);
  await window.screenshot('walks-5-rows');
});

/** Does what a person would call one thing, and counts it. */
async function act(what: string, done: () => Promise<unknown>): Promise<void> {
  actions.push(what);
  await done();
}

function folderOf(name: string): string {
  return join(`${place.repository}.worktrees`, name);
}

async function commit(name: string, files: Readonly<Record<string, string>>): Promise<void> {
  const cwd = folderOf(name);
  for (const [path, text] of Object.entries(files)) await writeFile(join(cwd, path), text);
  await mustRun('git', ['add', '--all'], { cwd });
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  await mustRun('git', [...who, 'commit', '--quiet', '--message', `What ${name} does`], { cwd });
}

async function tick(label: string): Promise<void> {
  const rows = window.page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row');
  await rows
    .filter({ has: window.page.locator('.label-name', { hasText: new RegExp(`^\\s*${label}\\s*$`) }) })
    .first()
    .click();
}

function topRow(label: string): Locator {
  return window.sideBar.locator(`.monaco-list-row[role="treeitem"][aria-label^="Worktree ${label},"]`);
}

/** The first row of this name after that of the worktree. */
function rowBelow(worktree: string, name: string): Locator {
  return topRow(worktree).locator(`xpath=following-sibling::*[starts-with(@aria-label, "${name}")][1]`);
}

async function editorText(): Promise<string> {
  const lines = window.page.locator('.editor-instance .view-lines').first().locator('.view-line');
  const texts = await lines.evaluateAll((all) =>
    all
      .map((line) => ({
        text: line.textContent ?? '',
        top: Number(/top: *(-?[\d.]+)px/.exec(line.getAttribute('style') ?? '')?.[1]),
      }))
      .toSorted((a, b) => a.top - b.top)
      .map(({ text }) => text),
  );
  return texts.join('\n').replaceAll('\u00a0', ' ');
}

/** What an environment answers at its URL: browsers know names below localhost, Node.js does not everywhere. */
async function asked(branch: string, path: string, method = 'GET'): Promise<unknown> {
  const [, address = ''] = /"(http:\/\/[^"/]+)\/"/.exec(await place.coppice('status', branch, '--json')) ?? [];
  const { host, port } = new URL(address);
  const [answer] = (await once(
    request({ host: '127.0.0.1', port, path, method, headers: { host } }).end(),
    'response',
  )) as [IncomingMessage];
  return json(answer);
}
