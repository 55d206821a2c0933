import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CreateResult } from '../../src/app/environment/requests';
import { killVariable } from '../support/killAt.mjs';
import { RealWorld, type CliResult } from '../support/realWorld';
import { verifiesKubernetes } from '../support/toolVersions';
import { until } from '../support/until';

/*
 * What test/contract/cli/kills.test.ts asks of the embedded cluster: each command is run once to its end, which tells its steps; then it is
 * killed after one of them after the other, and done again. All commands, and each step that something outside of this machine's files was
 * changed by: COPPICE_KILLS=all, which takes as long as namespaces take to end.
 */
const isWhole = process.env['COPPICE_KILLS'] === 'all';
const names = isWhole ? ['sleep', 'wake', 'update', 'undo', 'delete', 'create'] : ['sleep', 'wake'];
const asks = /^(PATCH|POST|PUT|DELETE|SQL|begin helm|end helm) /;
const killAt = new URL('../support/killAt.mjs', import.meta.url).href;
const discard = ['--discard', 'uncommitted,untracked,unpushed,database'];

interface KilledCommand {
  readonly argv: readonly string[];
  /** Without it the repository. */
  readonly cwd?: string;
  /** Brings all to where it begins. */
  readonly before: () => Promise<void>;
  /** Holds once it is done. */
  readonly after: () => Promise<void>;
  /** What a retry says where it was done already. */
  readonly isDone?: RegExp;
}

interface Killed extends CliResult {
  readonly steps: readonly string[];
}

verifiesKubernetes(`${names.join(', ')}: killed after steps that change something, and done again`);

