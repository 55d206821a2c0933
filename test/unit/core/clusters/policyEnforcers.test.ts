import { expect, test } from 'vitest';
import { enforcesPolicies, type NodeDaemon, type NodeFacts } from '../../../../src/core/clusters/policyEnforcers';

const daemon = (name: string, more: Partial<NodeDaemon> = {}): NodeDaemon => ({ name, images: [], args: [], ...more });
const node = (kubeletVersion: string, args?: string): NodeFacts => ({
  kubeletVersion,
  annotations: args === undefined ? {} : { 'k3s.io/node-args': args },
});
const kindnet = (tag: string): NodeDaemon => daemon('kindnet', { images: [`docker.io/kindest/kindnetd:${tag}`] });

test.each([
  ['Calico', [daemon('kube-proxy'), daemon('calico-node')], []],
  ['Cilium', [daemon('cilium')], []],
  ['RKE2', [daemon('rke2-canal')], []],
  ['GKE with its second data plane', [daemon('anetd')], []],
  ['EKS whose plugin was told to', [daemon('aws-node', { args: ['--enable-network-policy=true'] })], []],
  ['kind as of 0.24', [kindnet('v20240813-c6f155d6')], []],
  ['k3s, which k3d runs', [daemon('svclb-traefik-1')], [node('v1.31.5+k3s1', '["server"]')]],
])('%s enforces network policies', (_, daemons, nodes) => {
  expect(enforcesPolicies(daemons, nodes)).toBe(true);
});

test.each([
  ['a cluster without a plugin', [daemon('kube-proxy')], [node('v1.20.2')]],
  ['Flannel', [daemon('kube-flannel-ds')], [node('v1.31.0')]],
  ['EKS as it comes', [daemon('aws-node', { args: ['--enable-network-policy=false'] })], []],
  ['kind before 0.24', [kindnet('v20240202-8f1494ea')], []],
  ['k3s that was started without', [], [node('v1.31.5+k3s1', '["server","--disable-network-policy"]')]],
  ['what only sounds like a plugin', [daemon('cilium-exporter'), daemon('not-calico-node')], []],
])('%s does not', (_, daemons, nodes) => {
  expect(enforcesPolicies(daemons, nodes)).toBe(false);
});
