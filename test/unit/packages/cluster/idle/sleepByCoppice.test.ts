import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sleepByCoppice } from '../../../../../packages/cluster/src/idle/sleepByCoppice';
import { isAlive, until } from '../../../../support/until';

let folder: string;
const watched = new Set<number>();
const watch = { add: (pid: number) => void watched.add(pid), remove: (pid: number) => void watched.delete(pid) };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-sleep-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function sleepBy(program: string, limitMs?: number) {
  const cliProgram = join(folder, 'cli.cjs');
  await writeFile(cliProgram, program);
  return sleepByCoppice({ home: join(folder, 'home'), cliProgram, watch, ...(limitMs ? { limitMs } : {}) });
}

describe('a sleep that the cluster asks coppice for', () => {
  it('tells for how long it has been unused where it was used meanwhile, and why it failed', async () => {
    const used = await sleepBy(
      `console.log(JSON.stringify({ usedAt: new Date(Date.now() - 5000).toISOString(), args: process.argv }))`,
    );
    const ms = await used(folder, 1000);
    expect(ms).toBeGreaterThanOrEqual(5000);
    expect(ms).toBeLessThan(60_000);
    const failed = await sleepBy(`console.error('it is locked'); process.exitCode = 9`);
    await expect(failed(folder, 1000)).rejects.toThrow('it is locked');
    expect([...watched]).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')(
    'is ended where it takes too long: another one of it may be tried then',
    async () => {
      const begun = join(folder, 'begun');
      const waits = await sleepBy(
        `require('fs').writeFileSync(${JSON.stringify(begun)}, String(process.pid)); process.on('SIGTERM', () => process.exit(130)); setInterval(() => {}, 1000)`,
        2000,
      );
      await expect(waits(folder, 1000)).rejects.toThrow('coppice sleep ended with 130');
      const pid = Number(await readFile(begun, 'utf8'));
      await until(() => !isAlive(pid));
      expect([...watched]).toEqual([]);
    },
  );
});
