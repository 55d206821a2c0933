import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { vsixPath } from '../../scripts/package.mjs';
import { demoSettings } from '../../scripts/workplace/demo.mjs';
import { seriousFindings } from '../support/accessibility';
import { cutOff } from '../support/cutOff';
import { until } from '../support/until';
import { SamplePlace } from '../support/samplePlace';
import { VSCode } from '../support/vscode';
import type { VSCodeWindow } from '../support/vscodeWindow';

const slow = { timeout: 90_000, interval: 250 };

let place: SamplePlace;
let code: VSCode;
let window: VSCodeWindow;

// What a service's row offers, in a real editor.
beforeAll(async () => {
  place = await SamplePlace.create();
  await place.coppice('create', '--yes', 'main');
  code = await VSCode.start({ name: 'services', vsix: [await vsixPath()], settings: demoSettings(), env: place.env });
  window = await code.open(place.repository);
  await window.showContainer('Coppice');
  await window.widenSideBar(480);
  await until(async () => (await described('main')).startsWith('3/3'), slow.timeout);
  // Its rows are there once it is open.
  await window.expand('main');
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await window.screenshot(`failed-${task.name.replace(/\W+/g, '-').slice(0, 60)}`);
});

afterAll(async () => {
  await code?.stop();
  await place?.dispose();
});

