import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { parseStat } from '../../../../../packages/cluster/src/metrics/linuxProcesses';
import {
  parseProcessTable,
  parseWindowsProcesses,
  readProcesses,
} from '../../../../../packages/cluster/src/metrics/processTable';
import { ProcessTrees } from '../../../../../packages/cluster/src/metrics/processTrees';

describe('what the operating systems say', () => {
  it('Linux: a stat file, whatever the command is called', () => {
    const stat =
      '4242 (a) S 1 2 (b) S 17 99 99 0 -1 4194304 1 0 0 0 120 30 40 10 20 0 5 0 12345 1000000 256 18446744073709551615 1';
    expect(parseStat(stat, { pageBytes: 16_384, ticksPerSecond: 100 })).toEqual({
      pid: 4242,
      parent: 17,
      group: 99,
      cpuSeconds: 2,
      memoryBytes: 256 * 16_384,
      started: undefined,
    });
    expect(parseStat(undefined, { pageBytes: 4096, ticksPerSecond: 100 })).toBeUndefined();
  });

  it('macOS: ps, with days and hours or without', () => {
    const output = '    1     0     1  22116   0:01.50\n  977   1   977   100 1-02:03:04\nnothing of ours\n';
    expect(parseProcessTable(output)).toEqual([
      { pid: 1, parent: 0, group: 1, cpuSeconds: 1.5, memoryBytes: 22_116 * 1024, started: undefined },
      { pid: 977, parent: 1, group: 977, cpuSeconds: 93_784, memoryBytes: 102_400, started: undefined },
    ]);
  });

  it('Windows: one line a process', () => {
    const output = '4 0 147456 50000000 0 0\r\n812 4 1048576 10000000 5000000 133700000000000000\r\n\r\n';
    expect(parseWindowsProcesses(output)).toEqual([
      { pid: 4, parent: 0, group: undefined, cpuSeconds: 5, memoryBytes: 147_456, started: 0 },
      { pid: 812, parent: 4, group: undefined, cpuSeconds: 1.5, memoryBytes: 1_048_576, started: 133700000000000000 },
    ]);
  });
});

it('reads this machine: this process is in it, with what it uses', async () => {
  const before = process.cpuUsage();
  const own = (await readProcesses()).find(({ pid }) => pid === process.pid);
  const { rss } = process.memoryUsage();
  expect(own?.parent).toBe(process.ppid);
  expect(own?.memoryBytes).toBeGreaterThan(rss / 2);
  expect(own?.memoryBytes).toBeLessThan(rss * 2);
  // Children that have ended are counted with it on Linux; ps counts whole seconds.
  expect(own?.cpuSeconds).toBeGreaterThanOrEqual((before.user + before.system) / 1e6 - 1.01);
});

describe('a tree', () => {
  const entry = (pid: number, parent: number, group: number | undefined, started?: number) => ({
    pid,
    parent,
    group,
    cpuSeconds: 1,
    memoryBytes: 10,
    started,
  });

  it('is a process with its descendants and its group, each once', () => {
    const trees = new ProcessTrees([
      entry(1, 0, 1),
      entry(10, 1, 10),
      entry(11, 10, 10),
      entry(12, 11, 12),
      entry(13, 1, 10),
      entry(14, 13, 14),
      entry(20, 1, 20),
    ]);
    expect(trees.usageOf(10)).toEqual({ cpuSeconds: 5, memoryBytes: 50 });
    expect(trees.usageOf(20)).toEqual({ cpuSeconds: 1, memoryBytes: 10 });
    expect(trees.usageOf(99)).toBeUndefined();
  });

  it('takes no child of an earlier process of the same number for its own', () => {
    const trees = new ProcessTrees([
      entry(10, 1, undefined, 500),
      entry(11, 10, undefined, 400),
      entry(12, 10, undefined, 600),
    ]);
    expect(trees.usageOf(10)?.memoryBytes).toBe(20);
  });

  it.runIf(process.platform !== 'win32')('finds a child that has left the process group', async () => {
    const inner = 'const held = Buffer.alloc(60e6, 1); console.log("holds"); setInterval(() => held.length, 1000)';
    const outer = `const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(inner)}], { detached: true, stdio: ['ignore', 1, 2] });
      process.once('SIGTERM', () => { child.once('exit', () => process.exit()); child.kill(); });`;
    const parent = spawn(process.execPath, ['-e', outer], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    try {
      await once(parent.stdout, 'data');
      const processes = await readProcesses();
      const pid = parent.pid ?? 0;
      const alone = processes.find((one) => one.pid === pid)?.memoryBytes ?? 0;
      expect(new ProcessTrees(processes).usageOf(pid)?.memoryBytes).toBeGreaterThan(alone + 60e6);
    } finally {
      parent.kill('SIGTERM');
      await once(parent, 'exit');
    }
  });
});
