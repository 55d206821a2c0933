import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { afterEach, expect, it } from 'vitest';
import { ProcessCensus } from '../../../../../packages/cluster/src/process/processCensus';
import { ProcessGroup } from '../../../../../packages/cluster/src/process/processGroup';
import { ProcessRun } from '../../../../../packages/cluster/src/process/processRun';
import type { SeenProcess } from '../../../../../packages/cluster/src/process/seenProcess';
import { isAlive, until } from '../../../../support/until';

const numbers = { own: '4611686018427387905', guests: '4611686018427387906' };
const runs: ProcessRun[] = [];
afterEach(async () => {
  for (const run of runs.splice(0)) run.group.signal('SIGKILL');
});

async function start(program: string, census: Pick<ProcessCensus, 'take'> = new ProcessCensus(), log: string[] = []) {
  const env = { PATH: process.env['PATH'] ?? '' };
  const args = ['-e', program];
  const group = await ProcessGroup.start({ command: process.execPath, args, folder: tmpdir(), env });
  const run = new ProcessRun(group, numbers, census, (line) => log.push(line));
  runs.push(run);
  const lines: string[] = [];
  createInterface({ input: group.stdout }).on('line', (line) => lines.push(line));
  await until(() => lines.includes('up'));
  return { run, lines };
}

const stay = 'console.log("up"); setInterval(() => {}, 1000)';

/** A machine that is too busy to list its processes, until it is told to. */
class BusyCensus {
  private readonly waiting: ((all: readonly SeenProcess[]) => void)[] = [];
  private readonly real = new ProcessCensus();
  private isFree = false;

  take(): Promise<readonly SeenProcess[]> {
    return this.isFree ? this.real.take() : new Promise((resolve) => this.waiting.push(resolve));
  }

  async free(): Promise<void> {
    this.isFree = true;
    for (const answer of this.waiting.splice(0)) answer(await this.real.take());
  }
}

it('asks within its time, and forces in the end, also where the machine cannot say what runs', async () => {
  const census = new BusyCensus();
  const { run, lines } = await start(`process.on('SIGTERM', () => console.log('asked')); ${stay}`, census);
  const stopped = run.stop('SIGTERM', 1500);
  await until(() => lines.includes('asked'));
  expect(isAlive(run.group.pid)).toBe(true);
  await until(() => !isAlive(run.group.pid));
  await census.free();
  await stopped;
  expect(await run.exited).toBe(137);
});

it('who asks again can shorten the time, and not make it longer', async () => {
  const { run, lines } = await start(`process.on('SIGTERM', () => console.log('asked')); ${stay}`);
  const stopped = run.stop('SIGTERM', 60_000);
  await until(() => lines.includes('asked'));
  void run.stop('SIGTERM', 120_000);
  void run.stop('SIGTERM', 0);
  await stopped;
  expect(await run.exited).toBe(137);
});

it.runIf(process.platform !== 'win32')('is over only when the last one is', async () => {
  const child = `process.on("SIGTERM", () => setTimeout(() => process.exit(), 400)); console.log("child " + process.pid); setInterval(() => {}, 1000)`;
  const program = `const { spawn } = require('node:child_process');
    spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' });
    process.on('SIGTERM', () => process.exit(0));
    ${stay}`;
  const { run, lines } = await start(program);
  const pid = await until(() => Number(/child (\d+)/.exec(lines.join('\n'))?.[1] ?? 0));
  await run.stop('SIGTERM', 60_000);
  expect(isAlive(pid)).toBe(false);
  expect(await run.exited).toBe(0);
});
