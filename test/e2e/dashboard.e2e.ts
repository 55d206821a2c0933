import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { vsixPath } from '../../scripts/package.mjs';
import { demoSettings } from '../../scripts/workplace/demo.mjs';
import { seriousFindings } from '../support/accessibility';
import { cutOff } from '../support/cutOff';
import { DashboardPage } from '../support/dashboardPage';
import { readmePictures } from '../support/readmePictures';
import { requestedStatus } from '../support/requestedStatus';
import { StandInGrafana } from '../support/standInGrafana';
import { SamplePlace } from '../support/samplePlace';
import { VSCode } from '../support/vscode';
import type { VSCodeWindow } from '../support/vscodeWindow';

const branch = 'feature/telemetry';
const slow = { timeout: 60_000, interval: 250 };
const panels = 8;

let place: SamplePlace;
let worktree: string;
let grafana: StandInGrafana;
let code: VSCode;
let window: VSCodeWindow;
let ofMain: DashboardPage;
let ofBranch: DashboardPage;

beforeAll(async () => {
  place = await SamplePlace.create();
  worktree = join(`${place.repository}.worktrees`, 'feature-telemetry');
  grafana = new StandInGrafana();
  await grafana.start();
  await place.coppice('create', '--yes', 'main');
  await place.coppice('create', '--yes', branch);
  const settings = { ...demoSettings(), 'coppice.grafana.url': grafana.address };
  code = await VSCode.start({ name: 'dashboard', vsix: [await vsixPath()], settings, env: place.env });
  window = await code.open(place.repository);
  await window.page.setViewportSize({ width: 1680, height: 1000 });
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail')
    await window?.screenshot(`failed-dashboard-${task.name.replace(/\W+/g, '-').slice(0, 60)}`);
});

afterAll(async () => {
  await code?.stop();
  await grafana?.stop();
  await place?.dispose();
});

