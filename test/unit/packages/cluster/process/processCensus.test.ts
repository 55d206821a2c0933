import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { findProcesses } from '../../../../../packages/cluster/src/process/killProcessTree';
import { parsePs, parseWindows, ProcessCensus } from '../../../../../packages/cluster/src/process/processCensus';
import { findLauncher, isRunOf, lockLimit, RunMarks } from '../../../../../packages/cluster/src/process/runMarks';
import type { SeenProcess } from '../../../../../packages/cluster/src/process/seenProcess';

it('a run has a number of its own, which tells its cluster', () => {
  const marks = new RunMarks('one');
  const [first, second] = [marks.take(), marks.take()];
  expect(first).not.toBe(second);
  for (const run of [first, second]) {
    expect(isRunOf('one', run)).toBe(true);
    expect(isRunOf('two', run)).toBe(false);
  }
  for (const text of ['', 'unlimited', '4096', '18446744073709551615', '9223372036854775807']) {
    expect(isRunOf('one', text)).toBe(false);
  }
});

it('all who ask while a look is due share it, and each gets one that began after it asked', async () => {
  let looks = 0;
  const census = new ProcessCensus(() => Promise.resolve([seen(++looks)]));
  const [first, second] = [census.take(), census.take()];
  expect(await first).toBe(await second);
  expect(await census.take()).toEqual([seen(2)]);
});

function seen(pid: number): SeenProcess {
  return { pid, parent: 1, group: pid, session: pid, hasTerminal: false, start: '1', run: undefined };
}

it('reads what ps of macOS says', () => {
  const output = [
    '    1     0     1 ??       Sat Nov 28 03:14:12 2026 /sbin/launchd',
    '  501     1   501 ttys001  Sat Nov 28 13:14:12 2026 -zsh TERM=xterm',
    '  777   501   700 ??       Tue Nov  3 03:14:12 2026 node x.js A=b COPPICE_RUN_MARK=4611686018427387905 C=d',
    'nothing',
  ].join('\n');
  expect(parsePs(output)).toMatchObject([
    { pid: 1, parent: 0, group: 1, hasTerminal: false, run: undefined },
    { pid: 501, hasTerminal: true },
    { pid: 777, parent: 501, group: 700, start: 'Tue Nov  3 03:14:12 2026', run: '4611686018427387905' },
  ]);
});

it('reads what Windows says', () => {
  expect(parseWindows('4 0 0\r\n812 4 133772345678901234\r\n\r\n')).toMatchObject([
    { pid: 4, parent: 0, start: '0' },
    { pid: 812, parent: 4, start: '133772345678901234', group: undefined },
  ]);
});

it.runIf(process.platform === 'linux')(
  'a process without an environment, session and parent is found by its limit',
  async () => {
    const launcher = await findLauncher();
    if (!launcher) return;
    const mark = `test-${process.pid}`;
    const run = new RunMarks(mark).take();
    const [program, ...args] = launcher(run);
    const text = 'env -i setsid sh -c "exec sleep 60" & exit 0';
    const first = spawn(program, [...args, 'sh', '-c', text], { stdio: 'ignore', detached: true });
    await new Promise((resolve) => first.once('exit', resolve));
    const found = await findProcesses(mark);
    for (const { pid } of found) process.kill(pid, 'SIGKILL');
    expect(found).toHaveLength(1);
    expect(found[0]?.run).toBe(run);
  },
);

it('reads the limit of locks', () => {
  const text =
    'Max nice priority         0    0    \nMax file locks            4611686018427387905  unlimited            locks     \n';
  expect(lockLimit(text)).toBe('4611686018427387905');
  expect(lockLimit('Max file locks            unlimited            unlimited            locks     \n')).toBeUndefined();
});
