import { existsSync } from 'node:fs';
import { readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseRefusal } from '../../support/databaseRefusal';
import { connect } from '../../support/kubeConnection';
import { mcpAgent, type McpAgent } from '../../support/mcpClient';
import { CliWorld, cliProgram } from './cliWorld';

const dump = "require('node:fs').writeFileSync(process.env.SEEN, JSON.stringify(process.env))";
const serve = `console.log('canary of ' + process.env.WORKTREE_NAME);
  require('node:http').createServer((q, a) => a.end('ok')).listen(process.env.PORT, '127.0.0.1');`;
const canary = /canary of two|row of two/;

describe('two agents in two worktrees', { timeout: 300_000 }, () => {
  let world: CliWorld;
  let agent: McpAgent;
  /** What is set for the agent in the first, and for nobody else. */
  let own: Record<string, string>;

  beforeAll(async () => {
    world = await CliWorld.create();
    const services = { web: { command: ['node', '-e', serve], port: 3000, routes: ['/'] } };
    const file = { version: 1, services, database: { template: 'apart' } };
    await writeFile(join(world.repository, 'coppice.yaml'), JSON.stringify(file));
    await world.git('commit', '-qam', 'one service');
    const seen = join(world.folder, 'seen.json');
    await writeFile(join(world.folder, 'agent.cjs'), dump);
    const command = `"${process.execPath}" "${join(world.folder, 'agent.cjs')}"`;
    const started = await world.cli(['create', 'one', '--go'], { env: { COPPICE_AGENT_COMMAND: command, SEEN: seen } });
    expect(started.code, started.stderr).toBe(0);
    const all = JSON.parse(await readFile(seen, 'utf8')) as Record<string, string>;
    const given = { ...world.env, COPPICE_AGENT_COMMAND: command, SEEN: seen };
    own = Object.fromEntries(
      Object.entries(all).filter(([name, value]) => given[name as keyof typeof given] !== value),
    );
    await world.json(['create', 'two']);
    await world.postgres.sql(
      "CREATE TABLE public.notes AS SELECT 'row of two'::text AS t; ALTER TABLE public.notes OWNER TO wt_two",
      'wt_two',
    );
    agent = await mcpAgent([process.execPath, cliProgram, 'mcp'], world.worktree('one'), { ...world.env, ...own });
  }, 300_000);
  afterAll(async () => {
    await agent?.close();
    await world?.dispose();
  });

  /** All of the other one that somebody could change. */
  async function other(): Promise<unknown> {
    const names = (path: string) => world.objects(`${path}?labelSelector=`);
    const { items } = await world.kubernetes<{ items: { metadata: { uid: string; generation?: number } }[] }>(
      '/apis/apps/v1/namespaces/worktree-two/deployments',
    );
    return {
      deployments: items.map(({ metadata: { uid, generation } }) => [uid, generation]),
      pods: await names('/api/v1/namespaces/worktree-two/pods'),
      secrets: await names('/api/v1/namespaces/worktree-two/secrets'),
      rows: await world.postgres.sql('SELECT * FROM public.notes', 'wt_two'),
      git: await world.gitIn(world.worktree('two'), 'status', '--porcelain', '--ignored'),
    };
  }

  it("have tools that read and change nothing of the other's, by whatever name it is called", async () => {
    const before = await other();
    const { tools } = await agent.client.listTools();
    const path = world.worktree('two');
    const names = [
      'two',
      path,
      '../two',
      'worktree-two',
      'wt_two',
      'two.localhost',
      'worktree-two/web',
      '"wt_two".public.notes',
    ];
    for (const { name, inputSchema } of tools) {
      const properties = inputSchema.properties as Record<string, { type: string }>;
      const required = Object.fromEntries((inputSchema.required ?? []).map((each) => [each, 'web']));
      for (const argument of ['worktree', 'branch', 'folder', 'path', 'cwd', 'namespace', 'database', 'of'])
        expect(await agent.call(name, { ...required, [argument]: 'two' }), `${name} ${argument}`).toMatchObject({
          isError: true,
          text: expect.stringMatching(/^invalidInput: There is no argument .* about this worktree\.$/) as unknown,
        });
      for (const argument of Object.keys(properties).filter((each) => properties[each]?.type === 'string'))
        for (const given of names) {
          const { text, isError } = await agent.call(name, { ...required, [argument]: given });
          expect(text, `${name} ${argument} ${given}`).not.toMatch(canary);
          expect(isError, `${name} ${argument} ${given}: ${text}`).toBe(true);
        }
      if (required['service'] !== undefined) continue;
      expect((await agent.call(name)).text, name).not.toMatch(/canary of two|wt_two|worktree-two/);
    }
    expect(await other()).toEqual(before);
  });

  it.each([
    ['SELECT * FROM wt_two.public.notes', /cross-database references are not implemented/],
    ["SELECT * FROM dblink('dbname=wt_two', 'SELECT t FROM notes') AS x (t text)", /does not exist/],
    ['SET ROLE wt_two', /permission denied/],
    ["SELECT set_config('role', 'wt_two', false)", /permission denied/],
    ["SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname <> 'wt_one'", /permission denied|^0 rows/],
    ["SELECT pg_read_file('postgresql.conf')", /permission denied/],
    ["SELECT * FROM pg_ls_dir('.')", /permission denied/],
    ["SELECT lo_import ('/etc/hostname')", /permission denied|read-only/],
    ["COPY (SELECT 1) TO PROGRAM 'true'", /permission denied|read-only/],
    ["COPY notes FROM '/etc/hostname'", /permission denied|read-only|does not exist/],
    ['SELECT rolpassword FROM pg_authid', /permission denied/],
    ['ALTER DATABASE wt_two RENAME TO mine', /read-only|must be owner|permission denied/],
    ['DROP DATABASE wt_two', /read-only|must be owner|transaction block/],
    ["SELECT query FROM pg_stat_activity WHERE datname = 'wt_two' AND query NOT LIKE '<insuff%'", /^0 rows/],
  ])('have a role that is refused what is not its own: %s', async (sql, said) => {
    const { text } = await agent.call('query', { sql });
    expect(text.replace(/^\w+: /, '')).toMatch(said);
  });

  it("have variables that lead to what is their own, and to nothing of the other's", async () => {
    // A new one is to be tried here, too.
    expect(Object.keys(own).sort()).toEqual([
      ...['COPPICE_MAIN_WORKTREE', 'COPPICE_NAMESPACE', 'COPPICE_URL', 'COPPICE_URL_WEB'],
      ...['DATABASE_HOST', 'DATABASE_NAME', 'DATABASE_PASSWORD', 'DATABASE_PORT', 'DATABASE_URL', 'DATABASE_USER'],
      ...['KUBECONFIG', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_RESOURCE_ATTRIBUTES'],
      ...['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'WORKTREE_BRANCH', 'WORKTREE_NAME'],
    ]);
    expect(JSON.stringify(own)).not.toMatch(/wt_two|worktree-two|worktrees\/two|\/\/two\./);

    const url = new URL(own['DATABASE_URL'] ?? '');
    const elsewhere = (change: Partial<Pick<URL, 'pathname' | 'username'>>): string =>
      Object.assign(new URL(url.href), change).href;
    for (const [to, code] of [
      [url.href, undefined],
      [elsewhere({ pathname: '/wt_two' }), '42501'],
      [elsewhere({ pathname: '/apart' }), /./],
      [elsewhere({ username: 'wt_two', pathname: '/wt_two' }), '28P01'],
      [elsewhere({ username: 'postgres' }), /^28/],
    ] as const) {
      const failure = await databaseRefusal(to);
      if (code === undefined) expect(failure, to).toBeUndefined();
      else expect(failure, to).toMatch(code);
    }

    const kubeconfig = own['KUBECONFIG'] ?? '';
    expect(existsSync(kubeconfig)).toBe(true);
    const api = await connect(kubeconfig);
    try {
      const ask = async (method: string, place: string): Promise<number> => (await api.call(method, place, {})).status;
      expect(await ask('GET', '/api/v1/namespaces/worktree-one/pods')).toBe(200);
      for (const namespace of ['worktree-two', 'infra', 'kube-system', 'default']) {
        for (const kind of ['pods', 'secrets', 'configmaps', 'events', 'services'])
          expect(await ask('GET', `/api/v1/namespaces/${namespace}/${kind}`), `${namespace} ${kind}`).toBe(403);
        expect(await ask('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/web`)).toBe(403);
        expect(await ask('DELETE', `/apis/apps/v1/namespaces/${namespace}/deployments/web`)).toBe(403);
        expect(await ask('DELETE', `/api/v1/namespaces/${namespace}`)).toBe(403);
      }
      for (const place of ['/api/v1/namespaces', '/api/v1/secrets', '/api/v1/pods', '/apis/apps/v1/deployments'])
        expect(await ask('GET', place), place).toBe(403);
    } finally {
      api.close();
    }
  });

  it.runIf(process.platform === 'linux')(
    'have tools that are served at their input and output, and at no port',
    async () => {
      await agent.call('where');
      const pids = await descendants(agent.pid ?? 0);
      expect(pids.length).toBeGreaterThan(0);
      for (const pid of pids) expect(await listening(pid), `pid ${pid}`).toEqual([]);
      // The same look finds those that do listen.
      const here = createServer();
      await new Promise<void>((resolve) => here.listen(0, '127.0.0.1', resolve));
      expect(await listening(process.pid)).not.toEqual([]);
      here.close();
    },
  );
});

/** A process and all that it has started. */
async function descendants(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const children = await Promise.all(
    tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => '')),
  );
  const found = children.join(' ').split(' ').filter(Boolean).map(Number);
  return [pid, ...(await Promise.all(found.map(descendants))).flat()];
}

/** Where a process takes connections: by TCP, and by sockets of files. */
async function listening(pid: number): Promise<string[]> {
  const fds = await readdir(`/proc/${pid}/fd`);
  const links = await Promise.all(fds.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  const inodes = new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
  const rows = async (name: string): Promise<string[][]> =>
    (await readFile(`/proc/${pid}/net/${name}`, 'utf8')).split('\n').map((line) => line.trim().split(/\s+/));
  const tcp = [...(await rows('tcp')), ...(await rows('tcp6'))].filter(
    (row) => row[3] === '0A' && inodes.has(row[9] ?? ''),
  );
  // Flags of one that listens (`__SO_ACCEPTCON`).
  const unix = (await rows('unix')).filter((row) => row[3] === '00010000' && inodes.has(row[6] ?? ''));
  return [...tcp.map((row) => `tcp ${row[1]}`), ...unix.map((row) => `unix ${row[7] ?? row[6]}`)];
}
