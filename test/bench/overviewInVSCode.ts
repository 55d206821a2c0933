import { readdirSync, readFileSync } from 'node:fs';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { Frame } from 'playwright-core';
import { vsixPath } from '../../scripts/package.mjs';
import { demoSettings } from '../../scripts/workplace/demo.mjs';
import { mustRun } from '../../scripts/workplace/run.mjs';
import { until } from '../support/until';
import { VSCode } from '../support/vscode';
import type { VSCodeWindow } from '../support/vscodeWindow';
import { median, type Bench, type Figure } from './figure';
import { makeWorkplace, type Workplace } from './workplace';

const untilFirstContent =
  "performance.getEntriesByName('coppice-first-content')[0].startTime - performance.getEntriesByName('coppice-first-script')[0].startTime";
const durationsOfUpdates = "performance.getEntriesByName('coppice-update').map((one) => one.duration)";
/** What sysconf(_SC_CLK_TCK) answers on every Linux. */
const ticksPerSecond = 100;
/** They run, and cost next to nothing: what is measured is who shows them. */
const environmentFile = `version: 1\nservices: {worker: {command: "sh -c 'while :; do sleep 2; done'"}}\n`;
const settings = { 'create.steadyTime': 1, 'start.freeMemory': 0, 'start.load': 0 } as const;

/** The overview in a real VS Code with the packaged extension, of environments that are there. */
export const overviewInVSCode: Bench = {
  name: 'overview-vscode',
  skipped: () => (process.platform === 'linux' ? undefined : 'what a process uses is read from /proc'),
  async run({ root, quick }) {
    const [environments, openings, rounds, seconds] = quick ? [8, 2, 1, 10] : [50, 7, 5, 30];
    const workplace = await makeWorkplace(root, () => settings);
    try {
      const folders = await makeEnvironments(workplace, environments);
      const code = await VSCode.start({
        name: 'bench-overview',
        vsix: [await vsixPath()],
        settings: demoSettings(),
        env: workplace.env,
      });
      try {
        const window = await code.open(workplace.repository);
        await window.statusBarItem(/^\s*main/).waitFor({ timeout: 120_000 });
        return await measure(code, window, { folders, openings, rounds, seconds });
      } finally {
        await code.stop();
      }
    } finally {
      await workplace.dispose();
    }
  },
};

/** @returns the folders of their worktrees */
async function makeEnvironments({ product, repository }: Workplace, count: number): Promise<string[]> {
  await writeFile(join(repository, 'coppice.yaml'), environmentFile);
  await mustRun('git', ['commit', '--quiet', '--all', '--message', 'Services that cost nothing'], { cwd: repository });
  const names = Array.from({ length: count }, (_, index) => `task-${index + 1}`);
  return pLimit(3).map(names, async (branch) => {
    const run = { signal: AbortSignal.timeout(600_000), report: () => undefined, approve: async () => true };
    const target = { kind: 'branch', branch, base: 'main' } as const;
    const { ready, worktree } = await product.environments.create({ folder: repository, target }, run);
    if (!ready) throw new Error(`${branch} does not get ready`);
    return worktree.path;
  });
}

interface Measured {
  readonly folders: readonly string[];
  readonly openings: number;
  readonly rounds: number;
  readonly seconds: number;
}

