import { describe, expect, it } from 'vitest';
import { k3dFailure } from '../../../../src/adapters/k3d/k3dFailure';
import { parseClusters, parseRegistries, parseVersion } from '../../../../src/adapters/k3d/parseClusters';
import { parseKubeconfig } from '../../../../src/adapters/k3d/parseKubeconfig';
import { parseLogLine } from '../../../../src/adapters/k3d/parseLogLine';

describe("k3d's list of clusters", () => {
  it('tells running ones from stopped ones, and finds the port of the load balancer', () => {
    const node = (role: string, more: object = {}): object => ({ name: `k3d-a-${role}-0`, role, ...more });
    const balancer = node('loadbalancer', {
      portMappings: {
        '6443/tcp': [{ HostIp: '127.0.0.1', HostPort: '40001' }],
        '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8081' }],
      },
    });
    const server = node('server', { runtimeLabels: { 'k3d.role': 'server', 'k3d-coppice/mark': 'm' } });
    const text = JSON.stringify([
      { name: 'a', nodes: [balancer, server], serversRunning: 1, serversCount: 1 },
      { name: 'b', nodes: [node('server')], serversRunning: 0, serversCount: 1 },
      { name: 'half', nodes: [balancer], serversRunning: 0, serversCount: 0 },
      { name: 'none', nodes: null },
    ]);
    expect(parseClusters(text)).toEqual([
      { name: 'a', mark: 'm', isRunning: true, httpPort: 8081 },
      { name: 'b', mark: undefined, isRunning: false, httpPort: undefined },
      { name: 'half', mark: undefined, isRunning: false, httpPort: 8081 },
      { name: 'none', mark: undefined, isRunning: false, httpPort: undefined },
    ]);
  });

  it('is empty where there is none, and a failure where it is something else', () => {
    expect(parseClusters('[]\n')).toEqual([]);
    expect(parseClusters('null')).toEqual([]);
    expect(() => parseClusters('NAME   SERVERS')).toThrow('cannot be understood');
    expect(() => parseClusters('{}')).toThrow('cannot be understood');
  });

  it('of registries gives names', () => {
    expect(parseRegistries(JSON.stringify([{ name: '/k3d-a-registry', role: 'registry' }, { name: 'r' }]))).toEqual([
      'k3d-a-registry',
      'r',
    ]);
  });
});

describe("k3d's version", () => {
  it.each([
    ['k3d version v5.8.3\nk3s version v1.31.5-k3s1 (default)\n', '5.8.3'],
    ['k3d version 5.6.0-rc.1\n', '5.6.0'],
    ['k3d version v5-dev\nk3s version latest (default)', undefined],
  ])('of %j is %j', (text, version) => expect(parseVersion(text)).toBe(version));
});

describe("k3d's kubeconfig", () => {
  const text = (server: string): string =>
    `---\napiVersion: v1\nclusters:\n- cluster: {certificate-authority-data: YQ==, server: "${server}"}\n  name: k3d-a\ncontexts:\n- {context: {cluster: k3d-a, user: u}, name: k3d-a}\n`;

  it('leads to the cluster by its own context, after the line that k3d puts first', () => {
    expect(parseKubeconfig('a', text('https://127.0.0.1:6550'))).toMatchObject({
      kind: 'k3d',
      context: 'k3d-a',
      server: 'https://127.0.0.1:6550',
    });
  });

  it('of another cluster, or without an address, is refused', () => {
    expect(() => parseKubeconfig('b', text('https://127.0.0.1:6550'))).toThrow('has no context k3d-b');
    expect(() => parseKubeconfig('a', text('nowhere'))).toThrow('has no context k3d-a');
    expect(() => parseKubeconfig('a', '')).toThrow('has no context k3d-a');
  });
});

describe("k3d's log", () => {
  it.each([
    ['time="2026-11-22T10:00:00Z" level=info msg="Prep: Network"', { level: 'info', message: 'Prep: Network' }],
    ['time="x" level=fatal msg="a \\"b\\" c"', { level: 'fatal', message: 'a "b" c' }],
    ['level=warning msg=short', { level: 'warning', message: 'short' }],
    ['\u001b[36mINFO\u001b[0m[0012] Creating node  ', { level: 'info', message: 'Creating node' }],
    ['\u001b[31mFATA\u001b[0m[0000] no', { level: 'fatal', message: 'no' }],
    ['export KUBECONFIG=…', undefined],
  ])('%j', (line, told) => expect(parseLogLine(line)).toEqual(told));

  it('gives a failure its first error, or the last word when there is none', () => {
    expect(k3dFailure('x', 1, 'level=info msg=a\nlevel=error msg=b\nlevel=fatal msg=c').message).toBe(
      'k3d could not x: b',
    );
    expect(k3dFailure('x', 1, 'Error: unknown flag: --nope').message).toBe(
      'k3d could not x: Error: unknown flag: --nope',
    );
    expect(k3dFailure('x', 137, '\n').message).toBe('k3d could not x (exit code 137).');
  });
});
