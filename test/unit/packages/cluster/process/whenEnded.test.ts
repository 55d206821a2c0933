import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { whenEnded } from '../../../../../packages/cluster/src/process/whenEnded';

it('calls once when a process has ended, and not while it lives', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  let ended = 0;
  const called = new Promise<void>((resolve) => {
    whenEnded(
      child.pid ?? 0,
      () => {
        ended++;
        resolve();
      },
      10,
    );
  });
  // Another one that is gone already is found by as many looks as this one has had.
  const gone = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  await once(gone, 'exit');
  await new Promise<void>((resolve) => whenEnded(gone.pid ?? 0, resolve, 10));
  expect(ended).toBe(0);
  child.kill('SIGKILL');
  await called;
  expect(ended).toBe(1);
});
