import type { ChildProcess } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../../support/until';
import { brokenAsWhole } from './brokenAsWhole';
import { brokenByOthers, brokenDatabase, brokenService, holdLock, othersHere, writeBroken } from './brokenByOthers';
import { brokenEnvironments, database, placeOf, well } from './brokenEnvironments';
import { CliWorld } from './cliWorld';
import { asDbmate } from './dbmateSample';

/** Each in an environment of its own takes some minutes: all of them where this is 1, those whose titles have a pattern, else every so many-th. */
const asked = process.env['COPPICE_TEST_ALL_BROKEN'];
const isWhole = asked === '1';
const each = asked === undefined ? 8 : 1;
const isAsked = ({ title }: { readonly title: string }): boolean =>
  asked === undefined || isWhole || new RegExp(asked).test(title);
/** Of forty. */
const mostWrong = 2 / 40;
/** Milliseconds. */
const limit = 1_000;
/** On a machine that has other things to do everything takes longer: then by what looking at the same environments takes, which is a quarter of a second otherwise. */
const mostLooks = 4;
const tries = 5;

interface WhyJson {
  readonly cause: { readonly kind: string; readonly service: string | null; readonly what: string } | null;
}

interface Row {
  readonly title: string;
  readonly kind: string;
  readonly service: string | null;
  readonly what: RegExp;
  /** @returns what it is asked by; undefined: the main worktree */
  readonly make: () => Promise<string | undefined>;
}

interface Told {
  readonly title: string;
  /** What was told last where it was not what is wrong. */
  readonly wrong?: WhyJson['cause'];
  readonly slow?: string;
}

let world: CliWorld;
let taken: Server;
let holder: ChildProcess | undefined;
const others = (await othersHere()).filter((name) => brokenByOthers[name]?.kind !== 'none');

beforeAll(async () => {
  // One of them fails where the path has a space.
  world = await CliWorld.create({ within: 'My Projects' });
  taken = createServer().listen(0, '127.0.0.1');
  await until(() => taken.listening);
  await asDbmate(world);
  if (others.includes('search')) {
    const folder = join(world.folder, 'other worktree');
    await writeBroken(folder, 'search');
    holder = await holdLock(world, folder);
  }
  expect((await world.cli(['cluster', 'start'])).code).toBe(0);
}, 180_000);
afterAll(async () => {
  holder?.stdin?.end();
  holder?.kill();
  taken?.close();
  await world?.dispose();
});

/** A worktree that has what this writes into it, and an environment that somebody tried to make. */
async function worktree(name: string, fill: (folder: string) => Promise<object>): Promise<string> {
  const folder = world.worktree(name);
  await world.addWorktree('-q', '-b', name, folder);
  const file = { version: 1, dependencies: false, ...(await fill(folder)) };
  await writeFile(join(folder, 'coppice.yaml'), JSON.stringify(file));
  // Until it is seen that it fails; where nothing at all was seen in that time, the machine has other things to do.
  const create = (seconds: string) =>
    world.cli(['create'], { cwd: folder, env: { COPPICE_CREATE_READY_TIMEOUT: seconds } });
  const isMade = ({ code }: { readonly code: number | null }): boolean => code === 0 || code === 10;
  let made = await create('3');
  if (!isMade(made)) made = await create('60');
  expect(isMade(made), `${name}: ${made.stdout}${made.stderr}`).toBe(true);
  return folder;
}

