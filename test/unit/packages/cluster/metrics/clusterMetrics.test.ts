import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import type { KubeObject } from '../../../../../packages/cluster/src/schema/kubeObject';
import { RequestCounts } from '../../../../../packages/cluster/src/gateway/requestCounts';
import { clusterMetrics } from '../../../../../packages/cluster/src/metrics/clusterMetrics';

const pod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'ns', name: 'web-1', uid: 'u1', labels: { 'coppice.dev/service': 'we"b\\\n' } },
  status: { containerStatuses: [{ name: 'main', restartCount: 3 }] },
};
const use = { podUid: 'u1', container: 'main', pid: 7, startedAt: 0, cpuSeconds: 12.5, memoryBytes: 1024 };

function metrics(read: () => Promise<(typeof use)[]>): Promise<string> {
  const counts = new RequestCounts();
  counts.add({ namespace: 'ns', service: 'web' }, 'GET', 200, 0.02);
  counts.add({ namespace: 'ns', service: 'web' }, 'POST', 502, 20);
  counts.add({ namespace: 'ns', service: 'web' }, 'GET', 101, undefined);
  counts.openWebSocket({ namespace: 'ns', service: 'web' });
  const objects = { list: () => ({ items: [pod], resourceVersion: '1' }) };
  const gateway = { requests: () => counts.all() };
  return clusterMetrics({ objects, gateway, usage: { read }, version: '1.2.3', log: () => undefined });
}

it('says everything in the text format of Prometheus', async () => {
  const lines = (await metrics(() => Promise.resolve([use]))).split('\n');
  const labels = String.raw`namespace="ns",pod="web-1",container="main",service="we\"b\\\n"`;
  for (const line of [
    '# TYPE coppice_gateway_requests_total counter',
    'coppice_gateway_requests_total{namespace="ns",service="web",code="200",method="GET"} 1',
    'coppice_gateway_requests_total{namespace="ns",service="web",code="502",method="POST"} 1',
    'coppice_gateway_requests_total{namespace="ns",service="web",code="101",method="GET"} 1',
    '# TYPE coppice_gateway_request_duration_seconds histogram',
    'coppice_gateway_request_duration_seconds_bucket{namespace="ns",service="web",le="0.01"} 0',
    'coppice_gateway_request_duration_seconds_bucket{namespace="ns",service="web",le="0.025"} 1',
    'coppice_gateway_request_duration_seconds_bucket{namespace="ns",service="web",le="10"} 1',
    'coppice_gateway_request_duration_seconds_bucket{namespace="ns",service="web",le="+Inf"} 2',
    'coppice_gateway_request_duration_seconds_sum{namespace="ns",service="web"} 20.02',
    'coppice_gateway_request_duration_seconds_count{namespace="ns",service="web"} 2',
    'coppice_gateway_open_websockets{namespace="ns",service="web"} 1',
    `container_cpu_usage_seconds_total{${labels}} 12.5`,
    `container_memory_working_set_bytes{${labels}} 1024`,
    `kube_pod_container_status_restarts_total{${labels}} 3`,
    'coppice_build_info{version="1.2.3"} 1',
  ]) {
    expect(lines).toContain(line);
  }
  expect(lines.at(-1)).toBe('');
  const form =
    /^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{\w+="(?:[^"\\]|\\["\\n])*"(?:,\w+="(?:[^"\\]|\\["\\n])*")*\})? [0-9.e+-]+)$/;
  expect(lines.slice(0, -1).filter((line) => !form.test(line))).toEqual([]);
});

it('says the rest when the system does not tell what processes use', async () => {
  const text = await metrics(() => Promise.reject(new Error('no ps')));
  expect(text).not.toMatch(/^container_cpu_usage_seconds_total\{/m);
  expect(text).toContain('kube_pod_container_status_restarts_total{');
});

it.runIf(hasPromtool())('passes promtool', async () => {
  const input = await metrics(() => Promise.resolve([use]));
  expect(execFileSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' })).toBe('');
});

function hasPromtool(): boolean {
  try {
    execFileSync('promtool', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
