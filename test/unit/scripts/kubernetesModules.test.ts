import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { schemaModules } from '../../../scripts/kubernetesSchemaSource.mjs';

const folder = join(import.meta.dirname, '..', '..', 'support', 'kubernetes');
const modules = readFileSync(join(folder, 'go.mod'), 'utf8');

test('the Kubernetes of the tests is of one version, which is that of the types that the embedded cluster knows', () => {
  const [, version] = /^\tk8s\.io\/kubernetes v1\.(\S+)$/m.exec(modules) ?? [];
  expect(version).toMatch(/^\d+\.\d+$/);
  const replaced = [...modules.matchAll(/^\tk8s\.io\/(\S+) => k8s\.io\/(\S+) (\S+)$/gm)];
  expect(replaced.length).toBeGreaterThan(25);
  for (const [, name, other, published] of replaced) expect([other, published]).toEqual([name, `v0.${version}`]);
  expect(new Set(Object.values(schemaModules))).toEqual(new Set([`v0.${version}`]));
});

test('and its sources have a checksum', () => {
  const sums = readFileSync(join(folder, 'go.sum'), 'utf8');
  const version = /^\tk8s\.io\/kubernetes (\S+)$/m.exec(modules)?.[1];
  expect(sums).toContain(`k8s.io/kubernetes ${version} h1:`);
});
