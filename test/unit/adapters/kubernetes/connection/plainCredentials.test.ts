import type { Agent, RequestOptions } from 'node:https';
import { describe, expect, it } from 'vitest';
import { libraryCredentials } from '../../../../../src/adapters/kubernetes/connection/libraryCredentials';
import {
  plainCredentials,
  type ApplyCredentials,
} from '../../../../../src/adapters/kubernetes/connection/plainCredentials';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const authority = { 'certificate-authority-data': base64('authority') };
const certificate = { 'client-certificate-data': base64('certificate'), 'client-key-data': base64('key') };

function kubeconfig(user: object | undefined, cluster: object = authority): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:6443', ...cluster } }],
    ...(user ? { users: [{ name: 'u', user }] } : {}),
    contexts: [{ name: 'x', context: { cluster: 'c', ...(user ? { user: 'u' } : {}) } }],
    'current-context': 'x',
  });
}

/** All that is put into a request's options. */
async function applied(credentials: ApplyCredentials | undefined, isChange = true): Promise<object> {
  const options: RequestOptions = { method: 'GET', headers: { 'X-Own': 'kept' } };
  await credentials?.(options, isChange);
  const { agent, ...rest } = options;
  const { options: ofAgent, maxSockets, constructor } = agent as Agent;
  const told = Object.entries(ofAgent).filter(([, value]) => value !== undefined);
  return { ...rest, agent: { constructor, maxSockets, options: Object.fromEntries(told) } };
}

describe('credentials that a kubeconfig holds itself', () => {
  it.each([
    ['a token', { token: 'secret' }],
    ['a client certificate', certificate],
    ['both', { token: 'secret', ...certificate }],
  ])('are for %s what the library makes of them', async (_, user) => {
    const plain = await applied(plainCredentials(kubeconfig(user)));
    expect(plain).toEqual(await applied(libraryCredentials(kubeconfig(user))));
    expect(plain).toMatchObject({ ca: Buffer.from('authority'), headers: { 'X-Own': 'kept' } });
    // What reads only differs by its agent alone.
    const { agent, ...reading } = (await applied(plainCredentials(kubeconfig(user)), false)) as Readonly<
      Record<string, unknown>
    >;
    expect(plain).toMatchObject(reading);
    expect(agent).toMatchObject({ options: { keepAlive: true } });
    if ('token' in user) expect(plain).toMatchObject({ headers: { Authorization: 'Bearer secret' } });
    else expect(plain).toMatchObject({ cert: Buffer.from('certificate'), key: Buffer.from('key') });
  });

  it('need no authority where the system knows it', async () => {
    const text = kubeconfig({ token: 'secret' }, {});
    expect(await applied(plainCredentials(text))).toEqual(await applied(libraryCredentials(text)));
  });

  it.each<[string, object | undefined, object?]>([
    ['a plugin', { exec: { command: 'login', apiVersion: 'client.authentication.k8s.io/v1' } }],
    ['a plugin beside a token', { token: 'secret', exec: { command: 'login' } }],
    ['a provider', { 'auth-provider': { name: 'oidc' } }],
    ['a file', { 'client-certificate': '/me.crt', 'client-key': '/me.key' }],
    ['a name and a password', { username: 'me', password: 'secret' }],
    ['somebody else', { token: 'secret', as: 'other' }],
    ['an empty token', { token: '' }],
    ['a token that is no text', { token: 12 }],
    ['nobody', {}],
    ['no user', undefined],
    ['a proxy', { token: 'secret' }, { ...authority, 'proxy-url': 'http://127.0.0.1:3128' }],
    ['another name', { token: 'secret' }, { ...authority, 'tls-server-name': 'other.example' }],
    ['no check of the server', { token: 'secret' }, { 'insecure-skip-tls-verify': true }],
    ['no encryption', { token: 'secret' }, { server: 'http://127.0.0.1:6443' }],
    ['a field of days to come', { token: 'secret' }, { ...authority, 'new-field': 'x' }],
  ])('are left to the library where it says %s', (_, user, cluster) => {
    expect(plainCredentials(kubeconfig(user, cluster))).toBeUndefined();
  });
});
