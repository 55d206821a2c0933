import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { CreateResult } from '../../src/app/environment/requests';
import { isAppError, type AppError } from '../../src/core/errors';
import type { Settings } from '../../src/core/settings';
import { hasNodes } from '../support/place';
import { RealWorld } from '../support/realWorld';
import { verifiesKubernetes } from '../support/toolVersions';
import { until } from '../support/until';

verifiesKubernetes('kubeconfigs, tokens, rights, charts and quotas that are wrong: told in one line each');

// What goes wrong with a real cluster gets one clear line, and leaves nothing half-made that it does not tell.
describe('Bad input with a real Kubernetes', { timeout: 120_000 }, () => {
  let world: RealWorld;
  let settings: Settings;
  let account: string;
  beforeAll(async () => {
    world = await RealWorld.create();
    settings = world.settings.now;
    account = `bad-${Math.random().toString(16).slice(2, 8)}`;
    const body = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account } };
    const made = await world.api.call('POST', '/api/v1/namespaces/default/serviceaccounts', { body });
    expect(made.status).toBe(201);
  });
  beforeEach(async () => {
    const { path, context } = world.place.kubeconfig;
    await world.choose(path, context);
    world.settings.now = settings;
  });
  afterAll(async () => {
    await world?.api.call('DELETE', `/api/v1/namespaces/default/serviceaccounts/${account}`);
    await world?.dispose();
  });

  /** Everything that a create could leave behind. */
  const everything = async (): Promise<object> => ({
    ...(await world.owned()),
    worktrees: await world.git('worktree', 'list', '--porcelain'),
    refs: await world.git('for-each-ref'),
    status: await world.git('status', '--porcelain'),
  });
  const refused = async (work: () => Promise<unknown>): Promise<AppError> => {
    const before = await everything();
    const error: unknown = await work().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!isAppError(error)) throw new Error('It was not refused as it should be.', { cause: error });
    expect(error.message).not.toContain('\n');
    expect(await everything()).toEqual(before);
    return error;
  };
  /** A kubeconfig of the same cluster with a context of its own. */
  const copyOfKubeconfig = async (name: string, user?: object): Promise<string> => {
    const config = parse(await readFile(world.place.kubeconfig.path, 'utf8'));
    const current = config.contexts.find((one: { name: string }) => one.name === config['current-context']);
    const path = join(world.folder, `${name}.kubeconfig`);
    const users = user ? [{ name, user }] : config.users;
    const context = { ...current.context, ...(user ? { user: name } : {}) };
    await writeFile(path, stringify({ ...config, users, contexts: [{ name, context }], 'current-context': '' }));
    return path;
  };
  const commit = async (text: string): Promise<void> => {
    await world.write(world.repository, text);
    await world.git('add', '--all');
    const author = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
    await world.git(...author, 'commit', '--quiet', '--allow-empty', '--message', 'Change the environment');
  };

  test('a user who may do nothing is told which verb on which resource', async () => {
    const { json } = await world.api.call('POST', `/api/v1/namespaces/default/serviceaccounts/${account}/token`, {
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } },
    });
    await world.choose(await copyOfKubeconfig('no-rights', { token: json.status.token }), 'no-rights');
    const error = await refused(() => world.create('refused'));
    expect(error).toMatchObject({
      code: 'denied',
      message: 'The cluster does not allow this user to list namespaces (403).',
      explanation: expect.stringContaining(`system:serviceaccount:default:${account}`),
    });
  });

  test('a token that is no longer good', async () => {
    await world.choose(await copyOfKubeconfig('stranger', { token: 'was.good.once' }), 'stranger');
    const error = await refused(() => world.create('refused'));
    expect(error).toMatchObject({ code: 'denied', message: expect.stringMatching(/does not know who asks.*\(401\)/) });
  });

  test('a context that is gone', async () => {
    const path = await copyOfKubeconfig('gone');
    await world.choose(path, 'gone');
    const other = await copyOfKubeconfig('other');
    await writeFile(path, await readFile(other));
    const error = await refused(() => world.create('refused'));
    expect(error).toMatchObject({ code: 'notConfigured', message: expect.stringContaining('no context "gone"') });
  });

  test('a kubeconfig that is gone, and one that is broken', async () => {
    const path = await copyOfKubeconfig('broken');
    await world.choose(path, 'broken');
    await writeFile(path, 'clusters: [: this is no YAML');
    const broken = await refused(() => world.create('refused'));
    expect(broken.code).toBe('notConfigured');
    expect(broken.message).toContain(path);
    await rm(path);
    const gone = await refused(() => world.create('refused'));
    expect(gone.code).toBe('notConfigured');
    expect(gone.message).toContain(path);
  });

  test('a chart that does not render', async () => {
    const chart = join(world.repository, 'chart');
    await mkdir(join(chart, 'templates'), { recursive: true });
    await writeFile(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: own\nversion: 0.0.1\n');
    await writeFile(join(chart, 'templates', 'web.yaml'), 'kind: {{ .Values.worktree.name | noSuchFunction }}\n');
    const head = await world.git('rev-parse', 'HEAD');
    await commit(JSON.stringify({ ...JSON.parse(world.environmentFile()), chart: 'chart' }));
    const error = await refused(() => world.create('refused'));
    expect(error).toMatchObject({
      code: 'failed',
      message: expect.stringMatching(/^Helm could not install .*web\.yaml.*noSuchFunction/),
    });
    await world.git('reset', '--quiet', '--hard', head);
  });

  test('a quota without room for what the file asks for', async () => {
    world.settings.now = { ...settings, 'quota.pods': 1 };
    const error = await refused(() => world.create('refused'));
    expect(error).toMatchObject({
      code: 'notConfigured',
      message: 'The quota coppice.quota.pods allows one pod, and coppice.yaml asks for 2 (web, worker).',
    });
  });

  describe.runIf(hasNodes)('what only the cluster finds out', () => {
    let created: CreateResult;
    const troubles = ({ services }: CreateResult): object[] =>
      services
        .filter(({ health }) => health === 'degraded')
        .map(({ name, state, reason }) => ({ name, state, reason }));

    test('a quota without room for an update', async () => {
      created = await world.create('found-out');
      world.settings.now = { ...settings, 'quota.pods': 2 };
      await world.update(created.worktree.path);
      // It holds from when the cluster has written it into its status.
      const quota = `/api/v1/namespaces/${created.identity.names.namespace}/resourcequotas/worktree`;
      await until(async () => (await world.api.call('GET', quota)).json?.status?.hard?.pods === '2', 30_000);
      await world.write(created.worktree.path, world.environmentFile({ worker: { env: { CHANGED: 'yes' } } }));
      const result = await world.update(created.worktree.path);
      expect(result.ready).toBe(false);
      const [trouble] = troubles(result);
      expect(trouble).toMatchObject({
        reason: expect.stringMatching(/exceeded quota: worktree, requested: pods=1, .*\(coppice\.quota\.pods\)$/),
      });
    });

    test('an image that does not exist', async () => {
      const image = 'coppice-test/there-is-none:1';
      await world.write(created.worktree.path, world.environmentFile({ worker: { image } }));
      const result = await world.update(created.worktree.path);
      expect(result.ready).toBe(false);
      expect(troubles(result)).toEqual([
        {
          name: 'worker',
          state: expect.stringMatching(/^(ErrImagePull|ImagePullBackOff)$/),
          reason: expect.stringMatching(/\S/),
        },
      ]);
      await world.delete(created);
      expect(await world.owned()).toEqual({ namespaces: [], databases: [], roles: [] });
    });
  });
});