async function measure(
  code: VSCode,
  window: VSCodeWindow,
  { folders, openings, rounds, seconds }: Measured,
): Promise<Figure[]> {
  const share = await shareOf(code, window, folders, seconds);
  const [first, whole]: [number[], number[]] = [[], []];
  const open = async (): Promise<Frame> => {
    const begin = performance.now();
    await window.runCommand('Coppice: Show Overview');
    const frame = await until(async () => (await framesOf(window))[0], 60_000);
    whole.push(performance.now() - begin);
    await until(async () => (await rowsOf(frame)) === folders.length, 60_000);
    return frame;
  };
  const isGone = (): Promise<boolean> => until(async () => (await framesOf(window)).length === 0, 30_000);
  for (let run = 0; run < openings; run++) {
    first.push(Number(await (await open()).evaluate(untilFirstContent)));
    await window.runCommand('View: Close All Editors');
    await isGone();
  }
  // In turns, as what a window does by itself differs from one minute to the next.
  const [closed, visible, hidden]: [number[], number[], number[]] = [[], [], []];
  const updates: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await window.runCommand('View: Close All Editors');
    await window.runCommand('File: New Untitled Text File');
    closed.push(await share());
    const frame = await open();
    await frame.evaluate("performance.clearMeasures('coppice-update')");
    visible.push(await share());
    updates.push(...(await frame.evaluate<number[]>(durationsOfUpdates)));
    await window.runCommand('File: New Untitled Text File');
    await isGone();
    hidden.push(await share());
  }
  if (updates.length === 0) throw new Error('the overview was told nothing');
  const told = `Overview of ${folders.length} environments in VS Code`;
  const sorted = updates.sort((a, b) => a - b);
  const before = { name: 'while it is closed', value: median(closed) };
  return [
    {
      ...{ name: `${told}: first script until first content`, unit: 'ms', value: median(first), runs: openings },
      goals: [{ kind: 'value', most: 300 }],
    },
    { name: `${told}: command until it is drawn`, unit: 'ms', value: median(whole), runs: openings, goals: [] },
    {
      ...{ name: `${told}: script of one update, 95 of 100`, unit: 'ms', runs: sorted.length },
      value: sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN,
      goals: [{ kind: 'value', most: 16 }],
    },
    {
      ...{ name: `${told}: share of a core of page and extension, ${seconds} s`, unit: '%', runs: rounds },
      ...{ value: median(visible), yardstick: before, goals: [{ kind: 'beyond', most: 5 }] },
    },
    {
      ...{ name: `${told}: the same while it is hidden`, unit: '%', runs: rounds },
      // What a window does by itself differs by so much all the same.
      ...{ value: median(hidden), yardstick: before, goals: [{ kind: 'beyond', most: 0.5 }] },
    },
  ];
}

async function framesOf(window: VSCodeWindow): Promise<Frame[]> {
  const found = await Promise.all(window.page.frames().map(async (frame) => ((await rowsOf(frame)) > 0 ? frame : [])));
  return found.flat();
}

async function rowsOf(frame: Frame | undefined): Promise<number> {
  return (
    (await frame
      ?.locator('table[role="grid"] tbody tr:visible')
      .count()
      .catch(() => 0)) ?? 0
  );
}

/**
 * What the window's page, its frames and its extensions do in some time, as a share of a core in percent, while somebody edits a file in a
 * worktree every other second.
 */
async function shareOf(
  code: VSCode,
  window: VSCodeWindow,
  folders: readonly string[],
  seconds: number,
): Promise<() => Promise<number>> {
  const session = await window.page.context().newCDPSession(window.page);
  await session.send('Performance.enable');
  // The time of its thread, not of the clock: other programs of the machine are none of it.
  const page = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'ThreadTime')?.value ?? Number.NaN;
  };
  const hosts = extensionHosts(code.pid);
  if (hosts.length === 0) throw new Error('VS Code has no extension host');
  const busy = async (): Promise<number> => (await page()) + hosts.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  let edits = 0;
  return async () => {
    // What was done before has its time to end.
    await delay(3_000);
    const [begin, before] = [performance.now(), await busy()];
    while (performance.now() - begin < seconds * 1000) {
      await appendFile(join(folders[edits % folders.length] ?? '', `edit-${edits++}.txt`), 'edited\n');
      await delay(2_000);
    }
    return (((await busy()) - before) / ((performance.now() - begin) / 1000)) * 100;
  };
}

/** Those that a server has begun, or what it has begun. */
function extensionHosts(server: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = new Map(pids.map((pid) => [Number(pid), Number(fieldsOf(Number(pid))[1])]));
  const isBelow = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at))
      if (at === server) return true;
    return false;
  };
  return [...parents.keys()].filter((pid) => isBelow(pid) && /--type=extensionHost/.test(read(`/proc/${pid}/cmdline`)));
}

/** proc(5): fields 14 and 15, user and system time. */
function cpuSeconds(pid: number): number {
  const fields = fieldsOf(pid);
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** From the third one on, after the name, which may hold anything. */
function fieldsOf(pid: number): string[] {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
