import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { signalTree } from '../../../../packages/host/src/signalTree';
import { windowsProgram } from '../../../../packages/host/src/windowsProgram';

it.skipIf(process.platform === 'win32')('ends a process and what it started', async () => {
  const script = `const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: ['ignore', 1, 'ignore'] });
    console.log('started');`;
  const parent = spawn(process.execPath, ['-e', `${script} setInterval(() => {}, 1000);`], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(parent.stdout, 'data');
  // The pipe ends only when the last of both has ended.
  const ended = once(parent.stdout, 'end');
  signalTree(parent.pid ?? 0, 'SIGKILL');
  await ended;
});

it('takes one that is gone for no error, and touches neither its own group nor everybody', async () => {
  const gone = spawn(process.execPath, ['-e', ''], { detached: true });
  await once(gone, 'exit');
  for (const pid of [gone.pid ?? 0, 0, 1, -1, Number.NaN]) signalTree(pid, 'SIGKILL');
});

it('finds programs of Windows by their full path, never in the current folder', () => {
  const path = windowsProgram('taskkill', { SystemRoot: 'D:\\Win' });
  expect(path.replaceAll('/', '\\')).toBe('D:\\Win\\System32\\taskkill.exe');
  expect(windowsProgram('powershell', {})).toMatch(/^C:.*powershell\.exe$/);
});
