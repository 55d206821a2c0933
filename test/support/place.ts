import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { KubeconfigSource } from '../../src/adapters/kubernetes/connection/kubeConnection';
import { startTestCluster } from './embeddedCluster';

/** A cluster to hold a suite against. */
export interface Place {
  readonly kind: 'embedded' | 'real';
  readonly kubeconfig: KubeconfigSource;
  /** An image that its nodes have, in which the program `node` is Node.js. */
  readonly image: string;
  /** How Node.js is called in a container. */
  readonly node: string;
  /** The worktree's folder, which the embedded cluster's services run in. */
  readonly folder: string;
  dispose(): Promise<void>;
}

/** An embedded cluster of the caller's own. */
export async function embeddedPlace(): Promise<Place> {
  const cluster = await startTestCluster();
  const folder = await mkdtemp(join(tmpdir(), 'coppice-place-'));
  return {
    kind: 'embedded',
    kubeconfig: { path: cluster.kubeconfig, context: 'coppice-embedded' },
    image: 'node',
    node: process.execPath,
    folder,
    async dispose() {
      await cluster.dispose();
      await rm(folder, { recursive: true });
    },
  };
}

/** Whether pods run there: an API server and its controllers alone take all objects, and no pod of them ever starts. */
export const hasNodes = process.env['COPPICE_TEST_WITHOUT_NODES'] === undefined;

/**
 * The Kubernetes that COPPICE_TEST_KUBECONFIG leads to by its current context, with the image COPPICE_TEST_IMAGE.
 * `npm run test:cluster` sets both; `npm run test:kubernetes` does, too, with an image that nobody has.
 */
export async function realPlace(): Promise<Place> {
  const path = needed('COPPICE_TEST_KUBECONFIG');
  const { 'current-context': context } = parse(readFileSync(path, 'utf8')) as { 'current-context': string };
  return {
    kind: 'real',
    kubeconfig: { path, context },
    image: needed('COPPICE_TEST_IMAGE'),
    node: 'node',
    folder: '/worktree',
    dispose: async () => undefined,
  };
}

function needed(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`${name} is not set: run these tests by "npm run test:cluster" or "npm run test:kubernetes".`);
  return value;
}
