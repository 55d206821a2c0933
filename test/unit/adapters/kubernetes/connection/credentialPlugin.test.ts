import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KubeConnection } from '../../../../../src/adapters/kubernetes/connection/kubeConnection';
import { AppError } from '../../../../../src/core/errors';
import { StubApiServer } from '../../../../support/stubApiServer';

const request = { method: 'GET', path: '/api/v1/pods', verb: 'list', resource: 'pods' } as const;
let server: StubApiServer;
let folder: string;

beforeEach(async () => {
  server = new StubApiServer();
  await server.start();
  folder = await mkdtemp(join(tmpdir(), 'coppice-plugin-'));
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);
const runs = async (): Promise<number> =>
  (await readFile(at('runs'), 'utf8').catch(() => '')).split('\n').filter(Boolean).length;

/** A connection whose credentials come of a program. */
async function connectionBy(lines: readonly string[], more: object = {}): Promise<KubeConnection> {
  await writeFile(at('login'), ['#!/bin/sh', `echo x >> '${at('runs')}'`, ...lines].join('\n'));
  await chmod(at('login'), 0o755);
  const config = JSON.parse(server.kubeconfig());
  const apiVersion = 'client.authentication.k8s.io/v1';
  config.users[0].user = { exec: { apiVersion, command: './login', interactiveMode: 'IfAvailable', ...more } };
  await writeFile(at('config'), JSON.stringify(config));
  return new KubeConnection({ path: at('config'), context: 'stub' }, { kind: 'context', context: 'stub' });
}

async function failure(asked: Promise<unknown>): Promise<AppError> {
  const error = await asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw new Error(`no AppError: ${String(error)}`);
  return error;
}

const credential = (status: object): string => `echo '${JSON.stringify({ kind: 'ExecCredential', status })}'`;

describe.skipIf(process.platform === 'win32')('a program that a kubeconfig names for credentials', () => {
  it('that asks for a password hears that nobody is there, and what it says is told', async () => {
    const connection = await connectionBy([
      'printf "Password: " >&2',
      'read -r word || { echo "no terminal" >&2; exit 3; }',
    ]);
    const error = await failure(connection.json(request));
    expect(error).toMatchObject({ code: 'denied', message: 'The credentials for the cluster could not be had.' });
    expect(error.explanation).toBe('"login" ended with exit code 3.\nPassword: no terminal');
  });

  it('that waits for a login keeps nobody, runs once for all, and serves who comes later', async () => {
    const connection = await connectionBy([
      `until test -e '${at('done')}'; do sleep 0.05; done`,
      credential({ token: 'late' }),
    ]);
    const short = { ...request, timeoutMs: 300 };
    const [one, other] = await Promise.all([failure(connection.json(short)), failure(connection.json(short))]);
    for (const error of [one, other]) {
      expect(error).toMatchObject({
        code: 'timeout',
        message: 'The credentials for the cluster were not had in time.',
      });
      expect(error.explanation).toContain('kubectl get namespaces --context "stub"');
    }
    const cancel = new AbortController();
    const cancelled = connection.json(request, cancel.signal);
    cancel.abort();
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    const waiting = connection.json(request);
    await writeFile(at('done'), '');
    await waiting;
    await connection.json(request);
    expect({ asked: server.authorizations, runs: await runs() }).toEqual({
      asked: ['Bearer late', 'Bearer late'],
      runs: 1,
    });
  });

  it('is asked again once what it gave has expired, and when it has failed', async () => {
    const past = new Date(Date.now() - 1000).toISOString();
    const connection = await connectionBy([
      `test "$(wc -l < '${at('runs')}')" -gt 1 || exit 1`,
      credential({ token: 'short', expirationTimestamp: past }),
    ]);
    await failure(connection.json(request));
    await connection.json(request);
    await connection.json(request);
    expect(await runs()).toBe(3);
  });

  it('shows nothing of a token that it printed in another form', async () => {
    const error = await failure((await connectionBy(['echo secret-token'])).json(request));
    expect(error.explanation).toBe('"login" has printed no credentials.');
    const empty = await failure((await connectionBy([credential({ tokn: 'secret-token' })])).json(request));
    expect(JSON.stringify([empty.message, empty.explanation])).not.toContain('secret');
  });

  it('is told by its hint where it is not there', async () => {
    const connection = await connectionBy([], { command: 'no-such-login', installHint: 'Get it at example.com.' });
    const { explanation } = await failure(connection.json(request));
    expect(explanation).toBe(
      'The program "no-such-login" was not found.\nIt is in no folder of PATH.\nGet it at example.com.',
    );
  });

  it('gives a certificate in place of a token', async () => {
    const connection = await connectionBy([credential({ clientCertificateData: 'CERT', clientKeyData: 'KEY' })]);
    const { options } = await connection.upgrade({ path: request.path, verb: 'open', resource: 'x' }).catch(() => ({
      options: undefined,
    }));
    expect(options).toMatchObject({ cert: 'CERT', key: 'KEY' });
  });
});
