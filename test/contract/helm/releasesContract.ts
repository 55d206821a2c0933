import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAbort } from '../../../src/core/errors';
import type { ClusterAccess } from '../../../src/core/ports/cluster';
import type { InstallRelease, Releases, WorktreeValues } from '../../../src/core/ports/releases';
import { until } from '../../support/until';
import { hostileBranches, worktreeValues } from '../../support/worktreeValues';

export interface ReleasesHarness {
  readonly releases: Releases;
  readonly access: ClusterAccess;
  /** Makes a namespace of this owner that releases can be installed in. */
  makeNamespace(name: string, owner: { readonly repositoryId: string; readonly worktreeId: string }): Promise<void>;
  /** The services that the release in the namespace has made, sorted. */
  services(namespace: string): Promise<readonly string[]>;
  dispose(): Promise<void>;
}

/** What holds for all Releases: those in memory and Helm's. */
export function releasesContract(title: string, makeHarness: () => Promise<ReleasesHarness>): void {
  describe(`Releases: ${title}`, { timeout: 60_000 }, () => {
    const mark = Math.random().toString(16).slice(2, 8).padEnd(6, '0');
    const owner = { repositoryId: `aa${mark}`, worktreeId: `bb${mark}` };
    const plain = worktreeValues(hostileBranches[4], '/w');
    const values: WorktreeValues = {
      ...plain,
      worktree: { ...plain.worktree, ...owner },
      // Nothing runs: what is tested is what is installed.
      services: plain.services.map((service) => ({ ...service, replicas: 0 })),
      ingressClass: null,
    };
    const namespace = `worktree-releases-${mark}`;
    let harness: ReleasesHarness;
    const request = (): InstallRelease => ({
      release: 'one',
      namespace,
      chart: undefined,
      values,
      access: harness.access,
    });

    beforeAll(async () => {
      harness = await makeHarness();
      await harness.makeNamespace(namespace, owner);
    });
    afterAll(() => harness.dispose());

    test('the tool is there', () => harness.releases.verifyTool());

    test('a release is installed, changed by another install, and uninstalled; one that is not there is no error', async () => {
      const { releases } = harness;
      await releases.uninstall('one', namespace, harness.access);
      await releases.install(request());
      expect(await harness.services(namespace)).toEqual(['backend', 'frontend', 'worker']);
      await releases.install(request());
      await releases.install({ ...request(), values: { ...values, services: values.services.slice(0, 1) } });
      expect(await harness.services(namespace)).toEqual(['frontend']);
      await releases.uninstall('one', namespace, harness.access);
      await until(async () => (await harness.services(namespace)).length === 0);
      await releases.uninstall('one', namespace, harness.access);
    });

    test('a release tells what it was last made with, and one that is not there nothing', async () => {
      const { releases, access } = harness;
      expect(await releases.values('one', namespace, access)).toBeUndefined();
      await releases.install(request());
      const less = { ...values, services: values.services.slice(0, 1) };
      await releases.install({ ...request(), values: less });
      expect(withoutNothing(await releases.values('one', namespace, access))).toEqual(withoutNothing(less));
      await releases.uninstall('one', namespace, access);
      expect(await releases.values('one', namespace, access)).toBeUndefined();
    });

    test('what is aborted rejects with an AbortError and changes nothing', async () => {
      const { releases, access } = harness;
      const aborted = AbortSignal.abort();
      const calls = [
        releases.install(request(), aborted),
        releases.values('one', namespace, access, aborted),
        releases.uninstall('one', namespace, access, aborted),
        releases.verifyTool(aborted),
      ];
      for (const result of await Promise.allSettled(calls))
        expect(result.status === 'rejected' && isAbort(result.reason)).toBe(true);
      expect(await harness.services(namespace)).toEqual([]);
    });
  });
}

/** Helm may leave out what is null. */
function withoutNothing(value: unknown): unknown {
  const text = JSON.stringify(value, (_key, each: unknown) => (each === null ? undefined : each));
  return JSON.parse(text);
}
