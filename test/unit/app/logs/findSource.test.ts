import { expect, it } from 'vitest';
import { findSource } from '../../../../src/app/logs/findSource';
import { AppError } from '../../../../src/core/errors';

/** What is looked for, in its order. */
async function asked(file: string, folder?: string | null): Promise<readonly string[]> {
  let found: readonly string[] = [];
  const read = async () => {
    if (folder === null) throw new AppError('notConfigured', 'none');
    return { services: [{ name: 'backend', ...(folder === undefined ? {} : { folder }) }] } as never;
  };
  const find = async (_: string, files: readonly string[]) => void (found = files);
  const ports = {
    environmentFiles: { read },
    sources: { find: async (...of: Parameters<typeof find>) => (await find(...of), undefined) },
  };
  await findSource(ports, { path: '/w', service: 'backend', file }, AbortSignal.timeout(1000));
  return found;
}

it('looks where the service runs, then in the worktree', async () => {
  expect(await asked('src/a.ts')).toEqual(['src/a.ts']);
  expect(await asked('src/a.ts', null)).toEqual(['src/a.ts']);
  expect(await asked('src/a.ts', 'apps/api')).toEqual(['apps/api/src/a.ts', 'src/a.ts']);
});

it('finds what a container has elsewhere: the mounted worktree, or the folders of an image', async () => {
  expect(await asked('/workspace/src/a.ts')).toEqual(['/workspace/src/a.ts', 'src/a.ts']);
  expect(await asked('/app/src/a.ts', 'api')).toEqual([
    '/app/src/a.ts',
    'api/src/a.ts',
    'src/a.ts',
    'api/a.ts',
    'a.ts',
  ]);
  expect(await asked('C:\\w\\a.ts')).toEqual(['C:\\w\\a.ts']);
  expect(await asked('file:///w/a.ts')).toEqual(['file:///w/a.ts']);
});
