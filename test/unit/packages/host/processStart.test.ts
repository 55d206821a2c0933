import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { processStart } from '../../../../packages/host/src/processStart';

it('gives the same answer for a process each time, another one for another process, and none for one that is gone', async () => {
  const own = await processStart(process.pid);
  expect(own).toBeTruthy();
  expect(await processStart(process.pid)).toBe(own);
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const pid = child.pid ?? 0;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const other = await processStart(pid);
  expect(other).toBeTruthy();
  expect(other).not.toBe(own);
  child.kill('SIGKILL');
  await exited;
  expect(await processStart(pid)).toBeUndefined();
});
