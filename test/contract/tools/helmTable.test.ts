import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseHistory, parseReleaseNames } from '../../../src/adapters/helm/revision';
import { startTestApi, type TestApi } from '../../support/apiServer';
import { hasKubernetesTools, helms, kubernetesToolsObtained, runTool } from '../../support/kubernetesTools';
import { helmVersion } from '../../support/toolVersions';
import { verifies } from '../../support/verified';

verifies('Helm', () => Promise.all(helms.map(([, helm]) => helmVersion(helm))), {
  obtained: kubernetesToolsObtained,
  asked: 'Helm’s verbs against the embedded cluster, and what it is told',
});

const templates = {
  'deployment.yaml': {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [{ name: 'web', image: 'test/sleep:1.0', env: [{ name: 'A', value: '{{ .Values.a }}' }] }],
        },
      },
    },
  },
  'secret.yaml': { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web' }, stringData: { a: '{{ .Values.a }}' } },
};

/** In this order, in one namespace. */
const rows: readonly [argv: string, says: RegExp][] = [
  ['template one CHART --set a=zero', /"value":"zero"/],
  ['install one CHART --set a=one', /STATUS: deployed/],
  ['upgrade one CHART --set a=two', /STATUS: deployed/],
  ['upgrade --install one CHART --set a=three --wait --timeout 20s', /STATUS: deployed/],
  ['status one', /STATUS: deployed/],
  ['get values one', /a: three/],
  ['get manifest one', /"kind":"Deployment"/],
  ['rollback one 1', /Rollback was a success/],
  ['get values one', /a: one/],
  ['history one', /4\s.*\sdeployed\s/],
];

describe.skipIf(!hasKubernetesTools())('Helm and the embedded cluster', () => {
  let api: TestApi;
  let folder: string;
  let chart: string;

  beforeAll(async () => {
    api = await startTestApi();
    folder = await mkdtemp(join(tmpdir(), 'coppice-helm-table-'));
    chart = join(folder, 'chart');
    await mkdir(join(chart, 'templates'), { recursive: true });
    await writeFile(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: chart\nversion: 0.1.0\n');
    for (const [name, object] of Object.entries(templates))
      await writeFile(join(chart, 'templates', name), JSON.stringify(object));
  });
  afterAll(async () => {
    await api.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(helms)(
    '%s installs, changes, tells, rolls back and uninstalls',
    async (version, helm) => {
      const namespace = `helm-${version.replace('.', '-')}`;
      const env = { ...api.env, HELM_NAMESPACE: namespace };
      await api.objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
      for (const [text, says] of rows) {
        const argv = text.split(' ').map((word) => (word === 'CHART' ? chart : word));
        const { code, stdout, stderr } = await runTool(helm, argv, env);
        expect
          .soft({ text, code, stdout }, stderr)
          .toEqual({ text, code: 0, stdout: expect.stringMatching(says) as string });
      }
      const history = await runTool(helm, ['history', 'one', '--output', 'json'], env);
      expect(parseHistory(history.stdout).map(({ revision, status }) => `${revision} ${status}`)).toEqual([
        '1 superseded',
        '2 superseded',
        '3 superseded',
        '4 deployed',
      ]);
      expect(parseHistory(history.stdout).every(({ updated }) => updated > 0)).toBe(true);
      const list = await runTool(helm, ['list', '--output', 'json'], env);
      expect(parseReleaseNames(list.stdout)).toEqual(['one']);
      expect(await runTool(helm, ['uninstall', 'one'], env)).toMatchObject({ code: 0 });
      expect(api.objects.get('Deployment', namespace, 'web')).toBeUndefined();
      expect(api.objects.list('Secret', namespace).items).toEqual([]);
    },
    60_000,
  );
});
