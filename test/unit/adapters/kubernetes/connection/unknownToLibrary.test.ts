import type { RequestOptions } from 'node:https';
import { expect, it } from 'vitest';
import { libraryCredentials } from '../../../../../src/adapters/kubernetes/connection/libraryCredentials';

const cluster = { server: 'https://127.0.0.1:6443', 'certificate-authority-data': 'YQ==', 'tls-server-name': 'other' };

async function headersOf(user: object, more: object = {}): Promise<unknown> {
  const kubeconfig = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { ...cluster, ...more } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
  const options: RequestOptions = { method: 'GET', headers: { 'X-Own': 'kept' } };
  await libraryCredentials(kubeconfig)(options, false);
  return options.headers;
}

it('asks in the name of all that the user’s entry says, as kubectl does', async () => {
  const extra = { reason: ['one', 'two'], 'example.com/ticket (ü)': ['7'], empty: [] };
  const user = { token: 't', as: 'deployer', 'as-uid': 'u-1', 'as-groups': ['a', 'b'], 'as-user-extra': extra };
  expect(await headersOf(user)).toEqual({
    'X-Own': 'kept',
    Authorization: 'Bearer t',
    'Impersonate-User': 'deployer',
    'Impersonate-Uid': 'u-1',
    'Impersonate-Group': ['a', 'b'],
    'Impersonate-Extra-reason': ['one', 'two'],
    'Impersonate-Extra-example.com%2Fticket%20%28%C3%BC%29': ['7'],
  });
});

it('asks in no group’s name where nobody’s is said, as kubectl does', async () => {
  const own = { 'X-Own': 'kept', Authorization: 'Bearer t' };
  expect(await headersOf({ token: 't', 'as-groups': ['a'], 'as-uid': '1' })).toEqual(own);
  expect(await headersOf({ token: 't', as: '', 'as-groups': ['a'] })).toMatchObject(own);
});

const answer =
  "process.stdout.write(JSON.stringify({ status: { token: JSON.stringify([process.env['OWN'] ?? null, JSON.parse(process.env['KUBERNETES_EXEC_INFO'])]) } }))";
const apiVersion = 'client.authentication.k8s.io/v1';

it.each([
  ['what it is run for', { env: null }, {}, [null, { interactive: false }]],
  [
    'of the cluster, where it is to know it',
    { env: [{ name: 'OWN', value: 'own' }], provideClusterInfo: true },
    { extensions: [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'me' } }] },
    ['own', { cluster: { ...cluster, config: { audience: 'me' } }, interactive: false }],
  ],
])('tells a plugin %s', async (_, exec, more, [own, spec]) => {
  const user = { exec: { apiVersion, command: process.execPath, args: ['-e', answer], ...exec } };
  const told = (await headersOf(user, more)) as { readonly Authorization: string };
  expect(JSON.parse(told.Authorization.slice('Bearer '.length))).toEqual([
    own,
    { kind: 'ExecCredential', apiVersion, spec },
  ]);
});
