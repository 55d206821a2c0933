import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { kubernetesVersion } from '../../../../packages/cluster/src/schema/kubernetesVersion';
import { apiVersionOf, resources } from '../../../../packages/cluster/src/schema/resources';

const text = readFileSync(join(import.meta.dirname, '../../../../packages/cluster/README.md'), 'utf8');

it("the README names every kind that is stored, in its group's row, and the version", () => {
  const rowOf = (apiVersion: string): string =>
    text.split('\n').find((line) => line.startsWith(`| \`${apiVersion}\``)) ?? '';
  for (const one of resources) expect(rowOf(apiVersionOf(one))).toContain(`\`${one.kind}\``);
  expect(text).toContain(`Kubernetes ${kubernetesVersion.major}.${kubernetesVersion.minor}'s`);
});
