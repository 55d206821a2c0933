import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { vsixPath } from '../../scripts/package.mjs';
import { demoSettings } from '../../scripts/workplace/demo.mjs';
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

async function labels(): Promise<string[]> {
  return (await window.treeRows()).map(({ label }) => label);
}

/** The description of the row with this label, '' when there is none. */
async function described(label: string): Promise<string> {
  return (await window.treeRows()).find((row) => row.label === label)?.description ?? '';
}
