// Starts a Kubernetes without nodes on loopback: etcd, the API server with RBAC and pod security, and the controllers. What it
// keeps lies in a folder that is thrown away.
import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { generate } from 'selfsigned';
import { Stop } from '../../../scripts/workplace/say.mjs';

const host = '127.0.0.1';
const readyMs = 120_000;

/**
 * @param {Readonly<Record<import('./build.mjs').KubernetesProgram, string>>} programs
 * @param {string} folder of its own, for its data and its keys
 * @param {string} logs folder for what the servers say
 * @returns {Promise<{ kubeconfig: string, close(): Promise<void> }>} Rejects with a Stop.
 */
export async function startKubernetes(programs, folder, logs) {
  /** @type {ReturnType<typeof startServer>[]} the last that was started ends first */
  const servers = [];
  /** @param {import('./build.mjs').KubernetesProgram} name @param {Record<string, string>} options */
  const start = (name, options) => {
    const server = startServer(programs[name], options, join(logs, `${name}.log`));
    servers.unshift(server);
    return server;
  };
  const close = async () => {
    for (const server of servers) await server.end();
  };
  try {
    const [clients, peers, secure] = await freePorts(3);
    const etcd = `http://${host}:${clients}`;
    const peer = `http://${host}:${peers}`;
    start('etcd', {
      'data-dir': join(folder, 'etcd'),
      'listen-client-urls': etcd,
      'advertise-client-urls': etcd,
      'listen-peer-urls': peer,
      'initial-advertise-peer-urls': peer,
      'initial-cluster': `default=${peer}`,
      // What it has is thrown away: nothing needs to reach the disk.
      'unsafe-no-fsync': 'true',
      'log-level': 'warn',
    });
    const keys = await makeKeys(folder);
    const server = `https://${host}:${secure}`;
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, JSON.stringify(kubeconfigOf(server, keys)), { mode: 0o600 });
    const api = start('kube-apiserver', {
      'etcd-servers': etcd,
      'bind-address': host,
      'advertise-address': host,
      'secure-port': `${secure}`,
      'tls-cert-file': keys.certificateFile,
      'tls-private-key-file': keys.keyFile,
      'token-auth-file': keys.tokensFile,
      'authorization-mode': 'RBAC',
      'service-account-issuer': 'https://kubernetes.default.svc',
      'service-account-signing-key-file': keys.accountsFile,
      'service-account-key-file': keys.accountsFile,
      'service-cluster-ip-range': '10.96.0.0/16',
      // Its own address in the cluster: nothing in there calls it.
      'endpoint-reconciler-type': 'none',
      'allow-privileged': 'true',
    });
    await answers(`${server}/readyz`, keys, api);
    const controllers = start('kube-controller-manager', {
      kubeconfig,
      'use-service-account-credentials': 'true',
      'service-account-private-key-file': keys.accountsFile,
      'root-ca-file': keys.certificateFile,
      'leader-elect': 'false',
      'secure-port': '0',
    });
    await answers(`${server}/api/v1/namespaces/default/serviceaccounts/default`, keys, controllers);
    return { kubeconfig, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * @param {string} program
 * @param {Record<string, string>} options
 * @param {string} log
 */
function startServer(program, options, log) {
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH } });
  const file = createWriteStream(log);
  for (const stream of [child.stdout, child.stderr]) stream.pipe(file, { end: false });
  // Whatever ends this process ends it, too.
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const state = { hasEnded: false };
  const ended = new Promise((done) => {
    child.once('error', done);
    child.once('close', done);
  }).then(() => {
    state.hasEnded = true;
    process.removeListener('exit', kill);
    file.end();
  });
  return {
    log,
    get hasEnded() {
      return state.hasEnded;
    },
    async end() {
      child.kill('SIGTERM');
      const patience = setTimeout(kill, 20_000);
      await ended;
      clearTimeout(patience);
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof makeKeys>>} Keys */

/** @param {string} folder */
async function makeKeys(folder) {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: host }] },
    ],
  });
  const token = randomBytes(24).toString('hex');
  const accounts = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  /** @param {string} name @param {string} text */
  const write = async (name, text) => {
    const file = join(folder, name);
    await writeFile(file, text, { mode: 0o600 });
    return file;
  };
  return {
    cert,
    token,
    certificateFile: await write('server.crt', cert),
    keyFile: await write('server.key', key),
    tokensFile: await write('tokens.csv', `${token},admin,admin,system:masters\n`),
    accountsFile: await write('accounts.key', accounts.export({ type: 'pkcs8', format: 'pem' }).toString()),
  };
}

/**
 * @param {string} server
 * @param {Keys} keys
 */
function kubeconfigOf(server, { cert, token }) {
  const name = 'coppice-test';
  const authority = Buffer.from(cert).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
}

/**
 * Waits until it is answered with 200.
 * @param {string} url
 * @param {Keys} keys
 * @param {ReturnType<typeof startServer>} server that makes it so
 */
async function answers(url, { cert, token }, server) {
  const deadline = Date.now() + readyMs;
  while ((await statusOf(url, cert, token)) !== 200) {
    if (!server.hasEnded && Date.now() < deadline) await delay(100);
    else {
      await server.end();
      const last = (await readFile(server.log, 'utf8')).trimEnd().split('\n').at(-1);
      throw new Stop(`Kubernetes did not start; ${server.log} ends with: ${last}`);
    }
  }
}

/**
 * @param {string} url
 * @param {string} ca
 * @param {string} token
 * @returns {Promise<number>} 0: nobody answers
 */
function statusOf(url, ca, token) {
  return new Promise((done) => {
    const asking = request(url, { ca, agent: false, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.resume();
      done(response.statusCode ?? 0);
    });
    asking.once('error', () => done(0));
    asking.end();
  });
}

/**
 * Different ones, which are free at this moment.
 * @param {number} count
 * @returns {Promise<number[]>}
 */
async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise((done, fail) => server.once('error', fail).listen(0, host, () => done(undefined)));
      return server;
    }),
  );
  return Promise.all(
    servers.map(async (server) => {
      const address = server.address();
      await new Promise((done) => server.close(done));
      return typeof address === 'object' && address ? address.port : 0;
    }),
  );
}