describe.runIf(process.platform === 'linux')('commands that are killed, on a real Kubernetes', () => {
  let world: RealWorld;
  let other: CreateResult;
  let path: string;
  let ledgers = 0;
  let round = 0;
  beforeAll(async () => {
    world = await RealWorld.create();
    path = world.worktree('cut');
    other = await world.create('other');
    expect(await visits('POST')).toBe('other 1');
  }, 240_000);
  afterAll(() => world?.dispose(), 240_000);

  const visits = (method: string): Promise<string> =>
    world.reach(other, 'web', async (url) => (await fetch(url, { method })).text());

  const run = async ({ argv, cwd }: KilledCommand, after?: number): Promise<Killed> => {
    const ledger = join(world.folder, `ledger-${ledgers++}`);
    await writeFile(ledger, '');
    const wanted = JSON.stringify({ parent: process.pid, place: world.folder, ledger, after });
    const variables = { NODE_OPTIONS: `--import "${killAt}"`, [killVariable]: wanted };
    const result = await world.whileEnding('worktree-cut', () =>
      world.cliWith(variables, cwd ?? world.repository, ...argv),
    );
    const steps = (await readFile(ledger, 'utf8')).split('\n').filter((line) => line !== '');
    return { ...result, steps };
  };
  const done = async (cwd: string, ...argv: string[]): Promise<void> => {
    const { code, stderr } = await world.whileEnding('worktree-cut', () => world.cli(cwd, ...argv));
    expect(code, stderr).toBe(0);
  };

  const state = async (): Promise<string | undefined> => {
    const { code, stdout, stderr } = await world.cli(world.repository, 'list', '--json');
    expect(code, stderr).toBe(0);
    const { worktrees, orphans } = JSON.parse(stdout) as {
      readonly worktrees: readonly { readonly branch: string; readonly view: { readonly state: string } }[];
      readonly orphans: readonly unknown[];
    };
    expect(orphans).toEqual([]);
    return worktrees.find(({ branch }) => branch === 'cut')?.view.state;
  };
  /** It is told by watches, and may be a moment late. */
  const isIn = (wanted: string | undefined) => async (): Promise<void> => {
    let now: string | undefined;
    await until(async () => (now = await state()) === wanted, 60_000).catch(() => expect(now).toBe(wanted));
  };
  const created = async (): Promise<void> => {
    if (!existsSync(path)) await done(world.repository, 'create', 'cut', '--yes');
    else if ((await state()) !== 'healthy') await done(path, 'create', '--yes');
  };
  const gone = async (): Promise<void> => {
    if (existsSync(path)) await done(world.repository, 'delete', 'cut', ...discard);
  };
  const owned = (isThere: boolean) => async (): Promise<void> => {
    const [namespaces, databases] = [
      ['worktree-cut', 'worktree-other'],
      ['wt_cut', 'wt_other'],
    ].map((all) => (isThere ? all : all.slice(1)));
    expect(await world.owned()).toEqual({ namespaces, databases, roles: databases });
  };

  const commands = (): Readonly<Record<string, KilledCommand>> => ({
    sleep: {
      argv: ['sleep', 'cut'],
      before: async () => {
        await created();
        await done(world.repository, 'wake', 'cut');
      },
      after: isIn('asleep'),
    },
    wake: {
      argv: ['wake', 'cut'],
      before: async () => {
        await created();
        await done(world.repository, 'sleep', 'cut');
      },
      after: isIn('healthy'),
    },
    update: {
      argv: ['create', '--yes'],
      cwd: path,
      before: async () => {
        await created();
        await world.write(path, world.environmentFile({ web: { env: { ROUND: String(++round) } } }));
      },
      after: async () => {
        await isIn('healthy')();
        const { json } = await world.api.call('GET', '/apis/apps/v1/namespaces/worktree-cut/deployments');
        expect(JSON.stringify(json)).toContain(`"name":"ROUND","value":"${round}"`);
        await owned(true)();
      },
    },
    create: {
      argv: ['create', 'cut', '--yes'],
      before: gone,
      after: async () => {
        await isIn('healthy')();
        await owned(true)();
      },
      isDone: /^The branch cut is checked out at /m,
    },
    delete: {
      argv: ['delete', 'cut', ...discard],
      before: async () => {
        await created();
        await writeFile(join(path, 'draft.txt'), 'a thought');
      },
      after: async () => {
        expect(await state()).toBeUndefined();
        expect(existsSync(path)).toBe(false);
        expect(await world.git('branch', '--list', 'cut')).toBe('');
        await owned(false)();
      },
      isDone: /There is no worktree "cut"\./,
    },
    undo: {
      argv: ['undo', 'cut'],
      before: async () => {
        await created();
        await writeFile(join(path, 'draft.txt'), 'a thought');
        await gone();
      },
      after: async () => {
        expect(await readFile(join(path, 'draft.txt'), 'utf8')).toBe('a thought');
        expect(await state()).toBe('missing');
      },
      isDone: /No deleted worktree "cut" can be brought back\.|Something else is at /,
    },
  });

  /** Of the environment that nobody touches. */
  const untouched = async (): Promise<unknown> => {
    const core = '/api/v1/namespaces/worktree-other';
    const lists = [
      ...['services', 'secrets', 'configmaps', 'serviceaccounts'].map((kind) => `${core}/${kind}`),
      '/apis/apps/v1/namespaces/worktree-other/deployments',
    ];
    const objects = await Promise.all(lists.map(async (list) => (await world.api.call('GET', list)).json.items));
    const pods: { metadata: { uid: string }; status: { containerStatuses: { restartCount: number }[] } }[] = (
      await world.api.call('GET', `${core}/pods`)
    ).json.items;
    return {
      objects: objects.flat().map(({ metadata: { name, uid, resourceVersion } }) => [name, uid, resourceVersion]),
      pods: pods.map(({ metadata: { uid }, status }) => [
        uid,
        status.containerStatuses.map((each) => each.restartCount),
      ]),
      visits: await visits('GET'),
    };
  };

  /** Programs that commands have started, and that outlived them. */
  const left = async (): Promise<readonly string[]> => {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const found = await Promise.all(
      pids.map(async (pid) => {
        const environment = await readFile(join('/proc', pid, 'environ'), 'utf8').catch(() => '');
        const line = await readFile(join('/proc', pid, 'cmdline'), 'utf8').catch(() => '');
        return environment.includes(`COPPICE_HOME=${world.folder}`) ? [line.replaceAll('\0', ' ')] : [];
      }),
    );
    return found.flat();
  };

  test.each(names)(
    '%s: the same command finishes it, nothing else is changed, and no process is left',
    async (name) => {
      const command = commands()[name];
      if (!command) throw new Error(`no command ${name}`);
      await command.before();
      const { code, stderr, steps } = await run(command);
      expect(code, stderr).toBe(0);
      await command.after();
      const before = await untouched();
      const asking = steps.flatMap((step, index) => (asks.test(step) ? [index + 1] : []));
      expect(asking.length).toBeGreaterThan(0);
      const numbers = isWhole ? asking : [asking[0], asking[asking.length >> 1], asking.at(-1)];
      const troubles: string[] = [];
      for (const number of new Set(numbers)) {
        await command.before();
        const killed = await run(command, number);
        try {
          const retried = await run(command);
          if (retried.code !== 0) expect(retried.stderr).toMatch(command.isDone ?? /^$/);
          await command.after();
          await until(async () => (await left()).length === 0, 30_000).catch(async () =>
            expect(await left()).toEqual([]),
          );
          expect(await untouched()).toEqual(before);
        } catch (error) {
          troubles.push(`killed after\n  ${killed.steps.join('\n  ')}\n${String(error)}`);
        }
      }
      expect(troubles).toEqual([]);
    },
    isWhole ? 3600_000 : 300_000,
  );
});
