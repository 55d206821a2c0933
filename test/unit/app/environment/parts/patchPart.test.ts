import { describe, expect, it } from 'vitest';
import { planCreate } from '../../../../../src/app/environment/plan/planCreate';
import type { Progress } from '../../../../../src/app/run/run';
import { AppError } from '../../../../../src/core/errors';
import { database, EnvironmentWorld } from '../../../../support/environmentWorld';
import { command, environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import { branch, failsAndChangesNothing } from '../create/creates';

const target = branch('feat/x');
const folder = '/code/repo.worktrees/feat-x';
const patch = { '.env': { DATABASE_URL: '$(DATABASE_URL)', NEXTAUTH_URL: '$(COPPICE_URL)/auth', TEXT: '$$(X) it' } };
const update = { target: { kind: 'worktree', path: folder } } as const;

function worldWith(more: object = { patch }): EnvironmentWorld {
  const world = new EnvironmentWorld();
  world.commit(environmentFileText(['frontend'], database, { copy: ['.env'], ...more }));
  world.worktreeFiles.ignored.add('.env');
  return world;
}

const env = (world: EnvironmentWorld) => world.worktreeFiles.texts.get(`${folder}/.env`);
const block = (...lines: string[]): string =>
  [
    '# coppice begin: written by Coppice for this worktree, and written again when a value changes',
    ...lines,
    '# coppice end',
    '',
  ].join('\n');

describe('the env files of a worktree', () => {
  it('say of a $ which programs read it as another variable', async () => {
    const world = worldWith({ patch: { '.env': { PRICE: 'a$b', TEXT: 'plain' } } });
    await world.create({ target });
    expect(env(world)).toContain('# PRICE has a $ in it: Vite and Next.js take it for another variable');
    expect(
      env(world)
        ?.split('\n')
        .filter((line) => /^[A-Z]/.test(line)),
    ).toEqual(["PRICE='a$b'", 'TEXT=plain']);
  });

  it('end with what its environment has, before its services start', async () => {
    const world = worldWith();
    let atStart: string | undefined;
    const before = (call: string): void => {
      if (call === 'workloads.release') atStart ??= env(world);
    };
    const { identity } = await world.create({ target }, { hook: { before, after: () => undefined } });
    const secret = await world.cluster.readSecret('worktree-feat-x', 'coppice-database');
    const url = /^NEXTAUTH_URL=http:\/\/feat-x\.localhost(?::\d+)?\/auth$/m.exec(env(world) ?? '')?.[0];
    expect(env(world)).toBe(
      `.env of main\n${block(`DATABASE_URL=${secret?.['DATABASE_URL'] ?? ''}`, url ?? 'no URL', "TEXT='$(X) it'")}`,
    );
    expect(atStart).toBe(env(world));
    expect(identity.parts['patch']).toEqual({ files: ['.env'] });
  });

  it('are not written while dependencies come in, which are made complete in the same folder', async () => {
    const world = worldWith();
    world.commit(environmentFileText(['frontend'], undefined, { patch: { '.env': { A: '1' } } }));
    world.worktrees.files.set('package-lock.json', '{}');
    const run = { signal: new AbortController().signal, report: () => undefined };
    const { steps } = await planCreate(world.createPorts())({ folder: '/code/repo', target }, run);
    expect(steps.find(({ id }) => id === 'patch')?.after).toContain('dependencies');
  });

  it('lead to this environment before anything of the repository runs, and to no database that is not there', async () => {
    const uses = [{ name: 'cache', tool: 'redis' }] as const;
    const setup = [command('node', 'setup.js')];
    const all = { '.env': { URL: '$(DATABASE_URL)', CACHE: '$(CACHE_URL)', HERE: '$(COPPICE_URL)' } };
    const world = worldWith({ patch: all, setup, uses, copy: ['.env'] });
    const seen: (string | undefined)[] = [];
    world.commands.onRun = () => void seen.push(env(world));
    const { identity } = await world.create({ target });
    const port = identity.parts.uses?.services['cache']?.ports['redis'];
    const lines = (url: string): RegExp =>
      new RegExp(`\nURL=postgresql://.*${url}.*\nCACHE=redis://127\.0\.0\.1:${port}\nHERE=http://feat-x\.localhost`);
    // Setup, migrate and seed; and in the end the database that the environment has.
    expect(seen).toHaveLength(3);
    for (const text of seen) expect(text).toMatch(lines('no-database-yet'));
    expect(env(world)).toMatch(lines('wt_feat_x'));
    // Those that services read now are not led away.
    world.commands.runs.length = seen.length = 0;
    world.edited.set(
      folder,
      environmentFileText(['frontend'], database, { patch: all, uses, setup: [command('other')] }),
    );
    await world.create(update);
    expect(seen.map((text) => lines('wt_feat_x').test(text ?? ''))).toEqual([true]);
  });

  it('are as they were when what runs next fails', async () => {
    const world = worldWith({ copy: [] });
    await world.create({ target });
    world.worktreeFiles.texts.set(`${folder}/.env`, 'mine\n');
    const setup = [command('fails')];
    world.edited.set(folder, environmentFileText(['frontend'], database, { patch, setup }));
    world.commands.onRun = () => {
      throw new AppError('failed', 'no');
    };
    await expect(world.create(update)).rejects.toThrow('no');
    expect(env(world)).toBe('mine\n');
  });

  it('are written again when a value changes, and lose the lines that are not asked for any more', async () => {
    const world = worldWith();
    await world.create({ target });
    const other = { '.env': { A: '1' } };
    world.edited.set(folder, environmentFileText(['frontend'], database, { copy: ['.env'], patch: other }));
    await world.create(update);
    expect(env(world)).toBe(`.env of main\n${block('A=1')}`);
    world.edited.set(folder, environmentFileText(['frontend'], database, { patch: { 'b.env': { B: '2' } } }));
    await world.create(update);
    expect(env(world)).toBe('.env of main\n');
    expect(world.worktreeFiles.texts.get(`${folder}/b.env`)).toBe(block('B=2'));
  });

  it('are as they were when a later step fails, and when the environment alone is deleted', async () => {
    const world = worldWith({});
    await world.create({ target });
    world.edited.set(folder, environmentFileText(['frontend'], database, { copy: ['.env'], patch }));
    world.releases.before = (method) => {
      if (method === 'install') throw new AppError('failed', 'no');
    };
    await expect(world.create(update)).rejects.toThrow('no');
    expect(env(world)).toBe('.env of main\n');
    world.releases.before = () => undefined;
    await world.create(update);
    expect(env(world)).toContain('DATABASE_URL=');
    await world.delete({ path: folder, environmentOnly: true });
    expect(env(world)).toBe('.env of main\n');
  });

  it('are as they were once the file has no patch any more', async () => {
    const world = worldWith();
    await world.create({ target });
    world.edited.set(folder, environmentFileText(['frontend'], database, { copy: ['.env'] }));
    const steps: string[] = [];
    const report = ({ step }: Progress): void => void steps.push(step);
    await world.create(update, { report });
    expect(env(world)).toBe('.env of main\n');
    expect(steps).toContain('patch');
    steps.length = 0;
    await world.create(update, { report });
    expect(steps).not.toContain('patch');
  });

  it('are told where lines cannot be taken out, which keeps no environment', async () => {
    const world = worldWith();
    await world.create({ target });
    world.worktreeFiles.left.set('.env', 'it is a link');
    const details: (string | undefined)[] = [];
    await world.delete(
      { path: folder, environmentOnly: true },
      { report: ({ step, detail }) => void (step === 'patch' && details.push(detail)) },
    );
    expect(details).toContain('left: .env (it is a link)');
    expect(await world.cluster.readSecret('worktree-feat-x', 'coppice-database')).toBeUndefined();
  });

  it('are as they were when the worktree forgets an environment that stays in another cluster', async () => {
    const world = worldWith();
    await world.create({ target });
    world.cluster.identity = { kind: 'context', context: 'k3d-a', server: 'https://127.0.0.1:1' };
    await world.delete({ path: folder, environmentOnly: true, accepted: ['elsewhere'] });
    expect(env(world)).toBe('.env of main\n');
  });

  it('of the main worktree are the source, and stay as they are', async () => {
    const world = worldWith();
    await world.create({ target: { kind: 'worktree', path: '/code/repo' } });
    expect([...world.worktreeFiles.texts.keys()]).toEqual([]);
  });

  it('are refused before anything is made where they are committed', async () => {
    const world = worldWith();
    world.worktrees.files.set('.env', '');
    await failsAndChangesNothing(
      world,
      { target },
      { code: 'invalidInput', message: expect.stringContaining('.env') as unknown },
    );
  });

  it.each([
    [
      'what nobody sets',
      '$(NOPE)',
      /patch of \.env: A names \$\(NOPE\), which Coppice does not set here; it sets COPPICE_/,
    ],
    ['what cannot be written', `it's "x"`, /patch of \.env: A has a line end, or quotes of both kinds/],
  ])('are refused with %s before anything is made, also by a plan', async (_, value, message) => {
    const world = worldWith({ patch: { '.env': { A: value } } });
    const run = { signal: new AbortController().signal, report: () => undefined };
    await expect(planCreate(world.createPorts())({ folder: '/code/repo', target }, run)).rejects.toThrow(message);
    await failsAndChangesNothing(
      world,
      { target },
      { code: 'invalidInput', message: expect.stringMatching(message) as unknown },
    );
  });
});
