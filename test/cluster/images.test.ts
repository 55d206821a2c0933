import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contextFiles } from '../../src/adapters/docker/contextFiles';
import { DockerIgnore } from '../../src/adapters/docker/dockerIgnore';
import type { CreateResult } from '../../src/app/environment/requests';
import { AppError } from '../../src/core/errors';
import { CountedDocker } from '../support/countedDocker';
import { GitRepository } from '../support/gitRepository';
import { nodeIsHere } from '../support/nodeIsHere';
import { PodWorld } from '../support/podWorld';
import { ensureRegistry, startRegistry, type TestRegistry } from '../support/registry';
import { until } from '../support/until';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes('images: built once, pushed, pulled by nodes, and what cannot be built');

const base = process.env['COPPICE_TEST_IMAGE'] ?? '';

/** Why images cannot be tried here; undefined: they can. */
async function missing(): Promise<string | undefined> {
  if (process.platform === 'win32') return 'the program that counts is a shell script';
  const docker = await CountedDocker.create().catch((error: unknown) => error);
  if (!(docker instanceof CountedDocker)) return `Docker does not answer (${String(docker)})`;
  const hasBase = await docker.run('image', 'inspect', base).catch(() => undefined);
  await docker.dispose();
  if (hasBase === undefined) return `the engine that builds has no ${base}`;
  if (!node) return "the nodes do not see this machine's loopback, where the registry is";
  return ensureRegistry();
}

const node = await nodeIsHere();
const reason = await missing();
const title = `Images on a real Kubernetes${reason === undefined ? '' : `: skipped, ${reason}`}`;

const server = (text: string): string =>
  `require('node:http').createServer((_, answer) => answer.end('${text} ' + process.env.BUILT_FOR)).listen(3000);\n`;
const dockerfile = `FROM ${base}\nARG BUILT_FOR\nENV BUILT_FOR=$BUILT_FOR\nCOPY server.js /server.js\nCMD ["node", "/server.js"]\n`;
const args = { BUILT_FOR: 'tests' };
const web = { build: { context: 'web', args }, port: 3000, routes: ['/'] };

