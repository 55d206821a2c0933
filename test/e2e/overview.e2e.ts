import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { vsixPath } from '../../scripts/package.mjs';
import { demoSettings } from '../../scripts/workplace/demo.mjs';
import { seriousFindings } from '../support/accessibility';
import { DashboardPage } from '../support/dashboardPage';
import { readmePictures } from '../support/readmePictures';
import { requestedStatus } from '../support/requestedStatus';
import { SamplePlace } from '../support/samplePlace';
import { VSCode } from '../support/vscode';
import type { VSCodeWindow } from '../support/vscodeWindow';

const slow = { timeout: 60_000, interval: 250 };
const branches = ['feature/prices', 'feature/search'];

let place: SamplePlace;
let code: VSCode;
let window: VSCodeWindow;
let page: Frame;

beforeAll(async () => {
  place = await SamplePlace.create();
  for (const branch of ['main', ...branches]) await place.coppice('create', '--yes', branch);
  code = await VSCode.start({ name: 'overview', vsix: [await vsixPath()], settings: demoSettings(), env: place.env });
  window = await code.open(place.repository);
  await window.page.setViewportSize({ width: 1680, height: 900 });
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail')
    await window?.screenshot(`failed-overview-${task.name.replace(/\W+/g, '-').slice(0, 60)}`);
});

afterAll(async () => {
  await code?.stop();
  await place?.dispose();
});

/** The overview's page, once it is drawn. */
async function overviewFrame(): Promise<Frame> {
  let found: Frame | undefined;
  await expect
    .poll(async () => {
      for (const frame of window.page.frames())
        if (
          await frame
            .locator('table[role="grid"] tbody tr')
            .count()
            .catch(() => 0)
        )
          found = frame;
      return found !== undefined;
    }, slow)
    .toBe(true);
  if (!found) throw new Error('no overview');
  return found;
}

const rowOf = (branch: string) => page.locator('tbody tr', { has: page.locator('.name', { hasText: branch }) });
const cellOf = (branch: string, column: string) => rowOf(branch).locator(`.of-${column} .text`);
const names = () => page.locator('tbody .name').allInnerTexts();

test('each environment is a row with how it is, what it does and what it takes, and the last hour', async () => {
  await window.showContainer('Coppice');
  await window.statusBarItem('main healthy').waitFor({ timeout: 60_000 });
  await window.sideBar.locator('.action-label[aria-label="Show Overview"]:visible').first().click();
  page = await overviewFrame();
  await expect.poll(async () => (await names()).sort(), slow).toEqual([...branches, 'main'].sort());
  await expect.poll(() => cellOf('main', 'health').innerText(), slow).toBe('healthy 3/3');
  await expect.poll(() => cellOf('main', 'memory').innerText(), slow).toMatch(/\d+ MiB/);
  await expect.poll(() => cellOf('main', 'disk').innerText(), slow).toMatch(/\d+ [KM]iB/);
  const url = (await place.coppice('status', 'feature/search', '--json')).match(/"http:\/\/[^"]+"/)?.[0].slice(1, -1);
  for (let count = 0; count < 40; count++) expect(await requestedStatus(url ?? '')).toBe(200);
  await expect.poll(() => cellOf('feature/search', 'requests').innerText(), slow).toMatch(/^(?!0\/s)\d/);
  await expect.poll(() => cellOf('feature/search', 'p95').innerText(), slow).toMatch(/ms$/);
  expect(await cellOf('feature/search', 'errors').innerText()).toBe('0 %');
  await expect.poll(() => rowOf('feature/search').locator('.of-requests .line').getAttribute('d'), slow).toMatch(/^M/);
  await window.screenshot('overview-1-light');
  // What the README shows: no more of it than there is to see, and nothing that hovers.
  await window.page.mouse.move(700, 400);
  await window.page.setViewportSize({ width: 1440, height: 330 });
  await window.screenshot('overview-5-readme');
  await window.page.setViewportSize({ width: 1680, height: 900 });
});

