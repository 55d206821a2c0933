import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliMachine } from '../support/cliMachine';
import { InfraWorld, infraConfig, podOf, senders, slugOf, type Sender } from '../support/infraWorld';
import { infraModuleVersion, infraProgram } from '../support/infraPrograms/infraProgram';
import { until } from '../support/until';
import { verifies } from '../support/verified';
import { infraProgramsObtained } from '../support/infraPrograms/build.mjs';

const run = promisify(execFile);
const program = infraProgram('prometheus');

interface Series {
  readonly metric: Readonly<Record<string, string>>;
}
interface Scrape {
  readonly kubernetes_sd_configs?: readonly object[];
}

describe('Prometheus, as charts/infra says it', { timeout: 90_000 }, () => {
  const { a, b } = senders;
  const applications: Server[] = [];
  let world: InfraWorld;
  let prometheus: string;
  let collectorSays = '';

  /** An application of an environment that says of its metrics that they are another's. */
  async function serve(sender: Sender): Promise<void> {
    const text = `orders{namespace="${a.namespace}",service="admin",worktree="a",plain="yes"} 1\n`;
    const server = createServer((_, answer) => answer.setHeader('Content-Type', 'text/plain; version=0.0.4').end(text));
    const port = await new Promise<number>((resolve) => {
      server.listen(0, sender.address, () => {
        const address = server.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
    applications.push(server);
    await world.addPod(sender, { METRICS_PORT: String(port) });
  }

  beforeAll(async () => {
    world = await InfraWorld.create();
    await serve(a);
    await serve(b);
    const collector = createServer((_, answer) =>
      answer.setHeader('Content-Type', 'text/plain; version=0.0.4').end(collectorSays),
    );
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    applications.push(collector);
    const address = collector.address();
    const collectorPort = typeof address === 'object' && address ? address.port : 0;
    const values = { prometheus: { scrapeInterval: '1s' } };
    const config = parse(await infraConfig('prometheus', 'prometheus.yaml', values)) as { scrape_configs: Scrape[] };
    // What differs outside of a pod: as whom it asks the API, and where the collector is. All else is the chart's.
    const here = JSON.parse(
      JSON.stringify({
        ...config,
        scrape_configs: config.scrape_configs.map((job) => ({
          ...job,
          ...(job.kubernetes_sd_configs && {
            kubernetes_sd_configs: job.kubernetes_sd_configs.map((one) => ({
              ...one,
              kubeconfig_file: world.api.kubeconfig,
            })),
          }),
        })),
      }).replace('otel-collector:8889', `127.0.0.1:${collectorPort}`),
    ) as object;
    const file = await world.file('here.yaml', here);
    const port = await cliMachine.freePort();
    prometheus = `http://127.0.0.1:${port}`;
    const argv = [
      `--config.file=${file}`,
      `--storage.tsdb.path=${world.folder}/data`,
      '--storage.tsdb.retention.time=1d',
    ];
    await world.start(program, [...argv, `--web.listen-address=127.0.0.1:${port}`], `${prometheus}/-/ready`);
  }, 120_000);
  afterAll(async () => {
    await world?.dispose();
    for (const server of applications) {
      server.closeAllConnections();
      server.close();
    }
  });
  // Its module's version 0.316.0 is what the project calls 3.16.0.
  verifies(
    'Prometheus',
    () =>
      infraModuleVersion('prometheus', 'github.com/prometheus/prometheus').replace(
        /^0\.3(\d\d)\./,
        (_, minor: string) => `3.${Number(minor)}.`,
      ),
    {
      obtained: infraProgramsObtained,
      asked: 'the configuration of charts/infra: discovery, labels, the panels’ queries',
    },
  );

  const query = async (text: string): Promise<Series[]> => {
    const answer = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(text)}`);
    const { data } = (await answer.json()) as { data: { result: Series[] } };
    return data.result;
  };
  const seen = (text: string, count: number): Promise<Series[]> =>
    until(async () => {
      const found = await query(text);
      return found.length >= count ? found : undefined;
    }, 30_000).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${world.said()}`);
    });

  it.each([
    ['with a collector', {}],
    ['without one', { collector: { enabled: false } }],
  ])('takes what the chart says %s, as it is', async (_, values) => {
    const file = await world.file('chart.yaml', await infraConfig('prometheus', 'prometheus.yaml', values));
    // The files that it names are in its pod.
    const { stdout, stderr } = await run(infraProgram('promtool'), [
      'check',
      'config',
      '--syntax-only',
      '--lint=all',
      file,
    ]);
    expect(stdout + stderr).toMatch(/SUCCESS: .* is valid prometheus config file syntax/);
    expect(stdout + stderr).not.toMatch(/lint|deprecat/i);
  });

  it('has what pods measure under the environment that they are of, whatever they say', async () => {
    const found = await seen('orders{job="pods"}', 2);
    for (const sender of [a, b])
      expect(found.map(({ metric }) => metric)).toContainEqual(
        expect.objectContaining({
          namespace: sender.namespace,
          service: 'frontend',
          pod: podOf(sender),
          worktree: slugOf(sender),
          branch: sender.branch,
          plain: 'yes',
          exported_namespace: a.namespace,
          exported_service: 'admin',
          exported_worktree: 'a',
        }),
      );
    expect(found).toHaveLength(2);
    expect(await query(`orders{namespace="${a.namespace}"}`)).toHaveLength(1);
  });

  it('has what came by the collector under the names that the collector gave', async () => {
    const labels = `k8s_namespace_name="${b.namespace}",k8s_pod_name="${podOf(b)}",service_name="frontend",coppice_worktree="b",coppice_branch="feat/b"`;
    collectorSays = `sold{job="frontend",${labels}} 2\n`;
    const [only, ...more] = await seen('sold', 1);
    expect(more).toEqual([]);
    expect(only?.metric).toMatchObject({
      ...{ namespace: b.namespace, pod: podOf(b), service: 'frontend', worktree: 'b', branch: 'feat/b' },
    });
    expect(Object.keys(only?.metric ?? {}).filter((name) => /^k8s_|^coppice_|service_name/.test(name))).toEqual([]);
  });

  it('says nothing of a name that goes', () => {
    expect(
      world
        .said()
        .split('\n')
        .filter((line) => /deprecat|level=ERROR/i.test(line)),
    ).toEqual([]);
  });
});
