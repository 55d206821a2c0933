import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CreatedJson } from './cliJson';
import { CliWorld } from './cliWorld';

let world: CliWorld;
let place: string;

beforeAll(async () => {
  world = await CliWorld.create();
  place = join(world.folder, 'a place');
  await mkdir(place);
});
afterAll(() => world.dispose());

it('is a repository whose environments are ready without anything to install, each with its own answer', async () => {
  const { path } = await world.json<{ path: string }>(['sample'], { cwd: place });
  expect(path).toBe(join(place, 'coppice-sample'));
  expect(await readdir(place)).toEqual(['coppice-sample']);
  expect(await world.gitIn(path, 'status', '--porcelain')).toBe('');
  expect(await world.gitIn(path, 'log', '--format=%s')).toBe('A page and an API');

  const main = await world.json<CreatedJson>(['create', 'main'], { cwd: path });
  const other = await world.json<CreatedJson>(['create', 'try/it'], { cwd: path });
  expect([main.ready, other.ready]).toEqual([true, true]);
  await writeFile(join(other.path, 'api', 'greeting.js'), "export const greeting = 'Good day from';\n");
  await world.json(['restart', 'api'], { cwd: other.path });
  expect((await world.fetch(main.url ?? '')).text).toContain('<h1>Hello from main</h1>');
  expect((await world.fetch(other.url ?? '')).text).toContain('<h1>Good day from try/it</h1>');
}, 60_000);

it('is left as it is where it is there already, and nothing else is written over', async () => {
  const path = join(place, 'coppice-sample');
  await writeFile(join(path, 'mine.txt'), 'mine');
  expect(await world.json(['sample'], { cwd: place })).toEqual({ path });
  expect(await readFile(join(path, 'mine.txt'), 'utf8')).toBe('mine');

  const taken = join(world.folder, 'taken');
  await mkdir(join(taken, 'coppice-sample'), { recursive: true });
  await writeFile(join(taken, 'coppice-sample', 'package.json'), '{"name": "mine"}');
  const { code, stderr } = await world.cli(['sample'], { cwd: taken });
  expect({ code, stderr }).toEqual({ code: 9, stderr: expect.stringContaining('is there and is not the sample') });
  expect(await readdir(taken)).toEqual(['coppice-sample']);
  expect(await readdir(join(taken, 'coppice-sample'))).toEqual(['package.json']);
});
