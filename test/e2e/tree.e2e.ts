import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { vsixPath } from '../../scripts/package.mjs';
import { demoSettings } from '../../scripts/workplace/demo.mjs';
import { mustRun } from '../../scripts/workplace/run.mjs';
import { SamplePlace } from '../support/samplePlace';
import { VSCode } from '../support/vscode';
import type { VSCodeWindow } from '../support/vscodeWindow';

const slow = { timeout: 90_000, interval: 250 };

let place: SamplePlace;
let code: VSCode;
let window: VSCodeWindow;

// The view as a person with several worktrees has it, in a side bar of 300 pixels.
beforeAll(async () => {
  place = await SamplePlace.create();
  await place.coppice('create', '--yes', 'main');
  for (const name of ['task-1', 'task-2', 'task-12'])
    await mustRun('git', ['worktree', 'add', '--quiet', '-b', name, folderOf(name)], { cwd: place.repository });
  code = await VSCode.start({ name: 'tree', vsix: [await vsixPath()], settings: demoSettings(), env: place.env });
  window = await code.open(place.repository);
  await window.showContainer('Coppice');
  await window.widenSideBar(300);
});

afterEach(async ({ task }) => {
  await closeMenus();
  if (task.result?.state === 'fail') await window.screenshot(`failed-${task.name.replace(/\W+/g, '-').slice(0, 60)}`);
});

afterAll(async () => {
  await code?.stop();
  await place?.dispose();
});

test('the menu of the view marks how it is sorted, and sorts', async () => {
  await expect.poll(worktrees, slow).toEqual(['main', 'task-1', 'task-2', 'task-12']);
  await openMenu('Sort By');
  await window.page.locator('.context-view .action-label', { hasText: '✓ Sort by Attention' }).waitFor();
  await window.screenshot('tree-1-sort-menu');
  await choose('Sort by Name');
  // A menu stays as it was when it was opened.
  await expect.poll(() => marked('Sort By'), slow).toEqual(['✓ Sort by Name']);
});

test('a filter is said above the rows, and taken back by a button of the title', async () => {
  await openMenu('Filter');
  await choose('Show Only with Environment');
  await expect.poll(worktrees, slow).toEqual(['main']);
  await window.sideBar.getByText('1 of 4 worktrees: those with an environment').waitFor();
  const themes = { vs: 'Default Light Modern', 'vs-dark': 'Default Dark Modern', 'hc-black': 'Default High Contrast' };
  for (const [kind, theme] of Object.entries(themes)) {
    await code.changeSettings({ 'workbench.colorTheme': theme });
    await window.page.locator(`.monaco-workbench.${kind}`).waitFor();
    await window.screenshot(`tree-2-filtered-${kind}`);
  }
  await window.sideBar.locator('.composite.title .action-label[aria-label^="Show All Worktrees"]').first().click();
  await expect.poll(worktrees, slow).toEqual(['main', 'task-1', 'task-2', 'task-12']);
  await window.runCommand('Coppice: Show Only Failing');
  await window.sideBar.getByText('The filter of this view lets no worktree through.').waitFor();
  await window.screenshot('tree-3-nothing-left');
  await window.sideBar.getByText('Show All Worktrees', { exact: true }).click();
  await expect.poll(worktrees, slow).toHaveLength(4);
});

test('Delete means the row that the arrow keys are at, and several that are selected get one question', async () => {
  await window.treeRow('task-1').click();
  // A click has opened it.
  await window.page.keyboard.press('ArrowLeft');
  await window.page.keyboard.press('ArrowDown');
  await window.page.keyboard.press('Delete');
  await expect.poll(() => window.dialog.innerText(), slow).toContain('Delete the worktree task-2?');
  await window.dialogButton(/^Cancel$/);
  expect((await window.treeRows()).find(({ label }) => label === 'task-2')?.expanded).toBe(false);

  await window.treeRow('task-2').click();
  await window.page.keyboard.press('ArrowLeft');
  await window.page.keyboard.press('Shift+ArrowDown');
  await window.page.keyboard.press('Delete');
  await expect.poll(() => window.dialog.innerText(), slow).toContain('Delete 2 worktrees');
  await window.screenshot('tree-4-delete-two');
  await window.dialogButton(/^Delete$/);
  await expect.poll(worktrees, slow).toEqual(['main', 'task-1']);
  await window.notification('2 worktrees are deleted.').waitFor();
});

