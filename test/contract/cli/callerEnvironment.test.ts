import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../support/until';
import { CliWorld } from './cliWorld';

const password = 'pass-word-of-the-proxy';
const own = {
  HTTPS_PROXY: `http://me:${password}@proxy.example:3128`,
  no_proxy: 'localhost',
  NODE_EXTRA_CA_CERTS: '/nowhere/company.pem',
  SSL_CERT_FILE: '/nowhere/company.crt',
  SSL_CERT_DIR: '/nowhere/certs',
};
const unset = Object.fromEntries(
  [...Object.keys(own), 'HTTP_PROXY', 'http_proxy', 'https_proxy', 'NO_PROXY', 'ALL_PROXY', 'all_proxy'].map((name) => [
    name,
    undefined,
  ]),
);
const canary = 'canary-that-must-not-be-seen';
const others = Object.fromEntries(
  [
    ...['GITHUB_TOKEN', 'NPM_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'npm_config__auth', 'ANTHROPIC_API_KEY', 'REDIS_PROXY'],
    ...['GIT_AUTHOR_NAME', 'VSCODE_IPC_HOOK_CLI', 'PGAPPNAME', 'DATABASE_URL', 'MY_SETTING'],
  ].map((name) => [name, canary]),
);

/** Writes its environment where a test finds it, and stays. */
const program = `
const { writeFileSync, renameSync } = require('node:fs');
const { basename, join } = require('node:path');
const [what] = process.argv.slice(2);
const file = join(process.env.HOME, 'seen-' + what + '-' + basename(process.cwd()));
writeFileSync(file + '.new', JSON.stringify(process.env));
renameSync(file + '.new', file);
if (what === 'service') setInterval(() => {}, 1000);
`;
const environmentFile = `
version: 1
services:
  dump: {image: "node:24", mount: true, command: "node dump.cjs service", env: {SSL_CERT_DIR: /of/the/service}}
database: {template: canary_template, migrate: "node dump.cjs migrate"}
`;

// One story: each test goes on where the one before ended.
describe('what services get of the environment of who calls', { timeout: 180_000 }, () => {
  let world: CliWorld;
  let temporary: string;
  /** A shell in which only that is set of what counts here. */
  const shell = (more: Readonly<Record<string, string>>) => ({ env: { ...unset, ...more, TMPDIR: temporary } });
  const seen = async (what: string, where: string): Promise<Record<string, string>> => {
    const file = join(world.folder, `seen-${what}-${where}`);
    return JSON.parse(await until(() => readFile(file, 'utf8').catch(() => undefined)));
  };

  beforeAll(async () => {
    world = await CliWorld.create();
    temporary = join(world.folder, 'tmp');
    await mkdir(temporary);
    await writeFile(join(world.repository, 'dump.cjs'), program);
    await writeFile(join(world.repository, 'coppice.yaml'), environmentFile);
    await world.git('add', '.');
    await world.git('commit', '-qm', 'A service that tells what it sees');
  });
  afterAll(() => world.dispose());

  it('is their PATH, certificates and proxies, beneath their own variables, and nothing else', async () => {
    const bin = join(world.folder, 'bin-of-one');
    const PATH = [bin, world.env['PATH']].join(delimiter);
    await world.json(['create', 'one'], shell({ ...own, ...others, PATH }));
    const service = await seen('service', 'one');
    // What this machine is asked does not go to the proxy, whatever the shell says.
    const direct = 'localhost,.localhost,127.0.0.1,::1';
    expect(service).toMatchObject({
      ...own,
      PATH,
      SSL_CERT_DIR: '/of/the/service',
      no_proxy: direct,
      NO_PROXY: direct,
    });
    expect(JSON.stringify({ ...service, DATABASE_URL: '' })).not.toContain(canary);
    expect(service['DATABASE_URL']).toMatch(/^postgres/);
  });

  it('is for each environment that of its own caller, whoever started the cluster', async () => {
    const PATH = [join(world.folder, 'bin-of-two'), world.env['PATH']].join(delimiter);
    await world.json(['create', 'two'], shell({ PATH, http_proxy: 'http://other:1' }));
    const service = await seen('service', 'two');
    expect(service).toMatchObject({ PATH, http_proxy: 'http://other:1' });
    for (const name of ['HTTPS_PROXY', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'])
      expect(service).not.toHaveProperty(name);
    expect((await seen('service', 'one'))['PATH']).toContain('bin-of-one');
  });

  it('is after a restart, or an update, that of who calls for it: its programs too', async () => {
    for (const [shellOf, args] of [
      ['three', ['restart', 'dump', 'two']],
      ['four', ['create']],
    ] as const) {
      // As nvm, mise or direnv have it: another program of the same name.
      const bin = join(world.folder, `bin-of-${shellOf}`);
      await mkdir(bin);
      const script = `#!/bin/sh\nSSL_CERT_FILE=${shellOf} exec "${process.execPath}" "$@"\n`;
      await writeFile(join(bin, 'node'), script, { mode: 0o755 });
      const PATH = [bin, world.env['PATH']].join(delimiter);
      const cwd = world.worktree('two');
      if (shellOf === 'four')
        await writeFile(join(cwd, 'coppice.yaml'), environmentFile.replace('/of/the', '/of/that'));
      await world.json(args, { ...shell({ PATH, HTTP_PROXY: shellOf }), cwd });
      const found = await until(async () => {
        const all = await seen('service', 'two');
        return all['HTTP_PROXY'] === shellOf ? all : undefined;
      });
      expect(found).toMatchObject({ PATH, SSL_CERT_FILE: shellOf });
      expect(found).not.toHaveProperty('http_proxy');
    }
    expect((await seen('service', 'one'))['PATH']).toContain('bin-of-one');
    await world.gitIn(world.worktree('two'), 'checkout', '--', 'coppice.yaml');
  });

  it('comes to commands of the repository from the caller itself', async () => {
    const [file = ''] = (await readdir(world.folder)).filter((name) => name.startsWith('seen-migrate-'));
    expect(JSON.parse(await readFile(join(world.folder, file), 'utf8'))).toMatchObject({
      HTTPS_PROXY: own.HTTPS_PROXY,
      SSL_CERT_DIR: own.SSL_CERT_DIR,
    });
  });

  it('is in a Secret, and neither in what Helm was told, nor in any other object, nor in a file that others read', async () => {
    const namespace = 'worktree-one';
    interface Secret {
      metadata: { name: string };
      data: Record<string, string>;
    }
    const { items } = await world.kubernetes<{ items: Secret[] }>(`/api/v1/namespaces/${namespace}/secrets`);
    const text = (value = ''): string => Buffer.from(value, 'base64').toString('latin1');
    const release = (value = ''): string => gunzipSync(Buffer.from(text(value), 'base64')).toString();
    const holders = items.filter(({ metadata: { name }, data }) =>
      Object.values(data)
        .map((value) => (name.startsWith('sh.helm.release') ? release(value) : text(value)))
        .some((value) => value.includes(password)),
    );
    expect(holders.map(({ metadata }) => metadata.name)).toEqual(['coppice-caller']);
    for (const path of ['configmaps', 'pods', 'events']
      .map((name) => `/api/v1/namespaces/${namespace}/${name}`)
      .concat(`/apis/apps/v1/namespaces/${namespace}/deployments`, `/api/v1/namespaces/${namespace}`)) {
      expect(JSON.stringify(await world.kubernetes(path))).not.toContain(password);
    }
    const encoded = Buffer.from(own.HTTPS_PROXY).toString('base64');
    const files = await filesBelow(world.home);
    const telling: string[] = [];
    for (const file of files) {
      const content = await readFile(join(world.home, file), 'latin1').catch(() => '');
      if (content.includes(password) || content.includes(encoded)) telling.push(file);
    }
    expect(telling.filter((file) => !/^cluster\/state\.json(\.1)?$/.test(file))).toEqual([]);
  });

  it('leaves nothing: no temporary file, and in its home only what is documented', async () => {
    for (const name of ['one', 'two']) {
      const done = await world.cli(['delete', name], shell({}));
      expect(done.code, done.stderr).toBe(0);
    }
    expect((await world.cli(['cluster', 'stop'], shell({}))).code).toBe(0);
    expect(await readdir(temporary)).toEqual([]);
    const files = (await filesBelow(world.home)).filter((file) => !file.startsWith('helm/'));
    const gone = files.filter((file) => /(^|[/_-])(one|two)([/_.-]|$)/.test(file));
    expect(gone).toEqual([]);
    const unknown = files.filter((file) => !documented.some((pattern) => pattern.test(file)));
    expect(unknown).toEqual([]);
  });
});

/** What README says of the folder. Helm keeps its own below helm/. */
const documented = [
  /^cluster\/(token|kubeconfig|certificate\.json|ca\.crt|settings\.json|processes\.json|lock\.\d+)$/,
  /^cluster\/(state\.json|state\.json\.1|visits\.json|cluster\.log|start\.log)$/,
  /^compiled\/[\w.-]+\/[\w.-]+\/[0-9a-f]+$/,
  /^cleanup\/[0-9a-f]{12}\.json$/,
  /^approvals\/[0-9a-f]{12}\/[0-9a-f]{64}\.json$/,
  /^postgres\//,
];

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((file) => !/^postgres[/\\].*data/.test(dirname(file)));
}
