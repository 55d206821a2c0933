import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import jszip from 'jszip';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FreePorts } from '../../../packages/cluster/src/network/freePort';
import { makePlatformPackage } from '../../../scripts/platform/makePlatformPackage.mjs';
import { helmVersion } from '../../../scripts/platform/helmFor.mjs';
import { hasLayers } from '../../../scripts/workplace/layers.mjs';
import { EmbeddedPostgres } from '../../../src/adapters/postgres/embeddedPostgres';
import { findExecutable } from '../../../src/adapters/exec/findExecutable';

const run = promisify(execFile);

// npm has a Helm for this system only; for the others it is built, which takes minutes.
describe.runIf(hasLayers)('the package for one system', () => {
  let folder: string;
  let files: jszip;
  let extension: string;
  let repository: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'coppice-platform-')));
    extension = join(folder, 'extensions', 'coppice.coppice-0.1.0-linux-x64');
    const vsix = await makePlatformPackage('linux-x64', join(folder, 'coppice.vsix'));
    files = await jszip.loadAsync(await readFile(vsix));
    await unpack();
    await makePath();
    await makeRepository();
  }, 600_000);

  afterAll(async () => {
    await coppice('cluster', 'stop');
    await rm(server().folder, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }, 240_000);

  /** As VS Code does: each file has the permissions that the archive says. */
  async function unpack(): Promise<void> {
    for (const [name, entry] of Object.entries(files.files)) {
      if (entry.dir || !name.startsWith('extension/')) continue;
      const path = join(extension, name.slice('extension/'.length));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, await entry.async('nodebuffer'), { mode: Number(entry.unixPermissions) & 0o777 });
    }
  }

  /** A PATH with what Coppice needs besides, and nothing else. */
  async function makePath(): Promise<void> {
    const path = join(folder, 'bin');
    await mkdir(path);
    await symlink(process.execPath, join(path, 'node'));
    for (const name of ['git', 'sh']) {
      const found = await findExecutable(name, process.env);
      if (found === undefined) throw new Error(`there is no ${name}`);
      await symlink(found, join(path, name));
    }
    const port = await new FreePorts().take();
    env = { PATH: path, HOME: folder, COPPICE_HOME: join(folder, 'home'), COPPICE_GATEWAY_PORT: String(port) };
  }

  async function makeRepository(): Promise<void> {
    repository = join(folder, 'repository');
    await mkdir(repository);
    await writeFile(
      join(repository, 'coppice.yaml'),
      'version: 1\ndatabase: {template: base}\nservices:\n  web: {command: node web.cjs, port: 8080}\n',
    );
    await writeFile(join(repository, 'web.cjs'), "require('http').createServer().listen(process.env.PORT);\n");
    const git = (...argv: string[]) => run('git', argv, { cwd: repository, env });
    await git('init', '-q', '-b', 'main');
    await git('add', '-A');
    await git('-c', 'user.name=Test', '-c', 'user.email=test@example.com', 'commit', '-q', '-m', 'first');
  }

  const coppice = (...argv: string[]) =>
    run(process.execPath, [join(extension, 'dist', 'cli.js'), ...argv], { cwd: repository, env });
  const server = () => new EmbeddedPostgres({ home: join(folder, 'home'), env });

  it('says for which, and has the licences of what it carries', async () => {
    expect(await files.file('extension.vsixmanifest')?.async('text')).toContain('TargetPlatform="linux-x64"');
    const notices = await readFile(join(extension, 'dist', 'ThirdPartyNotices.txt'), 'utf8');
    expect(notices).toContain(`Helm ${await helmVersion()} and the Go modules in it`);
    expect(notices).toContain('OpenSSL Toolkit');
    expect(notices).toContain('PostgreSQL Global Development Group');
  });

  it('makes an environment with its own Helm and PostgreSQL where PATH has neither', async () => {
    expect(await findExecutable('helm', env)).toBeUndefined();
    expect(await findExecutable('initdb', env)).toBeUndefined();
    // What unpacks it may lose them all.
    await chmod(join(extension, 'tools', 'helm'), 0o644);
    await chmod(join(extension, 'tools', 'postgres', 'bin', 'initdb'), 0o644);
    const { stdout } = await coppice('create', 'topic', '--yes', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ ready: true, database: 'wt_topic' });
    const { folder: state } = server();
    expect(await readFile(join(state, 'server', 'data', 'PG_VERSION'), 'utf8')).toBe('18\n');
    // A running server reads its programs' files: they stay where an update of the extension takes nothing away.
    const program = (await readFile(join(state, 'server', 'data', 'postmaster.opts'), 'utf8')).split(' ', 1)[0] ?? '';
    expect(program).toMatch(/\/binaries\/[0-9a-f]{12}\/bin\/postgres$/);
    expect(program.startsWith(extension)).toBe(false);
    expect((await stat(join(extension, 'tools', 'helm'))).mode & 0o777).toBe(0o755);
  }, 300_000);
});
