import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ledgerVariable, stillFreeMegabytes } from '../../support/stillMachine.mjs';
import { until } from '../../support/until';
import type { ListJson } from './cliJson';
import { CliWorld } from './cliWorld';

/** Much more than what a program of Node takes or gives back by itself. */
const serviceMB = 256;

/** Says that it is there, and takes its memory before it listens; gives it back with its end. */
const script = (ledger: string): string => `
require('node:fs').writeFileSync(require('node:path').join(${JSON.stringify(ledger)}, String(process.pid)), '');
const kept = Buffer.alloc(${serviceMB} * 2 ** 20, 1);
process.on('SIGTERM', () => process.exit(0));
require('node:http').createServer((_, answer) => answer.end(String(kept.length))).listen(process.env.PORT, '127.0.0.1');
`;

const stillMachine = new URL('../../support/stillMachine.mjs', import.meta.url).href;

// What other systems tell of their memory is read from no file: a test cannot hold it still there.
describe.runIf(process.platform === 'linux')('environments for which there is no memory', { timeout: 600_000 }, () => {
  let world: CliWorld;
  let ledger: string;
  /** Between what is free with one of them, and with two. */
  let limit: number;
  const gated = () => ({
    env: {
      COPPICE_START_FREE_MEMORY: String(limit),
      NODE_OPTIONS: `--import "${stillMachine}"`,
      [ledgerVariable]: ledger,
    },
  });
  const waits = async (branch: string): Promise<string | null | undefined> =>
    (await world.json<ListJson>(['list'])).worktrees.find((each) => each.branch === branch)?.waits;

  beforeAll(async () => {
    world = await CliWorld.create();
    ledger = join(world.folder, 'ledger');
    await mkdir(ledger);
    await writeFile(join(world.repository, 'hungry.cjs'), script(ledger));
    const services = ['version: 1', 'services:', '  web: {command: "node hungry.cjs", port: 3000}', ''];
    await writeFile(join(world.repository, 'coppice.yaml'), services.join('\n'));
    await world.git('add', '--all');
    await world.git('commit', '--quiet', '--message', 'hungry');
    await world.json(['create', 'one']);
  }, 240_000);
  // One of them is awake when each test begins.
  beforeEach(() => void (limit = stillFreeMegabytes(ledger) - serviceMB / 2));
  afterAll(() => world.dispose());

  it('a second one waits, says so in its row, and starts when the first one sleeps; its memory was never taken from the limit', async () => {
    let least = Number.POSITIVE_INFINITY;
    const made = world.start(['create', 'two', '--json', '--steps'], gated());
    const looking = setInterval(() => (least = Math.min(least, stillFreeMegabytes(ledger))), 50);
    try {
      const reason = await until(() => waits('two'), 180_000);
      expect(reason).toMatch(
        /^waits to start, because \d+ MiB of memory are free, while \d+ MiB are to stay free \(start\.freeMemory\) and what is started may need \d+ MiB$/,
      );
      expect((await world.cli(['list'])).stdout).toMatch(/^two +Creating, waits to start/m);
      expect(await world.objects('/api/v1/namespaces/worktree-two/pods')).toEqual([]);
      await world.json(['sleep', 'one']);
      const { code, stdout } = await made.done;
      expect(code).toBe(0);
      expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ ready: true });
    } finally {
      clearInterval(looking);
    }
    expect(least).toBeGreaterThan(limit);
    expect(await waits('two')).toBeNull();
  });

  it('a wake that is killed while it waits is finished by the next one, which tells what to put to sleep', async () => {
    const killed = world.start(['wake', 'one'], gated());
    await until(() => waits('one'), 180_000);
    expect(killed.stderr()).toMatch(/waits to start, because .*; it waits for 10 minutes at most/);
    expect(killed.stderr()).toContain('coppice sleep two');
    killed.child.kill('SIGKILL');
    await killed.done;
    expect(await waits('one')).toBeNull();

    const woken = world.start(['wake', 'one', '--json'], gated());
    await until(() => waits('one'), 180_000);
    // Nobody who wants something else of it is kept waiting.
    expect(await world.json(['sleep', 'one'])).toMatchObject({ ended: true });
    await world.json(['sleep', 'two']);
    expect(JSON.parse((await woken.done).stdout)).toMatchObject({ slept: true, ready: true });
  });

  it('a create that is killed while it waits is finished by the next one', async () => {
    const killed = world.start(['create', 'three'], gated());
    await until(() => waits('three'), 180_000);
    killed.child.kill('SIGKILL');
    await killed.done;
    await world.json(['sleep', 'one']);
    expect(await world.json(['create', 'three'], gated())).toMatchObject({ slug: 'three', ready: true });
  });

  it('fails after its time with a code of its own, and takes back what it made', async () => {
    const late = await world.cli(['create', 'four'], {
      env: { ...gated().env, COPPICE_START_WAIT_TIME: '1' },
    });
    expect(late.code).toBe(6);
    expect(late.stderr).toMatch(/^Not started, because .*; it has waited for 1 second \(start\.waitTime\)\.$/m);
    expect(late.stderr).toContain('In a terminal: coppice sleep three');
    expect(await world.git('branch', '--list', 'four')).toBe('');
  });
});