test('a key on a row opens neither the row nor what it leads to, however rows are opened', async () => {
  const pages = window.page.context().pages().length;
  await window.treeRow('task-1').click();
  await window.page.keyboard.press('ArrowLeft');
  await window.expand('main');
  await expect.poll(async () => (await window.treeRows()).length, slow).toBeGreaterThan(5);
  const rows = await shown();
  // Each row below the worktree: services, addresses, parts. None of them is something that the key deletes.
  await window.page.keyboard.press('End');
  for (let above = 2; above < rows.length; above++) {
    await window.page.keyboard.press('ArrowUp');
    await window.page.keyboard.press('Delete');
  }
  for (const [mode, kind, theme] of [
    ['doubleClick', 'vs-dark', 'Default Dark Modern'],
    ['singleClick', 'vs', 'Default Light Modern'],
  ] as const) {
    const how = { 'workbench.tree.expandMode': mode, 'workbench.list.openMode': mode };
    await code.changeSettings({ ...how, 'workbench.colorTheme': theme });
    await window.page.locator(`.monaco-workbench.${kind}`).waitFor();
    await window.page.keyboard.press('End');
    await window.page.keyboard.press('Delete');
    await expect.poll(() => window.dialog.innerText(), slow).toContain('Delete the worktree task-1?');
    await window.dialogButton(/^Cancel$/);
    expect([mode, await shown()]).toEqual([mode, rows]);
  }
  // What one of the rows would have opened is open by now.
  expect(window.page.context().pages()).toHaveLength(pages);
  expect(await window.page.locator('.terminal-wrapper').count()).toBe(0);
});

test('a click on a service shows its log', async () => {
  await window.expand('main');
  await window.treeRow('backend').click();
  await window.page.locator('.terminal-wrapper.active').waitFor();
  await expect.poll(() => window.terminalText(), slow).not.toBe('');
  await window.screenshot('tree-5-log');
});

test('Ctrl+Enter opens the worktree of a row in a window of its own', async () => {
  await window.treeRow('task-1').click();
  const opened = await code.openedBy(() => window.page.keyboard.press('Control+Enter'));
  expect(opened.folder).toBe(folderOf('task-1'));
});

function folderOf(name: string): string {
  return join(`${place.repository}.worktrees`, name);
}

async function worktrees(): Promise<string[]> {
  return (await window.treeRows()).filter(({ level }) => level === 1).map(({ label }) => label);
}

async function shown(): Promise<{ label: string; level: number; expanded: boolean }[]> {
  return (await window.treeRows()).map(({ label, level, expanded }) => ({ label, level, expanded }));
}

/** Opens a menu of the view's title. */
async function openMenu(name: string): Promise<void> {
  await window.sideBar.locator('.composite.title .action-label[aria-label*="More Actions"]').first().click();
  await window.page.locator('.context-view .action-label', { hasText: name }).first().hover();
  await window.page.keyboard.press('ArrowRight');
}

/** What is marked in a menu of the view's title. */
async function marked(name: string): Promise<string[]> {
  await openMenu(name);
  const labels = await window.page.locator('.monaco-submenu .action-label').allInnerTexts();
  await closeMenus();
  return labels.map((label) => label.trim()).filter((label) => label.startsWith('✓'));
}

async function closeMenus(): Promise<void> {
  const menus = window.page.locator('.context-view .monaco-menu');
  while ((await menus.count()) > 0) await window.page.keyboard.press('Escape');
}

/** By keyboard, as a menu's pointer rules depend on how fast the machine is. */
async function choose(title: string): Promise<void> {
  const focused = window.page.locator('.monaco-submenu .action-item.focused .action-label');
  for (let pressed = 0; pressed < 20; pressed++) {
    if ((await focused.allInnerTexts()).some((label) => label.trim() === title)) {
      await window.page.keyboard.press('Enter');
      return;
    }
    await window.page.keyboard.press('ArrowDown');
  }
  throw new Error(`no "${title}" in the menu`);
}
