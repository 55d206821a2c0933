import { chmod, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HelmReleases } from '../../../src/adapters/helm/helmReleases';
import { isAbort } from '../../../src/core/errors';
import type { ClusterAccess } from '../../../src/core/ports/cluster';
import type { InstallRelease } from '../../../src/core/ports/releases';
import { chart } from '../../support/helm';
import { until } from '../../support/until';
import { hostileBranches, worktreeValues } from '../../support/worktreeValues';

const isPosix = process.platform !== 'win32';

describe.runIf(isPosix)('Helm as a program', () => {
  let folder: string;
  const access: ClusterAccess = { server: 'https://127.0.0.1:1', kubeconfig: '/nowhere/kubeconfig', context: 'c' };
  const request = (values = worktreeValues(hostileBranches[0], '/w')): InstallRelease => ({
    release: 'one',
    namespace: 'n',
    chart: undefined,
    values,
    access,
  });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coppice-fake-helm-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** A program in Helm's place; `body` is JavaScript with `argv` and `fs`. It says its version before it gets there. */
  async function stub(name: string, body: string, version = 'v3.10.1+g9f88ccb'): Promise<HelmReleases> {
    const helm = join(folder, name);
    await writeFile(
      helm,
      `#!${process.execPath}\nconst fs = require('node:fs'); const argv = process.argv.slice(2);
if (argv[0] === 'version') { console.log(${JSON.stringify(version)}); process.exit(0); }
${body}
`,
    );
    await chmod(helm, 0o700);
    return new HelmReleases({
      helmPath: () => helm,
      chartFolder: chart,
      home: join(folder, 'home'),
      env: { ...process.env, HELM_NAMESPACE: 'theirs', KUBECONFIG: '/theirs' },
    });
  }

  const valuesFolders = async (): Promise<string[]> =>
    (await readdir(tmpdir())).filter((name) => /^coppice-helm-/.test(name));

  test('gets values in a file of its user alone, which is gone afterwards', async () => {
    const said = join(folder, 'said.json');
    const helm = await stub(
      'record',
      `const file = argv[argv.indexOf('--values') + 1];
       fs.writeFileSync(${JSON.stringify(said)}, JSON.stringify({ argv, file, mode: fs.statSync(file).mode & 0o777, values: fs.readFileSync(file, 'utf8'), env: process.env }));`,
    );
    await helm.install(request());
    const heard = JSON.parse(await readFile(said, 'utf8')) as {
      argv: string[];
      file: string;
      mode: number;
      values: string;
      env: Record<string, string>;
    };
    expect(heard.mode).toBe(0o600);
    expect(JSON.parse(heard.values)).toEqual(request().values);
    expect(heard.argv.join(' ')).not.toContain('$(id)');
    expect(heard.env).not.toHaveProperty('HELM_NAMESPACE');
    expect(heard.env).not.toHaveProperty('KUBECONFIG');
    await expect(readFile(heard.file)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('is ended when the work is cancelled, and leaves no values behind', async () => {
    const before = await valuesFolders();
    const started = join(folder, 'started');
    const helm = await stub(
      'hang',
      `fs.writeFileSync(${JSON.stringify(started)}, ''); setInterval(() => undefined, 1000);`,
    );
    const cancel = new AbortController();
    const installing = helm.install(request(), cancel.signal);
    await until(() =>
      readFile(started, 'utf8').then(
        () => true,
        () => false,
      ),
    );
    cancel.abort();
    await expect(installing).rejects.toSatisfy(isAbort);
    expect(await valuesFolders()).toEqual(before);
  });

  test.each([
    ['v3.10.1+g9f88ccb', undefined],
    ['v4.0.0', undefined],
    ['v3.7.2+g663a896', 'missingTool'],
    ['v2.17.0', 'missingTool'],
  ])('version %s: %s', async (version, code) => {
    const helm = await stub(`version-${version}`, 'process.exit(1);', version);
    const verdict = await helm.verifyTool().then(
      () => undefined,
      (error: { code: string }) => error.code,
    );
    expect(verdict).toBe(code);
  });

  test.each([
    ['v3.22.0+g1', false],
    ['v4.0.0+g1', true],
    ['v5.1.0', true],
  ])('%s is asked to compare by the client, where it would not by itself: %s', async (version, isAsked) => {
    const said = join(folder, `argv-${version}`);
    const helm = await stub(
      `apply-${version}`,
      `fs.appendFileSync(${JSON.stringify(said)}, argv.join(' ') + '\\n');
       if (argv[0] === 'history') console.log(JSON.stringify([{ revision: 1, status: 'deployed', updated: '2026-01-01T00:00:00Z' }, { revision: 2, status: 'pending-upgrade', updated: '2026-01-01T00:00:01Z' }]));
       process.exit(argv[0] === 'upgrade' && !fs.readFileSync(${JSON.stringify(said)}, 'utf8').includes('rollback') ? 1 : 0);`,
      version,
    );
    await helm.install(request());
    const calls = (await readFile(said, 'utf8')).trim().split('\n');
    expect(calls.map((call) => call.split(' ')[0])).toEqual(['upgrade', 'history', 'rollback', 'upgrade']);
    const changes = calls.filter((call) => !call.startsWith('history'));
    expect(changes.map((call) => call.includes('--server-side=false'))).toEqual(changes.map(() => isAsked));
  });

  test('is the one that is named now: another is asked for its version, and gets the flags of that', async () => {
    const said = join(folder, 'flags');
    const record = `fs.appendFileSync(${JSON.stringify(said)}, argv[0] + ' ' + argv.filter((one) => /^--server-side/.test(one)).join(' ') + '\\n');`;
    await stub('three', record, 'v3.18.0');
    await stub('four', record, 'v4.1.0');
    let name = 'three';
    const helm = new HelmReleases({
      helmPath: () => join(folder, name),
      chartFolder: chart,
      home: join(folder, 'home'),
      env: process.env,
    });
    await helm.install(request());
    name = 'four';
    await helm.install(request());
    expect(await readFile(said, 'utf8')).toBe('upgrade \nupgrade --server-side=false\n');
  });

  test('that is missing is told with what to do', async () => {
    let helmPath = join(folder, 'no-such-helm');
    const helm = new HelmReleases({
      helmPath: () => helmPath,
      chartFolder: chart,
      home: join(folder, 'home'),
      env: process.env,
    });
    await expect(helm.verifyTool()).rejects.toMatchObject({
      code: 'missingTool',
      remedy: { action: { setting: 'coppice.helm.path' } },
    });
    // Nobody has named a place: it is not installed.
    helmPath = 'no-such-helm';
    await expect(helm.verifyTool()).rejects.toMatchObject({
      code: 'missingTool',
      remedy: { action: { kind: expect.stringMatching(/^(?:openUrl|typeCommand)$/) as unknown } },
    });
    await expect(helm.install(request())).rejects.toMatchObject({ code: 'missingTool' });
  });

  test('a chart whose place depends on the current folder is refused', async () => {
    const helm = await stub('never', 'process.exit(0)');
    await expect(helm.install({ ...request(), chart: 'charts/mine' })).rejects.toMatchObject({ code: 'invalidInput' });
  });
});
