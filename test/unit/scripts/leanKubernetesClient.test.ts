import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Agent, RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundles } from '../../../scripts/bundles.mjs';

let folder: string;
let Lean: typeof KubeConfig;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-lean-'));
  await build({
    ...bundles.product,
    entryPoints: { config: '@kubernetes/client-node/dist/config.js' },
    splitting: false,
    // Which agent it is, its name tells.
    keepNames: true,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
  });
  const module: { KubeConfig: typeof KubeConfig } = await import(pathToFileURL(join(folder, 'config.mjs')).href);
  Lean = module.KubeConfig;
  await writeFile(join(folder, 'token'), 'token-of-a-file\n');
  await writeFile(join(folder, 'plugin.mjs'), plugin);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const plugin = `
const status = { token: 'token-of-a-plugin', expirationTimestamp: '2099-01-01T00:00:00Z' };
console.log(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status }));
`;

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** What a kubeconfig may say of a user and a cluster. */
const cases: Readonly<Record<string, { user: () => object; cluster?: object; shows: string }>> = {
  'a token': { user: () => ({ token: 'plain-token' }), shows: 'Bearer plain-token' },
  'a token in a file': {
    user: () => ({ 'auth-provider': { name: 'tokenFile', config: { tokenFile: join(folder, 'token') } } }),
    shows: 'Bearer token-of-a-file',
  },
  'a name and a password': { user: () => ({ username: 'me', password: 'secret' }), shows: 'me:secret' },
  'a client certificate': {
    user: () => ({ 'client-certificate-data': base64('certificate'), 'client-key-data': base64('key of it') }),
    shows: 'key of it',
  },
  'a plugin': {
    user: () => ({
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: process.execPath,
        args: [join(folder, 'plugin.mjs')],
        interactiveMode: 'Never',
      },
    }),
    shows: 'Bearer token-of-a-plugin',
  },
  'an HTTP proxy': {
    user: () => ({ token: 't' }),
    cluster: { 'proxy-url': 'http://127.0.0.1:3128' },
    shows: 'HttpsProxyAgent',
  },
  'a SOCKS proxy': {
    user: () => ({ token: 't' }),
    cluster: { 'proxy-url': 'socks5://127.0.0.1:1080' },
    shows: 'SocksProxyAgent',
  },
  'a server name and its authority': {
    user: () => ({ token: 't' }),
    cluster: { 'tls-server-name': 'other.example', 'certificate-authority-data': base64('authority') },
    shows: 'other.example',
  },
};

function kubeconfig({ user, cluster }: (typeof cases)[string]): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:6443', ...cluster } }],
    users: [{ name: 'u', user: user() }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
}

async function optionsOf(Config: typeof KubeConfig, text: string): Promise<object> {
  const config = new Config();
  config.loadFromString(text);
  const options: RequestOptions = { method: 'GET', headers: {} };
  await config.applyToHTTPSOptions(options);
  const { agent, ...rest } = options;
  return { ...rest, agent: shown(agent) };
}

function shown(agent: RequestOptions['agent']): object {
  if (typeof agent !== 'object') return { agent };
  const { options } = agent as Agent;
  const proxy = 'proxy' in agent ? agent.proxy : undefined;
  return { name: agent.constructor.name, options: { ...options }, proxy };
}

describe('the bundled client for Kubernetes', () => {
  it.each(Object.entries(cases))('reads %s as the whole one does', async (_, one) => {
    const text = kubeconfig(one);
    const lean = await optionsOf(Lean, text);
    const whole = await optionsOf(KubeConfig, text);
    expect(JSON.stringify(lean, withBuffers)).toContain(one.shows);
    expect(JSON.stringify(lean, withBuffers)).toBe(JSON.stringify(whole, withBuffers));
  });
});

function withBuffers(_: string, value: unknown): unknown {
  const isBuffer = typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';
  return isBuffer && 'data' in value && Array.isArray(value.data) ? Buffer.from(value.data).toString() : value;
}
