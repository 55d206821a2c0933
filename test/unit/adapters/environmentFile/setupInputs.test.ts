import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { setupInputs } from '../../../../src/adapters/environmentFile/setupInputs';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'coppice-setup-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, text = name): Promise<void> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}

it('are manifests and lockfiles, of folders that the command names too, and files that it names', async () => {
  const of = () => setupInputs(folder, { command: ['sh', 'scripts/setup.sh', '--dir=apps/api'], inputs: undefined });
  await write('apps/api/other.txt');
  await write('scripts/setup.sh');
  const seen = [await of()];
  await write('unrelated');
  await write('apps/api/other.txt', 'changed');
  expect(await of()).toBe(seen[0]);
  for (const name of ['package-lock.json', 'apps/api/package.json', 'scripts/setup.sh', 'requirements-dev.txt']) {
    await write(name, 'changed');
    seen.push(await of());
  }
  expect(new Set(seen).size).toBe(5);
});

it('are what the file says, and nothing else then', async () => {
  const of = () => setupInputs(folder, { command: ['npm', 'ci'], inputs: ['schema.graphql', 'db/**/*.sql'] });
  const before = await of();
  await write('package-lock.json');
  expect(await of()).toBe(before);
  await write('schema.graphql');
  const after = await of();
  expect(after).not.toBe(before);
  await write('db/a/b.sql');
  expect(await of()).not.toBe(after);
});
