import { expect, it } from 'vitest';
import { withinWorkspace } from '../../../../../packages/cluster/src/node/withinWorkspace';

it.each([
  [undefined, ''],
  ['/workspace', ''],
  ['/workspace/', ''],
  ['/workspace/apps/api', 'apps/api'],
  ['/workspace/apps/../web', 'web'],
  ['/workspace/../etc', ''],
  ['/workspaces/api', ''],
  ['/app', ''],
  ['apps/api', ''],
])('%s is %j within the folder of a pod', (workingDir, expected) => {
  expect(withinWorkspace(workingDir)).toBe(expected);
});
