import { describe, expect, it } from 'vitest';
import { environmentParts } from '../../../../src/app/environment/parts/environmentParts';
import { restartService } from '../../../../src/app/services/restartService';
import { terminalVariables } from '../../../../src/app/environment/variables/terminalVariables';
import { toSnapshot } from '../../../../src/app/snapshot/toSnapshot';
import { isAppError } from '../../../../src/core/errors';
import type { Identity } from '../../../../src/core/model';
import type { Paths } from '../../../../src/core/ports/host';
import type { Identities } from '../../../../src/core/ports/worktrees';
import { defaultSettings } from '../../../../src/core/settings';
import { FakeCluster } from '../../../support/fakes/fakeCluster';
import { FakeEnvironmentKubeconfigs } from '../../../support/fakes/fakeEnvironmentKubeconfigs';
import { FakeLocks } from '../../../support/fakes/fakeLocks';
import { FakeMachineLoad } from '../../../support/fakes/fakeMachineLoad';
import { FakeUsages } from '../../../support/fakes/fakeUsages';
import { FakeWorkloads } from '../../../support/fakes/fakeWorkloads';
import { FakeWorktrees } from '../../../support/fakes/fakeWorktrees';
import { anIdentity } from '../../ui/builders';

const paths: Paths = {
  resolve: (base, path) => `${base}/${path}`,
  parent: (path) => path,
  contains: (a, b) => a === b,
};

/** What a copy of a repository's folder brings along: the record of what the original owns. */
function aCopy(record: Identity) {
  const worktrees = new FakeWorktrees();
  const identities: Identities = {
    read: () => Promise.resolve(record),
    write: () => Promise.reject(new Error('not now')),
    remove: () => Promise.reject(new Error('not now')),
    readBegun: () => Promise.resolve(undefined),
    writeBegun: () => Promise.reject(new Error('not now')),
    removeBegun: () => Promise.reject(new Error('not now')),
    readSession: () => Promise.resolve(undefined),
    writeSession: () => Promise.reject(new Error('not now')),
  };
  const cluster = new FakeCluster();
  const { root, id } = worktrees.repositoryInfo;
  const openDatabases = () => Promise.reject(new Error('not now'));
  const workloads = new FakeWorkloads(cluster);
  const settings = () => defaultSettings;
  const kubeconfigs = new FakeEnvironmentKubeconfigs();
  const ports = { worktrees, identities, cluster, workloads, kubeconfigs, paths, openDatabases, settings };
  return { ports, root, id, cluster };
}

describe('in a copy of a repository', () => {
  const { signal } = new AbortController();
  const theirs = anIdentity();

  it("terminals do not get the variables of the original's environment", async () => {
    const { ports, root } = aCopy(theirs);
    expect(await terminalVariables(ports)(root, signal)).toBeUndefined();
  });

  it("the original's services are not restarted", async () => {
    const { ports, root, cluster } = aCopy(theirs);
    await cluster.claimNamespace({ name: theirs.names.namespace, owner: theirs.owner, annotations: {} });
    const run = { signal, report: () => undefined };
    const restart = restartService({
      ...{ ...ports, locks: new FakeLocks(), callerVariables: {} },
      ...{ machineLoad: new FakeMachineLoad(), usages: new FakeUsages() },
    })({ folder: root, path: root, service: 'backend' }, run);
    await expect(restart).rejects.toSatisfy((error) => isAppError(error, 'notFound'));
  });

  it('a worktree is shown without the environment that its record names', async () => {
    const { ports, root } = aCopy(theirs);
    const repository = await ports.worktrees.repository(root);
    const [worktree] = await ports.worktrees.list(repository);
    if (!worktree) throw new Error('no worktree');
    const show = (identity: Identity) =>
      toSnapshot({
        repository,
        hasEnvironmentFile: true,
        worktrees: [{ worktree, identity, problem: undefined }],
        statuses: new Map(),
        consistsOf: environmentParts,
        environments: [],
        cluster: { state: 'online' },
        clusterIdentity: { kind: 'embedded' },
        now: 0,
      }).entries[0]?.identity;
    expect(show(theirs)).toBeUndefined();
    const own = anIdentity({ owner: { ...theirs.owner, repositoryId: repository.id } });
    expect(show(own)).toBe(own);
  });

  it('its own record counts', async () => {
    const { ports, root, id } = aCopy(theirs);
    const own = {
      ...ports,
      identities: {
        ...ports.identities,
        read: () => Promise.resolve(anIdentity({ owner: { ...theirs.owner, repositoryId: id } })),
      },
    };
    expect(await terminalVariables(own)(root, signal)).toMatchObject({ WORKTREE_NAME: 'feature' });
  });
});
