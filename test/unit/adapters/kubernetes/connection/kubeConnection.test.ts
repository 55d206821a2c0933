import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileKubeContexts } from '../../../../../src/adapters/kubernetes/connection/fileKubeContexts';
import {
  KubeConnection,
  type ApiRequest,
  type KubeconfigSource,
} from '../../../../../src/adapters/kubernetes/connection/kubeConnection';
import { AppError } from '../../../../../src/core/errors';
import type { ClusterIdentity } from '../../../../../src/core/model';
import { StubApiServer } from '../../../../support/stubApiServer';

let server: StubApiServer;
let folder: string;

beforeEach(async () => {
  server = new StubApiServer();
  await server.start();
  folder = await mkdtemp(join(tmpdir(), 'coppice-kubeconfig-'));
  await writeFile(at('config'), server.kubeconfig());
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);
const read: ApiRequest = { method: 'GET', path: '/api/v1/pods', verb: 'list', resource: 'pods' };
const change: ApiRequest = {
  method: 'POST',
  path: '/api/v1/namespaces',
  body: {},
  verb: 'create',
  resource: 'namespace "x"',
};
const requests = (): number => [...server.lists.values()].reduce((sum, count) => sum + count, 0);

function connection(source: Partial<KubeconfigSource> = {}, identity: Partial<ClusterIdentity> = {}): KubeConnection {
  const pinned = { kind: 'context', context: 'stub', ...identity } as const;
  return new KubeConnection({ path: at('config'), context: 'stub', ...source }, pinned);
}

async function failure(of: KubeConnection, request = read): Promise<AppError> {
  const error: unknown = await of.json(request).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw new Error(`no AppError: ${String(error)}`);
  expect(error.message).not.toContain('\n');
  return error;
}

describe('a kubeconfig that is of no use', () => {
  it('is missing', async () => {
    const error = await failure(connection({ path: at('none') }));
    expect(error).toMatchObject({ code: 'notConfigured' });
    expect(error.message).toBe(`The kubeconfig of the context "stub" is gone: there is no ${at('none')}.`);
    const list = new FileKubeContexts().list([at('none')]);
    await expect(list).rejects.toMatchObject({
      code: 'notConfigured',
      message: expect.stringMatching(/^There is no kubeconfig at .*coppice\.cluster\.kubeconfig/) as unknown,
    });
  });

  it.each([
    ['no YAML', 'clusters: [\n  token: secret'],
    ['nothing that goes on', 'a: 1\nsecret: [b]] }secret'],
    [
      'of aliases without end',
      `a: &secret [${'x, '.repeat(50)}]\nb: &b [${'*secret, '.repeat(50)}]\nc: [${'*b, '.repeat(50)}]`,
    ],
    ['a list', '- a'],
    ['a word', 'hello'],
  ])('is %s, and nothing that it holds is shown', async (_, text) => {
    await writeFile(at('config'), text);
    const error = await failure(connection());
    expect(error).toMatchObject({
      code: 'notConfigured',
      remedy: { action: { kind: 'openFile', path: at('config') } },
    });
    expect(error.message).toContain(`The kubeconfig ${at('config')} cannot be understood`);
    expect(JSON.stringify([error.message, error.explanation])).not.toContain('secret');
  });

  it.each([
    ['', 'has no context "stub" any more'],
    ['contexts: []', 'has no context "stub" any more'],
    ['contexts: [{name: stub}]', 'leads to no server'],
    ['contexts: [{name: stub, context: {cluster: c}}]', 'leads to no server'],
    [
      'contexts: [{name: stub, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: "::"}}]',
      'leads to no server',
    ],
  ])('is %j', async (text, message) => {
    await writeFile(at('config'), text);
    const error = await failure(connection());
    expect(error).toMatchObject({ code: 'notConfigured', remedy: { action: { kind: 'chooseCluster' } } });
    expect(error.message).toContain(message);
  });

  it('names a certificate authority or a token file that is not there', async () => {
    const config = JSON.parse(server.kubeconfig());
    config.clusters[0].cluster['certificate-authority'] = 'ca.pem';
    await writeFile(at('config'), JSON.stringify(config));
    expect((await failure(connection())).message).toContain(`The certificate authority ${at('ca.pem')}`);
    const other = JSON.parse(server.kubeconfig());
    other.users[0].user = { tokenFile: 'token' };
    await writeFile(at('config'), JSON.stringify(other));
    expect((await failure(connection())).message).toContain(`The token file ${at('token')}`);
  });
});

describe('credentials', () => {
  it('may be written as YAML, as kubectl reads it: with what is merged, and with comments', async () => {
    const [cluster, user] = [
      `{server: "${server.url}", insecure-skip-tls-verify: true}`,
      '{name: stub, user: {<<: *own}}',
    ];
    const contexts = 'contexts: [{name: stub, context: {cluster: c, user: stub}}]';
    const text = `# mine\nown: &own\n  token: ${server.token}\nclusters: [{name: c, cluster: ${cluster}}]\nusers: [${user}]\n${contexts}\n`;
    await writeFile(at('config'), text);
    await connection().json(read);
    expect(server.authorizations).toEqual([`Bearer ${server.token}`]);
  });

  it('that have expired are told in one line', async () => {
    server.token = 'another';
    const error = await failure(connection());
    expect(error).toMatchObject({ code: 'denied' });
    expect(error.message).toBe('The cluster does not know who asks: it refused to list pods (401).');
  });

  it('that allow something else are told by verb and resource', async () => {
    server.fault = () => 403;
    const error = await failure(connection(), change);
    expect(error).toMatchObject({ code: 'denied' });
    expect(error.message).toBe('The cluster does not allow this user to create namespace "x" (403).');
  });

  it('are what a token file says, and what it says anew once the cluster refuses', async () => {
    const config = JSON.parse(server.kubeconfig());
    config.users[0].user = { tokenFile: 'token', token: 'unused' };
    await writeFile(at('config'), JSON.stringify(config));
    await writeFile(at('token'), 'first\n');
    const of = connection();
    server.token = 'first';
    await of.json(read);
    server.token = 'second';
    await writeFile(at('token'), 'second\n');
    await of.json(read);
    expect(server.authorizations).toEqual(['Bearer first', 'Bearer first', 'Bearer second']);
  });
});

it('that is silent is told from one that somebody has cancelled to ask, whoever limits the time', async () => {
  server.fault = () => 'silence';
  const asked = connection().json(read, AbortSignal.timeout(200));
  await expect(asked).rejects.toMatchObject({ name: 'AppError', code: 'timeout' });
  const cancel = new AbortController();
  const cancelled = connection().json(read, AbortSignal.any([cancel.signal, AbortSignal.timeout(60_000)]));
  cancel.abort();
  await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
});

describe('a pinned context', () => {
  const pem = 'not looked into';
  const caSha256 = createHash('sha256').update(pem).digest('hex');

  async function withAuthority(fields: object): Promise<void> {
    const config = JSON.parse(server.kubeconfig());
    Object.assign(config.clusters[0].cluster, fields);
    await writeFile(at('config'), JSON.stringify(config));
  }

  it('is refused when its server or its authority is another one, or its authority is gone', async () => {
    const pin = { server: server.url, caSha256 };
    const elsewhere = { code: 'conflict', remedy: { action: { kind: 'chooseCluster' } } };
    expect(await failure(connection({}, pin))).toMatchObject(elsewhere);
    await withAuthority({ 'certificate-authority-data': Buffer.from('other').toString('base64') });
    expect(await failure(connection({}, pin))).toMatchObject(elsewhere);
    await withAuthority({ 'certificate-authority-data': Buffer.from(pem).toString('base64') });
    expect(await failure(connection({}, { ...pin, server: 'https://127.0.0.1:1' }))).toMatchObject(elsewhere);
    expect(await failure(connection({}, { server: server.url }))).toMatchObject(elsewhere);
    expect(requests()).toBe(0);
    await connection({}, pin).json(read);
    expect(requests()).toBe(1);
  });

  it('is the same one at another port where a tool of this machine made it: minikube has one with each start', async () => {
    const config = JSON.parse(server.kubeconfig());
    Object.assign(config.clusters[0].cluster, {
      'certificate-authority-data': Buffer.from(pem).toString('base64'),
    });
    config.contexts.push({ ...config.contexts[0], name: 'minikube' });
    await writeFile(at('config'), JSON.stringify(config));
    const pin = { context: 'minikube', server: 'http://127.0.0.1:1', caSha256 };
    await connection({ context: 'minikube' }, pin).json(read);
    expect(requests()).toBe(1);
    const another = connection({ context: 'minikube' }, { ...pin, caSha256: caSha256.replace(/^./, 'x') });
    expect(await failure(another)).toMatchObject({ code: 'conflict' });
    expect(await failure(connection({}, { ...pin, context: 'stub' }))).toMatchObject({ code: 'conflict' });
    expect(requests()).toBe(1);
  });

  it('is the same whether its authority is a file or data', async () => {
    await withAuthority({ 'certificate-authority': 'ca.pem' });
    await writeFile(at('ca.pem'), pem);
    await connection({}, { server: server.url, caSha256 }).json(read);
    const [context] = await new FileKubeContexts().list([at('config')]);
    expect(context).toEqual({ name: 'stub', server: server.url, caSha256, cluster: 'stub', namespace: undefined });
  });

  it('is given to other programs as a file of its own, without relative paths', async () => {
    const config = JSON.parse(server.kubeconfig());
    Object.assign(config.clusters[0].cluster, { 'certificate-authority': 'ca.pem' });
    config.clusters.push({ name: 'other', cluster: { server: 'https://10.0.0.1' } });
    config.contexts.push({ name: 'other', context: { cluster: 'other', user: 'stub' } });
    config['current-context'] = 'other';
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './bin/login', args: ['a'], env: null };
    config.users[0].user = { 'client-certificate': 'me.crt', 'client-key': 'me.key', tokenFile: 'token', exec };
    await writeFile(at('config'), JSON.stringify(config));
    await writeFile(at('ca.pem'), pem);
    await writeFile(at('token'), 't');
    const pinnedPath = at('pinned/file.json');
    const access = await connection({ pinnedPath }).access();
    expect(access).toEqual({ server: server.url, kubeconfig: pinnedPath, context: 'stub' });
    const pinned = JSON.parse(await readFile(pinnedPath, 'utf8'));
    expect(pinned.contexts).toEqual([{ name: 'stub', context: { cluster: 'stub', user: 'stub' } }]);
    expect(pinned.clusters).toHaveLength(1);
    expect(pinned.clusters[0].cluster).toMatchObject({
      'certificate-authority-data': Buffer.from(pem).toString('base64'),
    });
    const { user } = pinned.users[0];
    for (const path of [user['client-certificate'], user['client-key'], user.tokenFile, user.exec.command])
      expect(isAbsolute(path), path).toBe(true);
    expect(user.exec).toMatchObject({ args: ['a'], apiVersion: exec.apiVersion });
    if (process.platform !== 'win32') expect((await stat(pinnedPath)).mode & 0o777).toBe(0o600);
    const before = await stat(pinnedPath);
    await connection({ pinnedPath }).access();
    expect((await stat(pinnedPath)).ino).toBe(before.ino);
  });

  it('comes from the first of several files that names it, with what others name', async () => {
    const config = JSON.parse(server.kubeconfig());
    const { contexts, users, clusters } = config;
    await writeFile(at('one'), JSON.stringify({ contexts, users: [{ name: 'stub', user: { token: 'one' } }] }));
    await writeFile(at('two'), JSON.stringify({ clusters, users }));
    await connection({ path: at('none'), morePaths: [at('one'), at('two')] }).json(read);
    expect(server.authorizations).toEqual(['Bearer one']);
  });
});

