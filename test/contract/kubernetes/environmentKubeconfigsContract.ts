import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileEnvironmentKubeconfigs } from '../../../src/adapters/kubernetes/connection/fileEnvironmentKubeconfigs';
import { KubeConnection } from '../../../src/adapters/kubernetes/connection/kubeConnection';
import { isAppError } from '../../../src/core/errors';
import type { Place } from '../../support/place';

const namespaces = ['coppice-account-mine', 'coppice-account-theirs'] as const;
const [mine, theirs] = namespaces;
const hour = 3_600_000;

/** Kubeconfigs of environments on a cluster: what they let somebody do, and how long. */
export function environmentKubeconfigsContract(name: string, open: () => Promise<Place>): void {
  describe(`kubeconfigs of environments on ${name}`, () => {
    let place: Place;
    let admin: KubeConnection;
    let folder: string;
    let now = Date.now();

    const send = (method: 'POST' | 'DELETE', path: string, body?: object) =>
      admin.json<{ metadata?: { uid?: string } }>({ method, path, body, verb: method, resource: path });
    const kubeconfigs = () => new FileEnvironmentKubeconfigs(admin, folder, () => now);
    const textOf = (path: string) => readFile(path, 'utf8');

    beforeAll(async () => {
      place = await open();
      folder = join(await mkdtemp(join(tmpdir(), 'coppice-account-')), 'kubeconfigs');
      admin = new KubeConnection(place.kubeconfig, { kind: 'context' });
      const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${mine}`;
      for (const namespace of namespaces)
        await send('POST', '/api/v1/namespaces', {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name: namespace },
        });
      await makeAccount();
      await send('POST', `${rbac}/roles`, {
        metadata: { name: 'worktree' },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
      });
      await send('POST', `${rbac}/rolebindings`, {
        metadata: { name: 'worktree' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'worktree' },
        subjects: [{ kind: 'ServiceAccount', name: 'worktree', namespace: mine }],
      });
    }, 60_000);
    afterAll(async () => {
      for (const namespace of namespaces)
        await send('DELETE', `/api/v1/namespaces/${namespace}`).catch(() => undefined);
      await rm(join(folder, '..'), { recursive: true });
      await place.dispose();
    }, 60_000);

    const accounts = `/api/v1/namespaces/${mine}/serviceaccounts`;
    const makeAccount = () => send('POST', accounts, { metadata: { name: 'worktree' } });

    /** What the file's user gets when it asks for this. */
    async function statusOf(path: string, asked: string): Promise<string> {
      const { 'current-context': context } = JSON.parse(await textOf(path));
      const of = new KubeConnection({ path, context }, { kind: 'context' });
      try {
        await of.json({ method: 'GET', path: asked, verb: 'read', resource: asked });
        return 'ok';
      } catch (error) {
        if (isAppError(error)) return `${error.code} ${/\((\d+)\)/.exec(error.message)?.[1] ?? ''}`.trim();
        throw error;
      }
    }

    it('let somebody into their own namespace, as far as its account is let, and nowhere else', async () => {
      const path = await kubeconfigs().ensure(mine);
      expect(await statusOf(path, `/api/v1/namespaces/${mine}/pods`)).toBe('ok');
      expect(await statusOf(path, `/api/v1/namespaces/${mine}/secrets`)).toBe('denied 403');
      expect(await statusOf(path, `/api/v1/namespaces/${theirs}/pods`)).toBe('denied 403');
      expect(await statusOf(path, `/api/v1/namespaces/${theirs}`)).toBe('denied 403');
      expect(await statusOf(path, '/api/v1/pods')).toBe('denied 403');
      expect(await statusOf(path, '/api/v1/nodes')).toBe('denied 403');
      expect(await statusOf(path, '/api/v1')).toBe('ok');
    });

    it('say in which namespace one is, and are nobody else’s to read', async () => {
      const path = await kubeconfigs().ensure(mine);
      const config = JSON.parse(await textOf(path));
      expect(config.contexts).toMatchObject([{ context: { namespace: mine } }]);
      expect(config.clusters).toMatchObject([{ cluster: { server: (await admin.access()).server } }]);
      if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
    });

    it('keep their token until half of its time is over, and then get another one', async () => {
      now = Date.now();
      const path = await kubeconfigs().ensure(mine);
      const first = await textOf(path);
      now += 1000;
      await kubeconfigs().ensure(mine);
      expect(await textOf(path)).toBe(first);
      const { renewAfter } = JSON.parse(first).extensions[0].extension;
      expect(renewAfter - now).toBeGreaterThan(hour / 4);
      now = renewAfter + 1;
      await kubeconfigs().ensure(mine);
      const second = await textOf(path);
      // Two tokens of the same second may be the same text: what tells is until when this one is good.
      expect(JSON.parse(second).extensions[0].extension.renewAfter).toBeGreaterThan(renewAfter);
      expect(await statusOf(path, `/api/v1/namespaces/${mine}/pods`)).toBe('ok');
      now = Date.now();
    });

    it('get another token when the account was made anew', async () => {
      const path = await kubeconfigs().ensure(mine);
      const before = JSON.parse(await textOf(path)).users;
      await send('DELETE', `${accounts}/worktree`);
      await makeAccount();
      await kubeconfigs().ensure(mine);
      expect(JSON.parse(await textOf(path)).users).not.toEqual(before);
      expect(await statusOf(path, `/api/v1/namespaces/${mine}/pods`)).toBe('ok');
    });

    it('let nobody in where there is no account, and go when they are told to', async () => {
      const path = await kubeconfigs().ensure('coppice-account-nobody');
      expect(await statusOf(path, '/api/v1/namespaces/coppice-account-nobody/pods')).toBe('denied 401');
      await kubeconfigs().remove('coppice-account-nobody');
      await kubeconfigs().remove('coppice-account-nobody');
      await expect(textOf(path)).rejects.toMatchObject({ code: 'ENOENT' });
    });
  });
}