test("the dashboards of two worktrees stand side by side, each with its own namespace in every frame's address", async () => {
  await window.showContainer('Coppice');
  await window.statusBarItem('main healthy').waitFor({ timeout: 60_000 });
  await window.runCommand('Coppice: Open Dashboard');
  ofMain = await DashboardPage.of(window, place.repository);
  await window.contextAction(branch, 'Open Dashboard');
  ofBranch = await DashboardPage.of(window, worktree);

  for (const [page, namespace, name] of [
    [ofMain, 'worktree-main', 'main'],
    [ofBranch, 'worktree-feature-telemetry', branch],
  ] as const) {
    await expect.poll(async () => (await page.frameUrls()).length, slow).toBe(panels);
    for (const url of await page.frameUrls()) {
      expect(url.origin).toBe(grafana.address);
      expect(url.pathname).toMatch(/^\/d-solo\/coppice-environment\//);
      expect(url.searchParams.get('var-namespace')).toBe(namespace);
      expect(url.searchParams.get('theme')).toBe('light');
    }
    await expect.poll(() => page.header.innerText(), slow).toContain('healthy 3/3');
    expect(await page.header.locator('h1').innerText()).toBe(name);
    expect(await page.header.innerText()).toContain(namespace);
  }
  await expect
    .poll(() => namespacesOfPanels(), slow)
    .toEqual({
      'worktree-main': panels,
      'worktree-feature-telemetry': panels,
    });
  // Both are on screen at once.
  const [left, right] = await Promise.all([ofMain, ofBranch].map((page) => page.header.boundingBox()));
  expect(left && right && left.x + left.width <= right.x).toBe(true);
  await window.screenshot('dashboard-1-side-by-side');
});

test('what was chosen stays when the tab is hidden and shown, and nothing loads again', async () => {
  await ofBranch.choose('range', 'Last 15 minutes');
  await expect
    .poll(async () => (await ofBranch.frameUrls()).map((url) => url.searchParams.get('from')), slow)
    .toEqual(Array(panels).fill('now-15m'));
  await expect
    .poll(() => grafana.panels.filter((url) => url.searchParams.get('from') === 'now-15m').length, slow)
    .toBe(panels);
  expect((await ofMain.frameUrls()).map((url) => url.searchParams.get('from'))).toEqual(Array(panels).fill('now-1h'));
  // The same without a mouse, there and back.
  const services = ofBranch.frame.locator('#service');
  const serviceOfFrames = async (): Promise<(string | null)[]> =>
    (await ofBranch.frameUrls()).map((url) => url.searchParams.get('var-service'));
  await services.focus();
  for (const [keys, service] of [
    [['ArrowDown', 'ArrowDown'], 'backend'],
    [['ArrowUp', 'ArrowUp'], 'frontend'],
  ] as const) {
    const before = grafana.panels.length;
    for (const key of ['Enter', ...keys, 'Enter']) await services.press(key);
    await expect.poll(serviceOfFrames, slow).toEqual(Array(panels).fill(service));
    await expect.poll(() => grafana.panels.length - before, slow).toBeGreaterThanOrEqual(panels);
  }
  await ofBranch.frame.evaluate('window.leftByTest = true');
  const loaded = grafana.panels.length;
  await window.contextAction(branch, 'Show Status');
  await window.page.locator('.tab', { hasText: 'feature-telemetry.status' }).waitFor();
  const shownTab = window.page.locator('.tab.active', { hasText: `${branch} · Dashboard` });
  await expect.poll(() => shownTab.count(), slow).toBe(0);
  await window.page.locator('.tab', { hasText: `${branch} · Dashboard` }).click();
  await expect.poll(() => shownTab.count(), slow).toBe(1);
  expect(await ofBranch.frame.evaluate('window.leftByTest')).toBe(true);
  expect((await ofBranch.frameUrls()).map((url) => url.searchParams.get('from'))).toEqual(
    Array(panels).fill('now-15m'),
  );
  expect(grafana.panels.length).toBe(loaded);
});

test("the frames follow the editor's theme, and the choice stays", async () => {
  await code.changeSettings({ 'workbench.colorTheme': 'Default Dark Modern' });
  for (const page of [ofMain, ofBranch])
    await expect
      .poll(async () => (await page.frameUrls()).map((url) => url.searchParams.get('theme')), slow)
      .toEqual(Array(panels).fill('dark'));
  expect(await ofBranch.frame.evaluate('window.leftByTest')).toBe(true);
  expect((await ofBranch.frameUrls()).map((url) => url.searchParams.get('from'))).toEqual(
    Array(panels).fill('now-15m'),
  );
  await window.screenshot('dashboard-2-dark');
});

test('a Grafana that goes away, forbids frames, or wants a login is told as such, with what puts it right', async () => {
  await grafana.stop();
  await ofMain.button('Refresh').click();
  await expect.poll(() => ofMain.notice.innerText(), slow).toContain('Grafana is not there');
  expect(await ofMain.notice.innerText()).toContain('nothing listens there');
  await ofMain.button('Open Settings').waitFor();
  // Never an empty frame: what the cluster itself knows stands there instead.
  expect(await ofMain.frameUrls()).toEqual([]);
  await ofMain.panel('cpu').waitFor();
  await window.screenshot('dashboard-3-grafana-away');

  // It comes back by itself.
  const loaded = grafana.panels.length;
  await grafana.start();
  await expect.poll(async () => (await ofMain.frameUrls()).length, slow).toBe(panels);
  await expect.poll(() => ofMain.notice.isVisible()).toBe(false);
  await expect.poll(() => grafana.panels.length - loaded, slow).toBe(2 * panels);

  grafana.mode = 'refusesFrames';
  await ofMain.button('Refresh').click();
  await expect.poll(() => ofMain.notice.innerText(), slow).toContain('Grafana refuses to be shown here');
  expect(await ofMain.notice.innerText()).toContain('X-Frame-Options: deny');
  await ofMain.button('How to Allow It').waitFor();
  expect(await ofMain.frameUrls()).toEqual([]);
  await window.screenshot('dashboard-4-embedding-refused');

  grafana.mode = 'wantsLogin';
  await ofMain.button('Check Again').click();
  await expect.poll(() => ofMain.notice.innerText(), slow).toContain('Grafana asks for a login');
  await ofMain.button('How to Allow Viewing').waitFor();
  await ofMain.button('Open Grafana').waitFor();
  expect(await ofMain.frameUrls()).toEqual([]);
  await window.screenshot('dashboard-5-login');

  grafana.mode = 'open';
  await ofMain.button('Check Again').click();
  await expect.poll(async () => (await ofMain.frameUrls()).length, slow).toBe(panels);
});

test('the dashboards come back with the window that is loaded anew, each as it was', async () => {
  await window.reload(/range\W+15m/);
  ofMain = await DashboardPage.of(window, place.repository);
  ofBranch = await DashboardPage.of(window, worktree);
  await expect
    .poll(async () => (await ofBranch.frameUrls()).map((url) => url.searchParams.get('from')), slow)
    .toEqual(Array(panels).fill('now-15m'));
  await expect
    .poll(async () => (await ofMain.frameUrls()).map((url) => url.searchParams.get('from')), slow)
    .toEqual(Array(panels).fill('now-1h'));
});

test('without Grafana the page draws what the cluster itself knows, as it happens', async () => {
  await code.changeSettings({ 'coppice.grafana.url': '' });
  await expect.poll(() => ofBranch.frameUrls(), slow).toEqual([]);
  expect(await ofBranch.notice.isVisible()).toBe(false);
  const url = await ofBranch.header.locator('vscode-link').getAttribute('href');
  const latest = (): Promise<string> => ofBranch.panel('requests').locator('.latest').innerText();
  for (const burst of [20, 60, 35]) {
    await expect.poll(() => ofBranch.panel('requests').locator('.latest').count(), slow).toBe(1);
    const before = await latest();
    for (let count = 0; count < burst; count++) expect(await requestedStatus(url ?? '')).toBe(200);
    await expect.poll(latest, slow).not.toBe(before);
  }
  await expect.poll(() => ofBranch.panel('memory').locator('.latest').innerText(), slow).toMatch(/backend[\s\S]*MiB/);
  await expect.poll(() => ofBranch.panel('requests').locator('.latest').innerText(), slow).toContain('2xx');
  await expect.poll(() => ofBranch.panel('latency').locator('.latest').innerText(), slow).toContain('p95');
  await expect.poll(() => ofBranch.panel('services').innerText(), slow).toMatch(/backend[\s\S]*Running[\s\S]*1\/1/);
  await expect.poll(() => ofBranch.panel('events').innerText(), slow).toMatch(/Scheduled|Started|Created/);
  await expect.poll(() => ofBranch.panel('logs').locator('.lines > div').count(), slow).toBeGreaterThan(0);
  // What the README shows: minutes in which something happens, in both.
  const addresses = [url, await ofMain.header.locator('vscode-link').getAttribute('href')];
  for (const page of [ofMain, ofBranch]) await page.choose('range', 'Last 5 minutes');
  for (const burst of [15, 45, 30]) {
    const before = await latest();
    for (const address of addresses)
      for (let count = 0; count < burst; count++) expect(await requestedStatus(address ?? '')).toBe(200);
    await expect.poll(latest, slow).not.toBe(before);
  }
  await expect.poll(() => ofMain.panel('latency').locator('.latest').innerText(), slow).toContain('p95');
  await window.page.mouse.move(840, 20);
  await window.screenshot('dashboard-12-readme');
  // What was before this page was there.
  await ofBranch.choose('range', 'Last hour');
  await expect.poll(() => ofBranch.panel('changes').innerText(), slow).toContain('Installed');
  await ofBranch.panel('services').scrollIntoViewIfNeeded();
  await window.screenshot('dashboard-6-own-dark');
  await ofBranch.panel('logs').scrollIntoViewIfNeeded();
  await window.screenshot('dashboard-9-events-and-logs');
  await code.changeSettings({ 'workbench.colorTheme': 'Default Light Modern' });
  await expect.poll(() => ofBranch.frame.evaluate('document.body.className'), slow).toContain('vscode-light');
  await window.screenshot('dashboard-7-own-light');
  await code.changeSettings({ 'workbench.colorTheme': 'Default High Contrast' });
  await expect.poll(() => ofBranch.frame.evaluate('document.body.className'), slow).toContain('vscode-high-contrast');
  await window.screenshot('dashboard-8-own-high-contrast');
});

test('two environments are compared on shared axes, by keys alone, and both come back with the window', async () => {
  const legend = (chart: string) => ofBranch.panel(chart).locator('.latest');
  const status = () => ofBranch.header.locator('.comparison').innerText();
  const compare = ofBranch.button('Compare With…');
  await compare.focus();
  await compare.press('Enter');
  await window.quickShows('Choose the environment to compare');
  // With its folder beneath; the dashboard's own environment is not among them.
  expect(await window.quickLabels()).toEqual(['main', place.repository]);
  await window.quickInput.press('Enter');
  await expect.poll(status, slow).toMatch(/Compared with main · worktree-main · healthy/);
  for (const chart of ['cpu', 'memory'])
    for (const name of [branch, 'main'])
      await expect
        .poll(() => legend(chart).locator(`ul[aria-label="${name}"]`).innerText(), slow)
        .toMatch(/backend[\s\S]*\d/);
  const ofOther = await ofMain.header.locator('vscode-link').getAttribute('href');
  for (let count = 0; count < 30; count++) expect(await requestedStatus(ofOther ?? '')).toBe(200);
  await expect
    .poll(() => legend('requests').locator('ul[aria-label="main"]').innerText(), slow)
    .toMatch(/2xx[\s\S]*\d/);
  const table = ofBranch.panel('memory').locator('details');
  await table.locator('summary').press('Enter');
  await expect
    .poll(() => table.locator('thead th').allInnerTexts(), slow)
    .toEqual(expect.arrayContaining([`backend · ${branch}`, 'backend · main']));
  await table.locator('summary').press('Enter');

  await ofBranch.frame.evaluate('scrollTo(0, 0)');
  for (const [name, theme, className] of [
    ['high-contrast', 'Default High Contrast', 'vscode-high-contrast'],
    ['dark', 'Default Dark Modern', 'vscode-dark'],
    ['light', 'Default Light Modern', 'vscode-light'],
  ] as const) {
    await code.changeSettings({ 'workbench.colorTheme': theme });
    await expect.poll(() => ofBranch.frame.evaluate('document.body.className'), slow).toContain(className);
    await window.screenshot(`dashboard-10-compared-${name}`);
    expect(await seriousFindings(ofBranch.frame)).toEqual([]);
  }

  await window.reload(/comparedWith[\\":]+[^\\":,}\s]/);
  ofMain = await DashboardPage.of(window, place.repository);
  ofBranch = await DashboardPage.of(window, worktree);
  await expect.poll(status, slow).toMatch(/Compared with main · worktree-main/);
  await expect
    .poll(() => legend('memory').locator('ul[aria-label="main"]').innerText(), slow)
    .toMatch(/backend[\s\S]*MiB/);
  const end = ofBranch.button('End Comparison');
  await end.focus();
  await end.press('Enter');
  await expect.poll(status, slow).toBe('');
  await expect.poll(() => legend('memory').locator('ul').filter({ visible: true }).count(), slow).toBe(1);
  expect(await ofBranch.frame.evaluate('document.activeElement.textContent')).toBe('Compare With…');
});

