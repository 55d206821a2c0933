import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type KubeConnection } from '../support/kubeConnection';
import { kubectlRow, objectRows, shortRows, type KubectlRow } from '../support/kubectlRows';
import { hasKubernetesTools, kubectls, kubernetesToolsObtained, runTool } from '../support/kubernetesTools';
import { realPlace } from '../support/place';
import { kubectlVersion, verifiesKubernetes } from '../support/toolVersions';
import { until } from '../support/until';
import { verifies } from '../support/verified';

verifies('kubectl', () => Promise.all(kubectls.map(([, kubectl]) => kubectlVersion(kubectl))), {
  obtained: kubernetesToolsObtained,
  asked: 'kubectl’s verbs against a real Kubernetes',
});

verifiesKubernetes('kubectl of several versions: get, apply, diff, wait, logs and more');

const rows: readonly KubectlRow[] = [
  ...shortRows,
  ...objectRows,
  kubectlRow('events', /^(?:LAST SEEN|No events found|$)/),
  kubectlRow('delete deployment,secret one', /secret "one" deleted/),
];

// The yardstick of what the embedded cluster is held to (test/contract/tools): the same verbs, each version of kubectl, the real thing.
describe.skipIf(!hasKubernetesTools())('kubectl and a real Kubernetes', { timeout: 120_000 }, () => {
  const mark = Math.random().toString(16).slice(2, 8).padEnd(6, '0');
  let api: KubeConnection;
  let minor: number;
  let env: NodeJS.ProcessEnv;
  let folder: string;
  let file: string;

  beforeAll(async () => {
    const { path } = (await realPlace()).kubeconfig;
    api = await connect(path);
    minor = Number(/^v1\.(\d+)/.exec((await api.call('GET', '/version')).json.gitVersion)?.[1]);
    folder = await mkdtemp(join(tmpdir(), 'coppice-kubectl-'));
    env = { ...process.env, KUBECONFIG: path, HOME: folder };
    file = join(folder, 'applied.json');
    const applied = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied' }, data: { a: 'b' } };
    await writeFile(file, JSON.stringify(applied));
  });
  afterAll(async () => {
    api.close();
    await rm(folder, { recursive: true, force: true });
  });

  test.for(kubectls)('%s does what it is asked, or is told why not', async ([version, kubectl], context) => {
    // It is made for servers of its time.
    if (minor < 30) return context.skip(`the server is of 1.${minor}`);
    const namespace = `kubectl-${version.replace('.', '-')}-${mark}`;
    expect(await runTool(kubectl, ['create', 'namespace', namespace], env)).toMatchObject({ code: 0 });
    try {
      // Its controller makes it, a moment later.
      const account = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
      await until(async () => (await api.call('GET', account)).status === 200);
      for (const { argv, says, refused } of rows) {
        const words = argv.map((word) => (word === 'FILE' ? file : word));
        const { code, stdout, stderr } = await runTool(kubectl, [...words, '--namespace', namespace], env);
        const said = { what: argv.join(' '), isRefused: code !== 0, says: refused ? stderr : stdout };
        const expected = { what: said.what, isRefused: refused === true, says: expect.stringMatching(says) as string };
        expect.soft(said, stderr).toEqual(expected);
      }
    } finally {
      await api.call('DELETE', `/api/v1/namespaces/${namespace}`);
    }
  });
});