test('it is sorted and filtered, and all that it opens is opened, by keys alone', async () => {
  const { keyboard } = window.page;
  await page.locator('#filter').focus();
  await keyboard.type('feature');
  await expect.poll(() => names(), slow).toEqual(expect.arrayContaining(branches));
  expect(await names()).toHaveLength(2);
  expect(await page.locator('.count').innerText()).toBe('2 of 3 environments');
  await keyboard.press('Control+A');
  await keyboard.press('Delete');
  await expect.poll(async () => (await names()).length, slow).toBe(3);
  const focused = async () =>
    String(
      await page.evaluate('document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent'),
    );
  // One step of Tab leads into the grid, and the next one out of it.
  await keyboard.press('Tab');
  expect(['main', ...branches]).toContain(await focused());
  await keyboard.press('Control+Home');
  expect(await focused()).toBe('Environment');
  await keyboard.press('Enter');
  await expect.poll(() => names(), slow).toEqual([...branches, 'main']);
  await keyboard.press('Enter');
  await expect.poll(() => names(), slow).toEqual(['main', ...branches.toReversed()]);
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowDown');
  expect(await focused()).toBe('feature/search');
  await keyboard.press('End');
  expect(await focused()).toBe('Open the window of feature/search');
  await window.screenshot('overview-2-keys');
  await keyboard.press('ArrowLeft');
  await keyboard.press('Enter');
  await expect.poll(() => window.page.locator('.terminal-wrapper.active').count(), slow).toBe(1);
  await page.locator('.name', { hasText: 'feature/search' }).focus();
  await keyboard.press('Enter');
  const dashboard = await DashboardPage.of(window, join(`${place.repository}.worktrees`, 'feature-search'));
  await expect.poll(() => dashboard.header.innerText(), slow).toContain('healthy 3/3');
  expect(await seriousFindings(dashboard.frame)).toEqual([]);
});

test('it comes back as a person had it, after it was hidden and after the window was loaded anew', async () => {
  await window.runCommand('Coppice: Show Overview');
  page = await overviewFrame();
  await expect.poll(() => names(), slow).toEqual(['main', ...branches.toReversed()]);
  expect(await page.locator('thead th').first().getAttribute('aria-sort')).toBe('descending');
  // How it is sorted, and that it is the tab in front.
  await window.reload(/isDescending\W+true[^]*mru\W+0/);
  page = await overviewFrame();
  await expect.poll(() => names(), slow).toEqual(['main', ...branches.toReversed()]);
});

test.each([
  ['light', 'Default Light Modern', 'vscode-light'],
  ['dark', 'Default Dark Modern', 'vscode-dark'],
  ['high-contrast', 'Default High Contrast', 'vscode-high-contrast'],
])('it is read by everybody in %s, wide and at 400 pixels', async (name, theme, className) => {
  await code.changeSettings({ 'workbench.colorTheme': theme });
  await expect.poll(() => page.evaluate('document.body.className'), slow).toContain(className);
  await expect.poll(() => cellOf('main', 'memory').innerText(), slow).toMatch(/\d+ MiB/);
  await window.screenshot(`overview-3-${name}`);
  expect(await seriousFindings(page)).toEqual([]);
  // It can be closed once.
  if (await window.sideBar.isVisible()) await window.runCommand('View: Close Primary Side Bar');
  await window.page.setViewportSize({ width: 448, height: 900 });
  await expect.poll(() => page.evaluate('innerWidth'), slow).toBeLessThanOrEqual(400);
  const overflow =
    'Math.max(...[document.documentElement, document.querySelector(".scroll")].map((one) => one.scrollWidth - one.clientWidth))';
  expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0);
  await window.screenshot(`overview-4-${name}-narrow`);
  expect(await seriousFindings(page)).toEqual([]);
  await window.page.setViewportSize({ width: 1680, height: 900 });
});

test('nothing was written to the console as an error, and no policy was broken', () => {
  expect(window.consoleErrors.filter((text) => /coppice|Content Security Policy|Refused to/i.test(text))).toEqual([]);
});

test('the README shows a picture that this test takes', () =>
  readmePictures(window, { 'overview-5-readme': 'overview' }));