test('a terminal in the container is a shell beside the service', async () => {
  await window.contextAction('backend', 'Open Terminal in Container');
  await expect.poll(() => window.terminalText(), slow).toMatch(/[#$] *$/m);
  await window.typeIntoTerminal('echo "<$OTEL_SERVICE_NAME|$WORKTREE_NAME>"');
  await expect.poll(() => window.terminalText(), slow).toContain('<backend|main>');
  await window.screenshot('1-container-terminal');
  await window.typeIntoTerminal('exit 3');
  await expect.poll(() => window.page.locator('.terminal-wrapper.active').count(), slow).toBe(0);
  // How a shell ends is told to nobody.
  expect(await window.notifications()).toEqual([]);
});

test('a forwarded port is a row below its service, until it is stopped', async () => {
  await window.contextAction('backend', 'Forward Port…');
  await window.quickShows('Forward a Port of backend');
  expect(await window.quickInput.inputValue()).toBe('8000');
  await window.quickInput.press('Enter');
  const isAddress = (label: string): boolean => label.startsWith('127.0.0.1:');
  await expect.poll(async () => (await labels()).some(isAddress), slow).toBe(true);
  const address = (await labels()).find(isAddress) ?? '';
  expect(await described(address)).toBe('→ port 8000');
  const answer = await fetch(`http://${address}/api/worktree`);
  expect(await answer.json()).toMatchObject({ name: 'main' });
  await window.screenshot('2-forwarded-port');
  await window.inlineAction(address, 'Stop Forwarding');
  await expect.poll(labels, slow).not.toContain(address);
  await expect(fetch(`http://${address}/api/worktree`)).rejects.toThrow();
});

test('a description is a document', async () => {
  await window.contextAction('backend', 'Describe Service');
  await window.page.locator('.tab', { hasText: 'backend.txt' }).waitFor();
  const lines = window.page.locator('.editor-instance .view-lines').first();
  await expect.poll(() => lines.innerText(), slow).toContain('Deployment');
  await window.screenshot('3-description');
});

test('what a worktree can reach is a document', async () => {
  await window.contextAction('main', 'Show What It Can Reach');
  await window.page.locator('.tab', { hasText: 'can reach.txt' }).waitFor();
  const lines = window.page.locator('.editor-instance .view-lines').first();
  await expect.poll(() => lines.innerText(), slow).toMatch(/What.runs.in.main.can.reach/);
  await expect.poll(() => lines.innerText(), slow).toMatch(/network:/);
  await window.screenshot('4-reach');
});

test('a service is scaled to none and back', async () => {
  const scale = async (count: string): Promise<void> => {
    await window.contextAction('worker', 'Scale Service…');
    await window.quickShows('Scale worker');
    await window.quickInput.fill(count);
    await window.quickInput.press('Enter');
  };
  await scale('0');
  await expect.poll(() => described('worker'), slow).toMatch(/^Stopped/);
  await expect.poll(() => described('main'), slow).toMatch(/^2\/3 · worker stopped/);
  await scale('1');
  // That it runs says the icon.
  await expect.poll(() => described('worker'), slow).toBe('');
  await expect.poll(() => described('main'), slow).toMatch(/^3\/3/);
});

test('what all services print is one page, which everybody can read, also where there is little room', async () => {
  await window.contextAction('main', 'Show All Logs');
  const page = await logsFrame();
  await expect.poll(() => page.locator('.row').count(), slow).toBeGreaterThan(5);
  expect(await page.locator('.services button').allInnerTexts()).toEqual(['frontend', 'backend', 'worker']);
  // By keys: the filter, and past the bar's buttons to the lines.
  await page.locator('#filter').focus();
  await window.page.keyboard.type('listens');
  await expect.poll(() => page.locator('.count').innerText(), slow).toMatch(/^\d+ of \d+ lines$/);
  await window.page.keyboard.press('Control+A');
  await window.page.keyboard.press('Delete');
  for (let tabs = 0; tabs < 9; tabs++) {
    if ((await page.evaluate('document.activeElement.getAttribute("aria-label")')) === 'Lines') break;
    await window.page.keyboard.press('Tab');
  }
  expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Lines');
  await window.runCommand('View: Close Primary Side Bar');
  for (const [name, theme, className] of [
    ['dark', 'Default Dark Modern', 'vscode-dark'],
    ['high-contrast', 'Default High Contrast', 'vscode-high-contrast'],
    ['light', 'Default Light Modern', 'vscode-light'],
  ] as const) {
    await code.changeSettings({ 'workbench.colorTheme': theme });
    await expect.poll(() => page.evaluate('document.body.className'), slow).toContain(className);
    for (const [width, height] of [
      [1280, 800],
      [448, 800],
    ] as const) {
      await window.page.setViewportSize({ width, height });
      await expect.poll(() => page.evaluate('innerWidth <= ' + width), slow).toBe(true);
      await window.screenshot(`5-logs-${name}-${width}`);
      expect(await cutOff(page)).toEqual([]);
      expect(await seriousFindings(page)).toEqual([]);
    }
  }
  await window.page.setViewportSize({ width: 1280, height: 800 });
});

test('coppice.yaml is completed, explained, compared with what runs, and put right', async () => {
  const file = join(place.repository, 'coppice.yaml');
  const good = await readFile(file, 'utf8');
  const { keyboard } = window.page;
  const lenses = async () => (await window.page.locator('.codelens-decoration').allInnerTexts()).join('\n');
  await window.runCommand('Coppice: Open coppice.yaml');
  await expect.poll(lenses, slow).toContain('Up to date');
  // An agent writes it.
  await writeFile(file, good.replace('LOG_LEVEL: debug', 'LOG_LEVEL: info'));
  await expect.poll(lenses, slow).toContain('Update Environment (1 change)');
  expect(await lenses()).toContain('Show What an Update Would Change');
  expect(await lenses()).toContain('differs from what runs: ');
  await window.screenshot('6-file-lenses');

  await keyboard.press('Control+Home');
  await keyboard.press('ArrowDown');
  await keyboard.press('Control+K');
  await keyboard.press('Control+I');
  await expect
    .poll(() => window.page.locator('.monaco-hover').allInnerTexts(), slow)
    .toContainEqual(expect.stringMatching(/\w{4}/));
  await window.screenshot('6-file-hover');
  await keyboard.press('Escape');

  await keyboard.press('Control+End');
  await keyboard.press('Enter');
  await keyboard.type('teard');
  await keyboard.press('Control+Space');
  const suggested = window.page.locator('.suggest-widget .monaco-list-row');
  await expect
    .poll(async () => {
      const texts = await suggested.allInnerTexts();
      // News of the file close them, when it takes its time.
      if (texts.length === 0) await keyboard.press('Control+Space');
      return texts;
    }, slow)
    .toContainEqual(expect.stringMatching(/^teardown/));
  await window.screenshot('6-file-completion');
  await keyboard.press('Enter');
  await expect.poll(() => window.page.locator('.view-lines').last().innerText(), slow).toContain('teardown:');

  // Whether or not it was saved by itself meanwhile.
  await keyboard.press('Control+S');
  await expect.poll(() => readFile(file, 'utf8'), slow).toContain('teardown:');
  // VS Code takes what is written in the moment of its own save for that.
  await expect
    .poll(async () => {
      await writeFile(file, good);
      return window.page.locator('.squiggly-error').count();
    }, slow)
    .toBe(0);
  await writeFile(file, good.replace('database:', 'databse:'));
  await window.page.locator('.squiggly-error').first().waitFor();
  await keyboard.press('Control+Home');
  await keyboard.press('F8');
  await keyboard.press('Escape');
  await keyboard.press('Control+.');
  await window.page.locator('.action-widget', { hasText: 'Change to "database"' }).waitFor();
  await window.screenshot('6-file-fix');
  await keyboard.press('Enter');
  await keyboard.press('Control+S');
  await expect.poll(() => readFile(file, 'utf8'), slow).toBe(good);
  await expect.poll(lenses, slow).toContain('Up to date');
});

/** The page with the logs, once it is drawn. */
async function logsFrame(): Promise<Frame> {
  let found: Frame | undefined;
  await expect
    .poll(async () => {
      for (const frame of window.page.frames())
        if (
          (await frame
            .locator('.scroll .row')
            .count()
            .catch(() => 0)) > 0
        )
          found = frame;
      return found !== undefined;
    }, slow)
    .toBe(true);
  if (!found) throw new Error('no page with logs');
  return found;
}

async function labels(): Promise<string[]> {
  return (await window.treeRows()).map(({ label }) => label);
}

/** The description of the row with this label, '' when there is none. */
async function described(label: string): Promise<string> {
  return (await window.treeRows()).find((row) => row.label === label)?.description ?? '';
}