test('the dashboard is read whole at 400 pixels, and at 200 % zoom', async () => {
  if (await window.sideBar.isVisible()) await window.runCommand('View: Close Primary Side Bar');
  await window.runCommand('View: Close Editors in Other Groups');
  ofBranch = await DashboardPage.of(window, worktree);
  // A window of 1280 by 800 pixels has half as many at 200 %.
  for (const [name, width, height] of [
    ['400-pixels', 448, 900],
    ['200-percent', 640, 400],
  ] as const) {
    await window.page.setViewportSize({ width, height });
    await expect.poll(() => ofBranch.frame.evaluate('innerWidth'), slow).toBeLessThanOrEqual(width - 48);
    expect(await ofBranch.frame.evaluate('innerWidth')).toBeGreaterThan(width - 64);
    await ofBranch.panel('memory').locator('.latest li').first().waitFor();
    for (const part of ['requests', 'services', 'logs']) {
      await ofBranch.panel(part).scrollIntoViewIfNeeded();
      await window.screenshot(`dashboard-11-${name}-${part}`);
    }
    expect(await cutOff(ofBranch.frame)).toEqual([]);
    expect(await seriousFindings(ofBranch.frame)).toEqual([]);
  }
  await window.page.setViewportSize({ width: 1680, height: 1000 });
});

test('nothing was written to the console as an error, and no policy was broken', () => {
  expect(
    window.consoleErrors.filter((text) => /coppice|webview|Content Security Policy|Refused to|d-solo/i.test(text)),
  ).toEqual([]);
});

test('the README shows a picture that this test takes', () =>
  readmePictures(window, { 'dashboard-12-readme': 'dashboard' }));

/** How many panels of each namespace a browser has loaded. */
function namespacesOfPanels(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const url of grafana.panels) {
    const namespace = url.searchParams.get('var-namespace') ?? '';
    counts[namespace] = (counts[namespace] ?? 0) + 1;
  }
  return counts;
}