const ofOurs = Object.entries(brokenEnvironments).map(([title, broken], index): Row => {
  const { kind, service = 'web', what } = broken;
  const make = async (): Promise<string> => {
    const name = `ours-${index}`;
    const folder = await worktree(name, async (at) => {
      for (const [path, text] of Object.entries(broken.files ?? {})) {
        await mkdir(dirname(join(at, path)), { recursive: true });
        await writeFile(join(at, path), text);
      }
      const services = await broken.services(placeOf(world, at, name), (taken.address() as AddressInfo).port);
      return { ...database, ...broken.more, services };
    });
    await broken.then?.(placeOf(world, folder, name));
    return name;
  };
  return { title, kind, service, what, make };
});
const ofOthers = others.map((service): Row => {
  const { cause, kind, what } = brokenByOthers[service] ?? { cause: '', kind: '', what: /^$/ };
  const make = async (): Promise<string> => {
    await worktree(`others-${service}`, async (at) => {
      await writeBroken(at, service);
      const more = service === 'billing' ? brokenDatabase : {};
      return { ...more, services: { [service]: await brokenService(world, service) } };
    });
    return `others-${service}`;
  };
  return { title: cause, kind, service, what, make };
});
const pending: Row = {
  ...{ title: 'a migration that has not run', kind: 'pendingMigration', service: null, what: /lacks 1 migration/ },
  make: async () => {
    await world.json(['create', 'pending']);
    const file = join(world.worktree('pending'), 'db', 'migrations', '004-more.sql');
    await writeFile(file, '-- migrate:up\nCREATE TABLE more (n int);\n');
    return 'pending';
  },
};
/** The last ones take the cluster away from the others. */
const wholes = Object.entries(brokenAsWhole).map(([title, { kind, what, make }]): Row => ({
  title,
  kind,
  what,
  service: null,
  make: () => make(world),
}));

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

async function tell({ title, kind, service, what, make }: Row): Promise<Told> {
  const name = await make();
  const args = ['why', ...(name === undefined ? [] : [name]), '--json'];
  let cause: WhyJson['cause'] = null;
  const why = async (): Promise<void> => {
    const { stdout, stderr } = await world.cli(args);
    if (stdout === '') throw new Error(`${title}: ${stderr}`);
    ({ cause } = JSON.parse(stdout) as WhyJson);
  };
  const isRight = (): boolean => cause?.kind === kind && cause.service === service && what.test(cause.what);
  // How soon a program fails, and its cluster says so, is its own affair.
  const end = Date.now() + 30_000;
  do await why();
  while (!isRight() && Date.now() < end);
  const wrong = isRight() ? {} : { wrong: cause };
  const times: [number, number][] = [];
  const ratio = ([told, look]: [number, number]): number => Math.min(told / limit, told / (mostLooks * look));
  do times.push([await msOf(why), await msOf(() => world.cli(['list']))]);
  while (times.length < tries && times.every((one) => ratio(one) > 1));
  const slow = times.some((one) => ratio(one) <= 1) ? {} : { slow: times.map((one) => one.join(' / ')).join(', ') };
  // What the next one fails by is to be its own.
  if (name !== undefined) await world.cli(['sleep', name]);
  return { title, ...wrong, ...slow };
}

it(
  `names first, and in time, what is wrong with ${isWhole ? 'each of all' : 'some of the'} broken environments`,
  async () => {
    const rows = [...ofOurs, ...ofOthers, pending].filter(isAsked).filter((_, index) => index % each === 0);
    const told: Told[] = [];
    for (const row of rows) told.push(await tell(row));
    await writeFile(join(world.repository, 'coppice.yaml'), JSON.stringify({ version: 1, services: well() }));
    await world.git('add', '.');
    await world.git('commit', '-qm', 'all of it');
    await world.json(['create', 'main']);
    for (const row of asked === undefined ? wholes.slice(-1) : wholes.filter(isAsked)) told.push(await tell(row));
    if (isWhole) expect(told.length).toBeGreaterThanOrEqual(40);
    const bad = told.filter(({ wrong, slow }) => wrong !== undefined || slow !== undefined);
    const counted = `${told.length - bad.length} of ${told.length} broken environments are named first and in time`;
    process.stdout.write([counted, ...bad.map((each) => JSON.stringify(each)), ''].join('\n'));
    expect(bad.length / told.length, JSON.stringify(bad, undefined, 1)).toBeLessThanOrEqual(mostWrong);
  },
  asked === undefined ? 300_000 : 1_800_000,
);
