import { execFile } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliMachine } from '../../support/cliMachine';
import { isAlive, until } from '../../support/until';
import type { CreatedJson, EntryJson, ListJson } from './cliJson';
import { listCells } from './listCells';
import { CliWorld, messageLines } from './cliWorld';
import { verifies } from '../../support/verified';

verifies('Node.js', () => process.versions.node, { obtained: 'npm', asked: 'the main job from a terminal' });

const run = promisify(execFile);
const feature = 'earl/FIB-123-new-feature';
const slug = 'earl-fib-123-new-feature';

// One story: each test goes on where the one before ended.
describe('the main job, from a terminal', { timeout: 60_000 }, () => {
  let world: CliWorld;
  let url: (host: string, path: string) => string;

  const status = (name: string): Promise<EntryJson> => world.json(['status', name]);
  const service = async (worktree: string, name: string) =>
    (await status(worktree)).environment?.services.find((one) => one.name === name);
  const visits = async (host: string): Promise<number> =>
    (JSON.parse((await world.fetch(url(host, '/api/visits'))).text) as { visits: number }).visits;

  beforeAll(async () => {
    world = await CliWorld.create();
    url = (host, path) => `http://${host}.localhost:${world.gatewayPort}${path}`;
  });
  afterAll(() => world.dispose());

  it('plans without a running cluster, and changes nothing', async () => {
    const before = await world.everything();
    const { code, stdout, stderr } = await world.cli(['create', feature, '--dry-run']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of [`worktree-${slug}`, 'wt_earl_fib_123_new_feature', `${slug}.localhost`, world.worktree(slug)])
      expect(stdout).toContain(name);
    expect(stdout).toContain('new, from main (');
    expect(stdout).toMatch(/4\. +worktree +Check out earl\/FIB-123-new-feature +after namespace/);
    expect(stdout.trimEnd().endsWith('Nothing was done.')).toBe(true);

    const plan = await world.json<Record<string, unknown>>(['create', feature, '--dry-run']);
    expect(Object.keys(plan).sort()).toEqual(
      'base branch branchKind changes commandsToApprove database host images metricsPorts namespace parts slug steps temporalNamespace worktreeFolder'.split(
        ' ',
      ),
    );
    expect(await world.everything()).toEqual(before);
    expect(existsSync(join(world.home, 'cluster'))).toBe(false);
    expect(existsSync(world.postgres.folder)).toBe(false);
  });

  it('lists worktrees that have no environment', async () => {
    const { stdout, stderr, code } = await world.cli(['list']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe('NAME       STATUS          BRANCH  CHANGES\nfibonacci  No environment  main\n');
  });

  it('makes an environment for the worktree that is there', async () => {
    const { code, stdout, stderr } = await world.cli(['create', 'main']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toBe(
      `worktree   ${world.repository}\nnamespace  worktree-main\nurl        http://main.localhost:${world.gatewayPort}/\n`,
    );
    // A start that takes its time tells how far it is, in lines of its own.
    const steps = stderr.split('\n').filter((line) => line.startsWith('✓'));
    expect(messageLines(stderr)).toEqual([]);
    expect(steps).toHaveLength(10);
    for (const [index, line] of steps.entries())
      expect(line).toMatch(new RegExp(`^✓ ${index + 1}/10 [A-Z].* \\(\\d+\\.\\d s\\)$`));
  });

  it("gives the seed's names, and fields that scripts can build on", async () => {
    const created = await world.json<CreatedJson>(['create', feature]);
    expect(created).toMatchObject({
      branch: feature,
      path: world.worktree(slug),
      slug,
      namespace: `worktree-${slug}`,
      temporalNamespace: `worktree-${slug}`,
      database: 'wt_earl_fib_123_new_feature',
      host: `${slug}.localhost`,
      url: url(slug, '/'),
      ready: true,
    });
    expect(Object.keys(created).sort()).toEqual(
      'branch database dependencies host metricsPorts namespace notes path ready services slug temporalNamespace url verdict'.split(
        ' ',
      ),
    );
    expect(created.services.map(({ name }) => name)).toEqual(['frontend', 'backend', 'worker']);
    expect(created.services[1]).toEqual({
      name: 'backend',
      health: 'healthy',
      state: 'Running',
      reason: null,
      ready: 1,
      desired: 1,
      restarts: 0,
      urls: [url(slug, '/api'), url(slug, '/graphql')],
      verdict: 'ready',
    });
    expect(await world.objects('/api/v1/namespaces')).toContain(`worktree-${slug}`);
    expect((await world.databases()).databases).toContain('wt_earl_fib_123_new_feature');
    expect(await world.gitIn(world.worktree(slug), 'branch', '--show-current')).toBe(feature);
    // New branches track nothing.
    await expect(world.gitIn(world.worktree(slug), 'rev-parse', '@{upstream}')).rejects.toThrow();
  });

  it('counts in a database of its own behind an address of its own', async () => {
    expect((await world.fetch(url(slug, '/'))).text).toContain(feature);
    await world.fetch(url(slug, '/'));
    await world.fetch(url('main', '/'));
    await world.fetch(url(slug, '/api/visits'), { method: 'POST' });
    expect([await visits('main'), await visits(slug)]).toEqual([1, 3]);
    const graphql = await world.fetch(url(slug, '/graphql?query=%7Bvisits%20branch%7D'));
    expect(JSON.parse(graphql.text)).toEqual({ data: { visits: 3, branch: feature } });
  });

  it('lists all as a table in the order of coppice.yaml', async () => {
    await writeFile(join(world.worktree(slug), 'notes.txt'), 'untracked');
    const { stdout, stderr } = await world.cli(['list']);
    expect(stderr).toBe('');
    expect(listCells(stdout)).toEqual([
      ['NAME', 'STATUS', 'FRONTEND', 'BACKEND', 'WORKER', 'CPU', 'MEMORY', 'BRANCH', 'CHANGES'],
      ['main', 'Healthy', 'Running', 'Running', 'Running', 'cores', 'MiB', 'main'],
      ['earl-fib-123-new-feature', 'Healthy', 'Running', 'Running', 'Running', 'cores', 'MiB', feature, '1 untracked'],
    ]);
    const fromWorktree = await world.cli(['ls'], { cwd: join(world.worktree(slug), 'backend') });
    expect(listCells(fromWorktree.stdout)).toEqual(listCells(stdout));
  });

  it('lists all as JSON with every field of every worktree', async () => {
    const list = await world.json<ListJson>(['list']);
    expect(Object.keys(list).sort().join(' ')).toBe(
      'cluster clusterIdentity infra leftAside orphans outdatedCluster repository spares stateTrouble worktrees',
    );
    expect(list).toMatchObject({ cluster: { state: 'online' }, orphans: [], repository: { root: world.repository } });
    const [main, other] = list.worktrees;
    for (const entry of [main, other]) {
      expect(Object.keys(entry ?? {}).sort()).toEqual(
        'agents branch damaged environment goes head lockStale locked main movedTo path prunable setAside status view waits'.split(
          ' ',
        ),
      );
      expect(Object.keys(entry?.status ?? {}).sort()).toEqual(
        'ahead behind changed conflicts lastCommit untracked upstream'.split(' '),
      );
      expect(Object.keys(entry?.environment ?? {}).sort()).toEqual(
        'cluster database elsewhere health host metricsPorts movedFrom namespace notes services slug state temporal temporalNamespace terminating usage'.split(
          ' ',
        ),
      );
    }
    expect(main).toMatchObject({ main: true, branch: 'main', status: { upstream: 'origin/main' } });
    expect(other).toMatchObject({ main: false, branch: feature, status: { upstream: null, untracked: 1 } });
    const ports = [main, other].flatMap((entry) => Object.values(entry?.environment?.metricsPorts ?? {}));
    expect(ports).toHaveLength(6);
    expect(new Set(ports).size).toBe(6);
  });

  it('shows one environment, by any of its names or the folder that one is in', async () => {
    const { stdout, code } = await world.cli(['status', 'fib-123']);
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        `branch     ${feature}`,
        `worktree   ${world.worktree(slug)}`,
        'status     Healthy',
        'changes    1 untracked',
        `namespace  worktree-${slug}`,
        'database   wt_earl_fib_123_new_feature',
        '',
        'frontend  Running  1/1',
        'backend   Running  1/1',
        'worker    Running  1/1',
        '',
        'Access URLs:',
        `frontend  ${url(slug, '/')}`,
        `backend   ${url(slug, '/api')}`,
        `backend   ${url(slug, '/graphql')}`,
        '',
      ].join('\n'),
    );
    const inside = await world.json<EntryJson>(['status'], { cwd: join(world.worktree(slug), 'backend') });
    expect(inside).toMatchObject({ branch: feature });
    for (const name of [feature, slug, `worktree-${slug}`, world.worktree(slug), 'EARL'])
      expect(await status(name)).toEqual(inside);
  });

  it('prints folders and addresses for scripts', async () => {
    expect(await world.cli(['switch', 'earl'])).toEqual({ code: 0, stdout: `${world.worktree(slug)}\n`, stderr: '' });
    expect(await world.json(['switch', 'main'])).toEqual({ path: world.repository, branch: 'main' });
    const cwd = world.worktree(slug);
    expect((await world.cli(['open', '--print'], { cwd })).stdout).toBe(`${url(slug, '/')}\n`);
    expect((await world.cli(['open', 'backend', '--print'], { cwd })).stdout).toBe(`${url(slug, '/api')}\n`);
    // Whether such a name resolves is the machine's affair: a note says when it does not.
    const note = await lookup('main.localhost').then(
      () => null,
      () => expect.stringMatching(/^main\.localhost does not resolve on this machine\./),
    );
    expect(await world.json(['open', 'main', 'backend'])).toEqual({ url: url('main', '/api'), note });
    const worker = await world.cli(['open', 'worker'], { cwd });
    expect(worker).toEqual({
      code: 8,
      stdout: '',
      stderr: 'worker has no route in coppice.yaml, and so no address.\n',
    });
  });

  it("prints a service's log, and follows it until Ctrl-C", async () => {
    await until(async () => (await world.cli(['logs', 'frontend', 'main'])).stdout.includes('200, visit 1'));
    const log = await world.cli(['logs', 'frontend', 'main']);
    expect(log).toMatchObject({ code: 0, stderr: '' });
    expect(log.stdout).toContain('frontend of main listens on port');
    expect(log.stdout).not.toContain(feature);
    const last = await world.cli(['logs', 'frontend', 'main', '--tail', '1', '--json']);
    expect(JSON.parse(last.stdout)).toEqual({ service: 'frontend', line: 'GET / 200, visit 1' });

    const following = world.start(['logs', 'frontend', slug, '-f', '--tail', '0']);
    // Asked for until the follower is there to hear of it.
    await until(async () => {
      await world.fetch(url(slug, '/'));
      return following.stdout().includes('GET / 200');
    });
    following.child.kill('SIGINT');
    expect(await following.done).toMatchObject({ code: 130, stderr: '' });
  });

  it('ends with its reader', async () => {
    const following = world.start(['logs', 'frontend', slug, '-f']);
    await until(() => following.stdout() !== '');
    following.child.stdout?.destroy();
    // The next line finds nobody.
    await until(async () => {
      await world.fetch(url(slug, '/'));
      return following.child.exitCode !== null;
    });
    expect(await following.done).toMatchObject({ code: 0, stderr: '' });
  });

  it('tells services who they are', async () => {
    const worker = join(world.worktree(slug), 'backend', 'worker.js');
    const code = await readFile(worker, 'utf8');
    await writeFile(worker, `console.log('ENV ' + JSON.stringify(process.env));\n${code}`);
    expect(await world.json(['restart', 'worker', slug])).toEqual({
      namespace: `worktree-${slug}`,
      service: 'worker',
      ...{ restarted: true, verdict: 'ready', ready: true, state: 'Running', reason: null },
      services: [expect.objectContaining({ name: 'worker', verdict: 'ready', ready: 1, desired: 1 })],
    });
    const log = await until(async () => {
      const { stdout } = await world.cli(['logs', 'worker', slug]);
      return /^ENV (.*)$/m.exec(stdout)?.[1];
    });
    const env: Record<string, string> = JSON.parse(log);
    const metrics = (await status(slug)).environment?.metricsPorts['worker'];
    expect(env).toMatchObject({
      WORKTREE_NAME: slug,
      WORKTREE_BRANCH: feature,
      DATABASE_URL: expect.stringMatching(/^postgresql:\/\/.*\/wt_earl_fib_123_new_feature$/),
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
      OTEL_SERVICE_NAME: 'worker',
      OTEL_RESOURCE_ATTRIBUTES: expect.stringContaining(`k8s.namespace.name=worktree-${slug}`),
      TEMPORAL_ADDRESS: '127.0.0.1:7233',
      TEMPORAL_NAMESPACE: `worktree-${slug}`,
      METRICS_PORT: String(metrics),
    });
    await world.gitIn(world.worktree(slug), 'checkout', '--', 'backend/worker.js');
    // A service with a port of its own is told that as well.
    expect((await world.cli(['logs', 'backend', slug])).stdout).toMatch(/listens on port \d+/);
  });

  it('says why a service is down, and that it is up again', async () => {
    const file = join(world.worktree(slug), 'backend', 'server.js');
    const code = await readFile(file, 'utf8');
    await writeFile(file, `throw new Error('the spell is broken');\n`);
    await world.cli(['restart', 'backend', slug]);
    const broken = await until(async () => {
      const backend = await service(slug, 'backend');
      return backend?.state === 'CrashLoopBackOff' && backend;
    }, 30_000);
    expect(broken).toMatchObject({ health: 'degraded', reason: expect.stringContaining('the spell is broken') });
    const { stdout } = await world.cli(['list']);
    expect(stdout).toMatch(/^earl-fib-123-new-feature +Degraded +Running +CrashLoopBackOff +Running/m);
    expect(stdout).toMatch(/^main +Healthy/m);
    expect((await world.cli(['status', slug])).stdout).toContain('the spell is broken');

    await writeFile(file, code);
    await world.cli(['restart', 'backend', slug]);
    await until(async () => (await status(slug)).environment?.health === 'healthy', 30_000);
    expect(await visits(slug)).toBeGreaterThan(2);
  });

  it('makes a tracking branch of a remote one, and starts the agent in it', async () => {
    const result = join(world.folder, 'agent.json');
    const agent = join(world.folder, 'agent.mjs');
    await writeFile(
      agent,
      `import { writeFileSync } from 'node:fs';
       writeFileSync(${JSON.stringify(result)}, JSON.stringify({ cwd: process.cwd(), env: process.env, argv: process.argv.slice(2) }));
       process.exitCode = 7;`,
    );
    const created = await world.cli(['create', 'origin/feature/slow-query', '--go'], {
      env: { COPPICE_AGENT_COMMAND: `"${process.execPath}" "${agent}" --continue "two words"` },
    });
    // The agent's own code.
    expect(created).toMatchObject({ code: 7 });
    const seen: { cwd: string; env: Record<string, string>; argv: string[] } = JSON.parse(
      await readFile(result, 'utf8'),
    );
    expect(seen).toMatchObject({
      cwd: world.worktree('feature-slow-query'),
      argv: ['--continue', 'two words'],
      env: {
        WORKTREE_BRANCH: 'feature/slow-query',
        DATABASE_URL: expect.stringMatching(/\/wt_feature_slow_query$/),
        COPPICE_NAMESPACE: 'worktree-feature-slow-query',
        // One of this environment alone.
        KUBECONFIG: expect.stringMatching(/worktree-feature-slow-query\.json$/),
      },
    });
    expect(seen.env['KUBECONFIG']?.startsWith(join(world.home, 'kubeconfigs'))).toBe(true);
    expect(await world.gitIn(seen.cwd, 'rev-parse', '--abbrev-ref', '@{upstream}')).toBe('origin/feature/slow-query');
    expect((await status('slow-query')).status).toMatchObject({ upstream: 'origin/feature/slow-query', ahead: 0 });
  });

  it('makes a new branch from the base that is named', async () => {
    const created = await world.json<CreatedJson>(['create', 'from-slow', '--from', 'origin/feature/slow-query']);
    expect(await world.gitIn(created.path, 'rev-parse', 'HEAD')).toBe(
      await world.git('rev-parse', 'origin/feature/slow-query'),
    );
    expect(await world.cli(['delete', 'from-slow', '--discard', 'database'])).toMatchObject({
      code: 0,
      stdout: 'from-slow: environment deleted, worktree deleted, branch deleted\n',
    });
  });

  it('is a Kubernetes to kubectl', async (context) => {
    const kubectl = await cliMachine.findProgram('kubectl', world.env);
    if (kubectl === undefined) return context.skip('there is no kubectl on this machine');
    const { stdout: kubeconfig } = await world.cli(['cluster', 'kubeconfig']);
    const env = { ...world.env, KUBECONFIG: kubeconfig.trim() };
    const { stdout } = await run(kubectl, ['get', 'pods', '-A', '--no-headers'], { env });
    expect(stdout.match(/^worktree-\S+ +(?:frontend|backend|worker)-\S+ +1\/1 +Running/gm)).toHaveLength(9);
    expect(await world.json(['cluster', 'kubeconfig'])).toEqual({
      kubeconfig: join(world.home, 'cluster', 'kubeconfig'),
      context: 'coppice-embedded',
    });
  });

  it('stops without leaving a process, and comes back as it was', async () => {
    const before = await world.json<ListJson>(['list']);
    const counted = await visits(slug);
    const running = await world.processes();
    // The cluster, PostgreSQL, and nine services.
    expect(running.length).toBeGreaterThanOrEqual(11);
    expect(await world.cli(['cluster', 'stop'])).toEqual({
      code: 0,
      stdout: 'Stopped. Environments and databases are kept.\n',
      stderr: '',
    });
    expect(await world.processes()).toEqual([]);
    // PostgreSQL takes its pid file away a moment before it ends.
    await until(() => !running.some(isAlive));
    expect((await world.cli(['cluster', 'stop'])).stdout).toBe('Nothing was running.\n');
    expect((await world.cli(['cluster', 'status'])).stdout).toBe('The cluster does not run.\n');
    expect(await world.cli(['cluster', 'kubeconfig'])).toMatchObject({ code: 5, stdout: '' });

    const { stdout } = await world.cli(['list']);
    expect(stdout).toMatch(/^main +Offline/m);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(
      'How the environments are is not known: the cluster does not answer. "coppice cluster start" starts it.',
    );
    expect(await world.cli(['open', 'main'])).toMatchObject({ code: 5 });

    expect(await world.json(['cluster', 'start'])).toMatchObject({ running: true, gatewayPort: world.gatewayPort });
    await until(async () => {
      const { worktrees } = await world.json<ListJson>(['list']);
      return worktrees.every(({ environment }) => environment?.health === 'healthy');
    }, 30_000);
    const after = await world.json<ListJson>(['list']);
    const addresses = (list: ListJson): unknown =>
      list.worktrees.map(({ environment }) => [
        environment?.namespace,
        environment?.metricsPorts,
        environment?.services.map(({ name, urls }) => [name, urls]),
      ]);
    expect(addresses(after)).toEqual(addresses(before));
    expect(await visits(slug)).toBe(counted);
    expect((await world.cli(['cluster', 'start'])).stdout).toContain(`its gateway at port ${world.gatewayPort}.`);
  });
});
