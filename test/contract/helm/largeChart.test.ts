import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HelmReleases } from '../../../src/adapters/helm/helmReleases';
import { largeChart } from '../../../src/adapters/helm/largeChart';
import { startTestCluster, type TestCluster } from '../../support/embeddedCluster';
import { helmPath } from '../../support/helm';

let folder: string;
let chart: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-chart-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  chart = await mkdtemp(join(folder, 'chart-'));
  await write('Chart.yaml', 'apiVersion: v2\nname: own\nversion: 1.0.0\n');
  await write('templates/map.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\n');
});

async function write(path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(join(chart, path)), { recursive: true });
  await writeFile(join(chart, path), content);
}

describe('what of a chart is too large', () => {
  const words = 'Error: create: failed to create: Request entity too large: limit is 3145728';
  it.each([
    words,
    'Error: Secret "x" is invalid: data: Invalid value: "": must have at most 1048576 bytes',
    'Error: Secret "x" is invalid: data: Too long: may not be more than 1048576 bytes',
    'Error: chart file "x" is larger than the maximum file size 5242880',
  ])('is told for %j', async (stderr) => {
    await write('media/video.bin', Buffer.alloc(4_500_000));
    await write('big', Buffer.alloc(400_000));
    await write('README.md', 'small');
    for (let index = 0; index < 50; index++) await write(`node_modules/p${index}/index.js`, Buffer.alloc(20_000));
    expect(await largeChart(chart, stderr)).toMatchObject({
      code: 'invalidInput',
      message: `The chart ${chart} is too large for a release, which keeps all of its files: media/video.bin (4.3 MiB), node_modules/ (977 KiB), big (391 KiB). Name what its templates do not use in its .helmignore.`,
      explanation: stderr,
    });
  });

  it('is not what is left out already', async () => {
    for (const path of ['a/x.mp4', 'data/y', 'docs/z', 'keep/docs', 'weird(1).iso'])
      await write(path, Buffer.alloc(500_000));
    await write('.helmignore', '# large\n*.mp4\ndata/\n/docs\nweird(1).is?\n[bad\n');
    expect((await largeChart(chart, words))?.message).toContain(': keep/docs (488 KiB). Name');
  });

  it('is nothing when the chart is small, or another thing failed', async () => {
    expect(await largeChart(chart, words)).toBeUndefined();
    await write('media/video.bin', Buffer.alloc(4_500_000));
    expect(await largeChart(chart, 'Error: no such host')).toBeUndefined();
  });
});

describe('of a cluster and of Helm', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startTestCluster();
  }, 60_000);
  afterAll(() => cluster.dispose());

  it('a file is named', { timeout: 60_000 }, async () => {
    await write('media/video.bin', randomBytes(1_200_000));
    const releases = new HelmReleases({
      helmPath: () => helmPath,
      chartFolder: chart,
      home: join(folder, 'home'),
      env: process.env,
    });
    const access = { server: cluster.server, kubeconfig: cluster.kubeconfig, context: 'coppice-embedded' };
    const installing = releases.install({ release: 'own', namespace: 'default', chart, values: {} as never, access });
    await expect(installing).rejects.toThrow(/too large for a release, .*: media\/video\.bin \([\d.]+ MiB\)\. Name/);
  });
});
