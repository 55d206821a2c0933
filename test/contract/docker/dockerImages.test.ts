import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DockerImages } from '../../../src/adapters/docker/dockerImages';
import type { BuildSpec } from '../../../src/core/environmentFile';
import type { ImageRoute, MakeImage } from '../../../src/core/ports/images';
import { dockerProgram } from '../../support/dockerProgram';
import { imagesContract } from './imagesContract';

const build: BuildSpec = { context: 'app', dockerfile: 'Dockerfile', target: undefined, args: {} };

describe.skipIf(process.platform === 'win32')('DockerImages', () => {
  let folder = '';
  let worktree = '';
  let registry: Server | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coppice-docker-'));
    await writeFile(join(folder, 'docker'), dockerProgram);
    await chmod(join(folder, 'docker'), 0o755);
    await writeFile(join(folder, 'calls'), '');
    worktree = join(folder, 'worktree');
    await mkdir(join(worktree, 'app'), { recursive: true });
    await writeFile(join(worktree, 'app/Dockerfile'), 'FROM scratch\n');
    await plan({});
  });
  afterEach(async () => {
    registry?.closeAllConnections();
    await new Promise((resolve) => (registry ? registry.close(resolve) : resolve(undefined)));
    registry = undefined;
    await rm(folder, { recursive: true });
  });

  const plan = (answers: object): Promise<void> => writeFile(join(folder, 'plan'), JSON.stringify(answers));
  const images = (env: Record<string, string> = {}): DockerImages =>
    new DockerImages({ env: { PATH: [folder, dirname(process.execPath)].join(delimiter), ...env } });
  const calls = async (): Promise<string[][]> =>
    (await readFile(join(folder, 'calls'), 'utf8'))
      .split('\n')
      .filter(Boolean)
      .map((line): string[] => JSON.parse(line));
  const called = async (command: string): Promise<string[][]> => (await calls()).filter(([name]) => name === command);
  const request = (change: Partial<MakeImage> = {}): MakeImage => ({
    name: 'coppice/repo',
    folder: worktree,
    build,
    route: { kind: 'engine' },
    withheld: [],
    exclusively: (_, work) => work(),
    ...change,
  });

  /** A registry that answers every question with one status. */
  async function answering(status: number): Promise<{ route: ImageRoute; asked: string[] }> {
    const asked: string[] = [];
    registry = createServer((incoming, answer) => {
      asked.push(`${incoming.method} ${incoming.url} ${incoming.headers.accept?.split(', ').length}`);
      answer.writeHead(status).end();
    });
    await new Promise<void>((resolve) => registry?.listen(0, '127.0.0.1', resolve));
    const push = `127.0.0.1:${(registry.address() as AddressInfo).port}`;
    return { route: { kind: 'registry', registry: { push, pull: 'nodes:5000' } }, asked };
  }

  test('tells of the engine', async () => {
    expect(await images().engine()).toEqual({
      version: '28.0.0',
      platform: 'linux/amd64',
      kernel: '6.1.0',
      hostName: 'laptop',
      isLocal: true,
    });
    expect(await images({ DOCKER_HOST: 'tcp://elsewhere:2375' }).engine()).toMatchObject({ isLocal: false });
  });

  test('says what to install where there is no Docker, and to start it where it does not run', async () => {
    await expect(images({ PATH: '/nowhere' }).engine()).rejects.toMatchObject({
      code: 'missingTool',
      message: expect.stringContaining('https://docs.docker.com/'),
      remedy: { action: { kind: 'openUrl' } },
    });
    const away = 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.';
    await plan({ version: { stdout: 'null\n', stderr: `${away}\n`, code: 1 } });
    await expect(images().engine()).rejects.toMatchObject({
      code: 'unreachable',
      message: `Docker does not answer: start it, and try again. (${away})`,
    });
  });

  test('builds with everything as an argument of its own, and names the image by its content', async () => {
    const strange = { ...build, target: 'dev', args: { A: '--push $(id)', TOKEN: 'a b' } };
    const lines: string[] = [];
    const made = await images().make(request({ build: strange }), (line) => lines.push(line));
    expect(made).toMatchObject({ built: true, pushed: false });
    expect(made.reference).toMatch(/^localhost\/coppice\/repo:[0-9a-f]{40}$/);
    const [argv = []] = await called('build');
    const idFile = argv[argv.indexOf('--iidfile') + 1];
    expect(argv).toEqual([
      ...['build', '--load', '--file', join(worktree, 'app/Dockerfile'), '--iidfile', idFile],
      ...['--label', 'coppice.dev/image=coppice/repo', '--target', 'dev'],
      ...['--build-arg', 'A=--push $(id)', '--build-arg', 'TOKEN=a b', '--', join(worktree, 'app')],
    ]);
    expect(await called('tag')).toEqual([['tag', '--', 'sha256:made', made.reference]]);
    expect(lines).toEqual(['#1 building']);
    expect(await images().make(request({ build: strange }), () => undefined)).toEqual({ ...made, built: false });
    expect(await called('build')).toHaveLength(1);
  });

  test('gives no build what is withheld: by an ignore file of its own beside a copy of the Dockerfile', async () => {
    await writeFile(join(worktree, 'app/.dockerignore'), 'dist\n!.env');
    await writeFile(join(worktree, 'app/.env'), 'PASSWORD=canary');
    await plan({ keep: true });
    const withheld = ['.env', 'app/.env', 'app/config/a*.json'];
    const made = await images().make(request({ withheld }), () => undefined);
    const [argv = []] = await called('build');
    expect(argv[argv.indexOf('--file') + 1]).toMatch(/[\\/]Dockerfile$/);
    expect(argv.at(-1)).toBe(join(worktree, 'app'));
    expect(await readFile(join(folder, 'kept'), 'utf8')).toBe('FROM scratch\n');
    expect(await readFile(join(folder, 'kept.dockerignore'), 'utf8')).toBe(
      'dist\n!.env\n.env\nconfig/a?.json\n**/*.coppice-tmp\n',
    );
    // Another environment's values make no other image.
    await writeFile(join(worktree, 'app/.env'), 'PASSWORD=another');
    expect(await images().make(request({ withheld }), () => undefined)).toEqual({ ...made, built: false });
  });

  test('refuses to build what the old builder would take along, until .dockerignore names it', async () => {
    const old = images({ DOCKER_BUILDKIT: '0' });
    const withheld = ['app/.env'];
    await expect(old.make(request({ withheld }), () => undefined)).rejects.toMatchObject({
      code: 'notConfigured',
      message: 'The image of app would hold .env, which Coppice copies or patches: name it in app/.dockerignore.',
    });
    expect(await called('build')).toEqual([]);
    await writeFile(join(worktree, 'app/.dockerignore'), '.env*\n');
    expect(await old.make(request({ withheld }), () => undefined)).toMatchObject({ built: true });
    const [argv = []] = await called('build');
    expect(argv[argv.indexOf('--file') + 1]).toBe(join(worktree, 'app/Dockerfile'));
  });

  test('tells the old builder to leave no container behind', async () => {
    await images({ DOCKER_BUILDKIT: '0' }).make(request(), () => undefined);
    await plan({ client: '20.10.24' });
    await images().make(request({ build: { ...build, target: 'a' } }), () => undefined);
    await plan({ buildx: { code: 1, stderr: 'docker: unknown command: docker buildx' } });
    await images().make(request({ build: { ...build, target: 'b' } }), () => undefined);
    expect((await called('build')).map((argv) => argv[1])).toEqual(['--force-rm', '--force-rm', '--force-rm']);
  });

  test('builds what several ask for at once only once', async () => {
    const { route } = await answering(404);
    const asked: string[] = [];
    let last: Promise<unknown> = Promise.resolve();
    // Nobody begins before all have asked.
    let begin = (): void => undefined;
    const all = new Promise<void>((resolve) => (begin = resolve));
    const exclusively: MakeImage['exclusively'] = (image, work) => {
      if (asked.push(image) === 3) begin();
      const before = last;
      const turn = all.then(() => before).then(work);
      last = turn.catch(() => undefined);
      return turn;
    };
    const made = await Promise.all([1, 2, 3].map(() => images().make(request({ exclusively }), () => undefined)));
    expect(made.filter(({ built }) => built)).toHaveLength(1);
    expect(new Set(asked).size).toBe(1);
    expect(await called('build')).toHaveLength(1);
    // What is there already waits for nobody.
    await images().make(request({ exclusively }), () => undefined);
    expect(asked).toHaveLength(3);
    expect(await images().make(request({ route, exclusively }), () => undefined)).toMatchObject({
      built: false,
      pushed: true,
    });
  });

  test('neither builds nor pushes what the registry has', async () => {
    const { route, asked } = await answering(200);
    const made = await images().make(request({ route }), () => undefined);
    expect(made).toMatchObject({ built: false, pushed: false });
    const tag = /^nodes:5000\/coppice\/repo:([0-9a-f]{40})$/.exec(made.reference)?.[1];
    expect(asked).toEqual([`HEAD /v2/coppice/repo/manifests/${tag} 4`]);
    expect([...(await called('build')), ...(await called('push'))]).toEqual([]);
  });

  test('pushes what the registry does not have', async () => {
    const { route } = await answering(404);
    const made = await images().make(request({ route }), () => undefined);
    expect(made).toMatchObject({ built: true, pushed: true });
    const [argv] = await called('push');
    expect(argv?.slice(0, 2)).toEqual(['push', '--']);
    expect(argv?.[2]).toBe(made.reference.replace('nodes:5000', route.kind === 'registry' ? route.registry.push : ''));
  });

  test("asks with the person's credentials where the registry asks who asks", async () => {
    const { route } = await answering(401);
    expect(await images().make(request({ route }), () => undefined)).toMatchObject({ pushed: true });
    expect((await called('manifest'))[0]?.slice(0, 4)).toEqual(['manifest', 'inspect', '--insecure', '--']);
    await plan({ 'manifest inspect': { code: 0 } });
    expect(await images().make(request({ route }), () => undefined)).toMatchObject({ pushed: false });
  });

  test('tells why a build failed, in one line and in its last ones, without the values of secrets', async () => {
    const stderr = `\u001b[91mone\u001b[0m\n${'more\n'.repeat(50)}it is hunter2\nERROR: failed to solve: exit code: 3\nView build details: docker://x\n`;
    await plan({ build: { stderr, code: 1 } });
    const failing = images().make(request({ build: { ...build, args: { TOKEN: 'hunter2' } } }), () => undefined);
    await expect(failing).rejects.toMatchObject({
      code: 'failed',
      message: 'The image of app could not be built: failed to solve: exit code: 3',
      explanation: [...Array<string>(18).fill('more'), 'it is ***', 'ERROR: failed to solve: exit code: 3'].join('\n'),
    });
    expect(await called('tag')).toEqual([]);
  });

  test('tells why a push failed', async () => {
    const { route } = await answering(404);
    await plan({ push: { stdout: 'Preparing\n', stderr: 'denied: requested access is denied\n', code: 1 } });
    await expect(images().make(request({ route }), () => undefined)).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringMatching(/^The image 127\.0\.0\.1:\d+\/coppice\/repo:\w+ could not be pushed: denied: /),
    });
  });

  test('gives no image the name of files that changed while it was built', async () => {
    await plan({ append: join(worktree, 'app/changing') });
    await expect(images().make(request(), () => undefined)).rejects.toMatchObject({
      code: 'conflict',
      message: 'The files of app kept changing while its image was built.',
    });
    expect(await called('build')).toHaveLength(3);
    expect(await called('tag')).toEqual([]);
  });

  test('knows a registry that is away, where that is certain', async () => {
    const { route } = await answering(200);
    if (route.kind !== 'registry') throw new Error('no registry');
    await images().verifyRegistry(route.registry);
    const gone = { push: '127.0.0.1:1', pull: '127.0.0.1:1' };
    await expect(images().verifyRegistry(gone)).rejects.toMatchObject({ code: 'unreachable' });
    // The engine's own loopback is another one.
    await images({ DOCKER_HOST: 'ssh://elsewhere' }).verifyRegistry(gone);
  });

  test('ends when it is cancelled', async () => {
    const cancel = new AbortController();
    cancel.abort();
    await expect(images().make(request(), () => undefined, cancel.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

if (process.platform !== 'win32') {
  imagesContract('Docker', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'coppice-docker-'));
    await writeFile(join(folder, 'docker'), dockerProgram);
    await chmod(join(folder, 'docker'), 0o755);
    await writeFile(join(folder, 'plan'), '{}');
    await writeFile(join(folder, 'pushed'), '');
    const worktree = join(folder, 'worktree');
    await mkdir(join(worktree, 'app'), { recursive: true });
    await writeFile(join(worktree, 'app/Dockerfile'), 'FROM scratch\n');
    const server = createServer((incoming, answer) => {
      const [, name, tag] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(incoming.url ?? '') ?? [];
      const pushed = readFileSync(join(folder, 'pushed'), 'utf8').split('\n');
      answer.writeHead(pushed.some((reference) => reference.endsWith(`/${name}:${tag}`)) ? 200 : 404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const push = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    return {
      images: new DockerImages({ env: { PATH: [folder, dirname(process.execPath)].join(delimiter) } }),
      registry: { push, pull: 'nodes:5000' },
      folder: worktree,
      edit: () => writeFile(join(worktree, 'app/file'), 'x'),
      async dispose() {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
        await rm(folder, { recursive: true });
      },
    };
  });
}
