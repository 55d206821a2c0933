import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { brokenByOthers, brokenDatabase, brokenService, holdLock, othersHere, writeBroken } from './brokenByOthers';
import { CliWorld } from './cliWorld';

interface CauseJson {
  readonly kind: string;
  readonly service: string | null;
  readonly what: string;
  readonly todo: string;
}

interface WhyJson {
  readonly view: { readonly state: string };
  readonly cause: CauseJson | null;
  readonly others: readonly CauseJson[];
}

const names = await othersHere();
const broken = names.filter((name) => brokenByOthers[name]?.kind !== 'none');
/** The output of so many services in trouble is looked at. */
const perEnvironment = 8;
const backend = {
  command: [
    'node',
    '-e',
    "require('node:http').createServer((q, a) => a.end('{}')).listen(process.env.PORT, process.env.HOST)",
  ],
  port: 8000,
};

let world: CliWorld;
let holder: ChildProcess | undefined;
beforeAll(async () => {
  // One of them fails where the path has a space.
  world = await CliWorld.create({ within: 'My Projects' });
  for (const name of names) await writeBroken(world.repository, name);
  if (names.includes('search')) holder = await holdLock(world, world.repository);
  expect((await world.cli(['cluster', 'start'])).code).toBe(0);
}, 180_000);
afterAll(async () => {
  holder?.stdin?.end();
  holder?.kill();
  await world.dispose();
});

const make = async (services: object, env: Record<string, string> = {}): Promise<void> => {
  const more = 'billing' in services ? brokenDatabase : {};
  const file = { version: 1, dependencies: false, ...more, services };
  await writeFile(join(world.repository, 'coppice.yaml'), JSON.stringify(file));
  const made = await world.cli(['create', 'main'], { env: { COPPICE_CREATE_READY_TIMEOUT: '15', ...env } });
  expect(made.code === 0 || made.code === 10, `${made.stdout}${made.stderr}`).toBe(true);
};
const why = async (): Promise<WhyJson> => {
  const { code, stdout, stderr } = await world.cli(['why', '--json']);
  if (stdout === '') throw new Error(`${code}: ${stderr}`);
  return JSON.parse(stdout) as WhyJson;
};
const groups = Array.from({ length: Math.ceil(broken.length / perEnvironment) }, (_, index) =>
  broken.slice(index * perEnvironment, (index + 1) * perEnvironment),
);

it.each(groups.map((group) => ({ group, titles: group.join(', ') })))(
  'names the cause that was written down before of $titles',
  async ({ group }) => {
    await make(
      Object.fromEntries(await Promise.all(group.map(async (name) => [name, await brokenService(world, name)]))),
    );
    let open = group;
    let last: WhyJson;
    const end = Date.now() + 60_000;
    do {
      last = await why();
      const told = [...(last.cause ? [last.cause] : []), ...last.others];
      open = open.filter((name) => {
        const { kind, what } = brokenByOthers[name] ?? { kind: '', what: /^$/ };
        return !told.some(
          (each) => each.service === name && each.kind === kind && what.test(each.what) && each.todo !== '',
        );
      });
    } while (open.length > 0 && Date.now() < end);
    expect({ open, told: open.length > 0 ? last : undefined }).toEqual({ open: [], told: undefined });
  },
  150_000,
);

it.skipIf(!names.includes('portal'))(
  'is not broken any more by a proxy that does not answer',
  async () => {
    const env = { http_proxy: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9', no_proxy: '', NO_PROXY: '' };
    await make(
      { backend, portal: await brokenService(world, 'portal') },
      { ...env, COPPICE_CREATE_READY_TIMEOUT: '60' },
    );
    expect(await why()).toMatchObject({ cause: null });
  },
  120_000,
);