describe.skipIf(reason !== undefined)(title, { timeout: 150_000 }, () => {
  // Its images are told from those of other runs by the repository's name.
  const name = `images-${Math.random().toString(36).slice(2, 8)}`;
  let docker: CountedDocker;
  let registry: TestRegistry;
  let world: PodWorld;
  let one: CreateResult;

  beforeAll(async () => {
    docker = await CountedDocker.create();
    registry = await startRegistry();
    world = await PodWorld.create(name, docker.env);
    world.set({ 'registry.push': registry.address });
    await world.commit(
      { web, twin: { ...web, routes: ['/twin'] } },
      { 'web/Dockerfile': dockerfile, 'web/server.js': server('first') },
    );
    await docker.changes();
  });
  afterAll(async () => {
    await world?.dispose();
    await docker?.forget(`coppice/${name}`);
    await docker?.dispose();
    await registry?.dispose();
  }, 240_000);

  /** Of the newest pod: an old one may still be on its way out. */
  const imageOf = async (created: CreateResult): Promise<string> => {
    const born = ({ metadata }: { metadata: { creationTimestamp: string } }): number =>
      Date.parse(metadata.creationTimestamp);
    const pods = (await world.pods(created, 'web')).filter(({ metadata }) => !metadata.deletionTimestamp);
    return pods.sort((a, b) => born(b) - born(a))[0].spec.containers[0].image;
  };
  const refusal = async (branch: string, signal?: AbortSignal): Promise<AppError> => {
    const error: unknown = await world.create(branch, signal ? { signal } : {}).catch((thrown: unknown) => thrown);
    if (error instanceof AppError) return error;
    throw new Error(`Not refused: ${String(error)}`);
  };

  test('are named by the plan, which builds nothing', async () => {
    const { images, steps } = await world.plan('one');
    expect(images).toEqual([
      { name: `coppice/${name}`, services: ['web', 'twin'], context: 'web', dockerfile: 'Dockerfile' },
    ]);
    expect(steps.map(({ id }) => id)).toContain('images');
    expect(await docker.changes()).toEqual([]);
  });

  test('are built once for two services, pushed, and run', async () => {
    const lines: string[] = [];
    one = await world.create('one', {
      report: ({ step, state, detail }) => {
        if (step === 'images' && detail !== undefined) lines.push(`${state}: ${detail}`);
      },
    });
    expect(one.services.map(({ name: service, state }) => [service, state])).toEqual([
      ['web', 'Running'],
      ['twin', 'Running'],
    ]);
    expect(await docker.changes()).toEqual(['build', 'push']);
    expect(registry.pushes()).toBe(1);
    expect(lines.at(-1)).toBe('done: 1 built, 1 pushed');
    expect(lines.some((line) => line.includes('COPY server.js /server.js'))).toBe(true);
    expect(await imageOf(one)).toMatch(new RegExp(`^${registry.address}/coppice/${name}:[0-9a-f]{40}$`));
    expect(await world.ask(one, 'web')).toBe('first tests');
  });

  test('are neither built nor pushed for another worktree with the same content, and pulled by a node that has none', async () => {
    await docker.forget(`coppice/${name}`);
    const two = await world.create('two');
    expect(await docker.changes()).toEqual([]);
    expect(registry.pushes()).toBe(1);
    expect(two.ready).toBe(true);
    expect(await imageOf(two)).toBe(await imageOf(one));
    expect(await world.ask(two, 'web')).toBe('first tests');
  });

  test('are built anew for other content, and only then do services get new pods', async () => {
    const before = await imageOf(one);
    const [pod] = await world.pods(one, 'web');
    await world.create(one.worktree);
    expect(await docker.changes()).toEqual([]);
    expect((await world.pods(one, 'web')).map(({ metadata }) => metadata.name)).toEqual([pod.metadata.name]);

    await world.repository.write('web/server.js', server('second'), one.worktree.path);
    const updated = await world.create(one.worktree);
    expect(await docker.changes()).toEqual(['build', 'push']);
    await until(async () => (await world.ask(updated, 'web').catch(() => '')) === 'second tests', 30_000);
    expect(await imageOf(updated)).not.toBe(before);

    // Back again: it is in the registry.
    await world.repository.write('web/server.js', server('first'), one.worktree.path);
    await world.create(one.worktree);
    expect(await docker.changes()).toEqual([]);
    expect(registry.pushes()).toBe(2);
    await until(async () => (await world.ask(one, 'web').catch(() => '')) === 'first tests', 30_000);
  });

  test('are built once by creates that run at the same time', async () => {
    await world.commit({ web }, { 'web/server.js': server('third') });
    const pushes = registry.pushes();
    const [four, five] = await Promise.all([world.create('four'), world.create('five')]);
    expect(await docker.changes()).toEqual(['build', 'push']);
    expect(registry.pushes()).toBe(pushes + 1);
    expect(await imageOf(four)).toBe(await imageOf(five));
    for (const created of [four, five]) expect(await world.ask(created, 'web')).toBe('third tests');
  });

  test.runIf(node?.runtime.startsWith('docker:'))(
    'need no registry where the nodes run containers in the engine that builds',
    async () => {
      await world.commit({ web }, { 'web/server.js': server('fourth') });
      world.set({ 'registry.push': '' });
      try {
        const three = await world.create('three');
        expect(await docker.changes()).toEqual(['build']);
        expect(await imageOf(three)).toMatch(new RegExp(`^localhost/coppice/${name}:[0-9a-f]{40}$`));
        expect(await world.ask(three, 'web')).toBe('fourth tests');
      } finally {
        world.set({ 'registry.push': registry.address });
      }
    },
  );

  test('are named by just what the build sees', async () => {
    const files = [
      'a.md',
      'keep.md',
      'sub/a.md',
      'sub/b.js',
      'node_modules/x/y',
      'node_modules/kept/z',
      'deep/er/t.log',
    ];
    const more = ['deep/t.log', 'tmp1', 'tmp22', 'a[b', 'dir/inner/file', 'dir/other', '.env', '.hidden/x', 'x y/z'];
    const ignore =
      '# comment\n*.md\n!keep.md\nnode_modules\n!node_modules/kept\n**/*.log\ntmp?\n/dir/inner/\n./.env\nx y\n';
    const repository = await GitRepository.create();
    try {
      for (const path of [...files, ...more]) await repository.write(`c/${path}`, path);
      await repository.write('c/.dockerignore', ignore);
      await repository.write('c/Dockerfile', 'FROM scratch\nCOPY . /c/\n');
      const context = join(repository.root, 'c');
      const tag = `coppice-test/${name}`;
      await docker.run('build', '--quiet', '--tag', tag, context);
      const container = await docker.run('create', tag, 'none');
      const archive = join(repository.folder, 'tar');
      await docker.run('export', '--output', archive, container);
      await docker.run('rm', container);
      await docker.run('rmi', tag);
      const listed = execFileSync('tar', ['--list', '--file', archive], { encoding: 'utf8' }).split('\n');
      const built = listed.flatMap((path) => /^c\/(.*[^/])$/.exec(path)?.[1] ?? []);
      const seen: string[] = [];
      for await (const entry of contextFiles(context, new DockerIgnore(ignore), undefined))
        if (entry.kind === 'file') seen.push(entry.path);
      expect(seen.sort()).toEqual(built.sort());
      expect(seen).toContain('node_modules/kept/z');
      expect(seen).not.toContain('.env');
    } finally {
      await repository.dispose();
    }
  });

  test('that cannot be built are told in one line, with the last lines of the build, and leave nothing', async () => {
    const before = await world.made();
    const broken = `${dockerfile}RUN ["node", "-e", "console.error('boom'); process.exit(3)"]\n`;
    await world.commit({ web }, { 'web/Dockerfile': broken });
    const error = await refusal('broken');
    expect(error.code).toBe('failed');
    expect(error.message).toMatch(/^The image of web could not be built: .*(returned a non-zero code|exit code): 3$/);
    expect(error.explanation).toContain('boom');
    expect(await world.made()).toEqual(before);
  });

  test('are no longer built once the create is cancelled', async () => {
    const before = await world.made();
    const slow = `${dockerfile}RUN ["node", "-e", "console.log('waits'); setTimeout(() => {}, 600000)"]\n`;
    await world.commit({ web }, { 'web/Dockerfile': slow });
    const cancel = new AbortController();
    const report = ({ detail }: { detail?: string }): void => {
      if (detail?.endsWith('waits')) cancel.abort();
    };
    await expect(world.create('cancelled', { signal: cancel.signal, report })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(await world.made()).toEqual(before);
    const running = (): Promise<string> => docker.run('ps', '--quiet', '--no-trunc', '--filter', `ancestor=${base}`);
    const commands = async (): Promise<string> =>
      docker.run('inspect', '--format', '{{.Config.Cmd}}', ...(await running()).split('\n').filter(Boolean));
    await until(async () => !(await commands().catch(() => '')).includes('waits'), 30_000);
  });

  test('without a Dockerfile, and with a registry that is away, are refused in one line', async () => {
    const before = await world.made();
    await world.commit({ web: { ...web, build: { context: 'empty' } } }, { 'empty/readme': '' });
    expect(await refusal('empty')).toMatchObject({
      code: 'notFound',
      message: 'The image of web cannot be built: empty/Dockerfile does not exist: an image needs it.',
    });
    const gone = await startRegistry();
    await gone.dispose();
    world.set({ 'registry.push': gone.address });
    expect(await refusal('away')).toMatchObject({
      code: 'unreachable',
      message: `The registry ${gone.address} does not answer: start it, or name another one.`,
    });
    world.set({ 'registry.push': registry.address });
    expect(await world.made()).toEqual(before);
  });

  test('that do not exist are told by the service that wants them', async () => {
    await world.commit({ web: { image: `${registry.address}/nobody/nothing:1`, port: 3000 } });
    world.set({ 'create.readyTimeout': 20 });
    const created = await world.create('absent');
    expect(created.ready).toBe(false);
    const [status] = created.services;
    expect(status).toMatchObject({ name: 'web', state: expect.stringMatching(/^(ErrImagePull|ImagePullBackOff)$/) });
    expect(status?.reason).toContain(`${registry.address}/nobody/nothing:1`);
    expect(status?.reason).toMatch(/not found|manifest unknown/);
    expect(status?.reason).not.toMatch(/\n|rpc error/);
  });
});
