import { expect, it } from 'vitest';
import { kubernetesVersion } from '../../../../../packages/cluster/src/schema/kubernetesVersion';
import { schemaModules } from '../../../../../scripts/kubernetesSchemaSource.mjs';

it('is that of the types that are served', () => {
  const [, minor, patch] = /^v0\.(\d+)\.(\d+)$/.exec(schemaModules['k8s.io/api'] ?? '') ?? [];
  expect(kubernetesVersion).toEqual({ major: '1', minor, gitVersion: `v1.${minor}.${patch}+coppice` });
});