describe('the guard', () => {
  const pin = (): Partial<ClusterIdentity> => ({ server: server.url });
  const denied = new AppError('denied', 'not now');
  const guarded = () => connection({ guard: () => Promise.reject(denied) }, pin());

  it('lets everything be read', async () => {
    await guarded().json(read);
    expect(requests()).toBe(1);
  });

  it.each([
    change,
    { ...change, method: 'PUT' as const },
    { ...change, method: 'PATCH' as const },
    { ...change, method: 'DELETE' as const },
    { ...read, path: '/api/v1/namespaces/x/pods/y/exec' },
    { ...read, path: '/api/v1/namespaces/x/pods/y/attach' },
    { ...read, path: '/api/v1/namespaces/x/pods/y/portforward' },
    { ...read, path: '/api/v1/namespaces/x/services/y/proxy/admin' },
  ])('is asked before $method $path, and nothing is sent', async (request) => {
    expect(await failure(guarded(), request)).toBe(denied);
    await expect(guarded().stream(request, new AbortController().signal)).rejects.toBe(denied);
    expect(requests()).toBe(0);
  });

  it('is asked before another protocol is spoken, and before another program is let in', async () => {
    const { path, verb, resource } = read;
    await expect(guarded().upgrade({ path, verb, resource })).rejects.toBe(denied);
    await expect(guarded().verifyChange(await guarded().access())).rejects.toBe(denied);
  });

  it('is asked each time', async () => {
    let isAllowed = true;
    const guard = async (): Promise<void> => {
      if (!isAllowed) throw denied;
    };
    const of = connection({ guard }, pin());
    await of.json(change);
    isAllowed = false;
    expect(await failure(of, change)).toBe(denied);
  });

  it('cannot be left out for a cluster that is pinned', async () => {
    expect(await failure(connection({}, pin()), change)).toMatchObject({ code: 'bug' });
    expect(requests()).toBe(0);
  });

  it('refuses an access that is to another cluster', async () => {
    const of = connection({ guard: () => Promise.resolve(), pinnedPath: at('pinned') }, pin());
    const access = await of.access();
    await of.verifyChange(access);
    await expect(of.verifyChange({ ...access, kubeconfig: at('config') })).rejects.toMatchObject({ code: 'denied' });
    await expect(of.verifyChange({ ...access, context: 'other' })).rejects.toMatchObject({ code: 'denied' });
  });
});
