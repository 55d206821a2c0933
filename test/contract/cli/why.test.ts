import { createServer, type Server } from 'node:net';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../../support/until';
import { brokenAsWhole } from './brokenAsWhole';
import { brokenEnvironments, database, placeOf, well, type Broken } from './brokenEnvironments';
import { CliWorld } from './cliWorld';

interface CauseJson {
  readonly kind: string;
  readonly service: string | null;
  readonly what: string;
  readonly evidence: readonly string[];
  readonly todo: string;
}

interface WhyJson {
  readonly view: { readonly state: string };
  readonly cause: CauseJson | null;
  readonly others: readonly CauseJson[];
  readonly file: string;
}

let taken: Server;
let takenPort = 0;
let world: CliWorld;
const named: string[] = [];

beforeAll(async () => {
  world = await CliWorld.create();
  taken = createServer().listen(0, '127.0.0.1');
  await until(() => taken.listening);
  const address = taken.address();
  takenPort = typeof address === 'object' && address ? address.port : 0;
});
afterAll(async () => {
  taken.close();
  await world.dispose();
});

const why = async (...name: string[]): Promise<WhyJson> => {
  const { code, stdout, stderr } = await world.cli(['why', ...name, '--json']);
  if (stdout === '') throw new Error(`${code}: ${stderr}`);
  return JSON.parse(stdout) as WhyJson;
};

/** How soon a program fails, and its cluster says so, is its own affair. */
async function namesIt(
  title: string,
  { kind, service = 'web', what }: Omit<Broken, 'services'>,
  ...name: string[]
): Promise<WhyJson> {
  let last: WhyJson | undefined;
  const end = Date.now() + 30_000;
  do last = await why(...name);
  while ((last.cause?.kind !== kind || last.cause.service !== service) && Date.now() < end);
  expect(last, title).toMatchObject({ cause: { kind, service, what: expect.stringMatching(what) as unknown } });
  expect(last.cause?.todo).not.toBe('');
  expect(existsSync(last.file)).toBe(true);
  named.push(title);
  return last;
}

const make = async (services: object, more: object = {}): Promise<void> => {
  const file = { version: 1, dependencies: false, ...database, ...more, services };
  await writeFile(join(world.repository, 'coppice.yaml'), JSON.stringify(file));
  const env = { COPPICE_CREATE_READY_TIMEOUT: '15', COPPICE_CREATE_STEADY_TIME: '1' };
  const made = await world.cli(['create', 'main'], { env });
  expect(made.code === 0 || made.code === 10, `${made.stdout}${made.stderr}`).toBe(true);
};
const writeFiles = async (files: Readonly<Record<string, string>> = {}): Promise<void> => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(world.repository, path, '..'), { recursive: true });
    await writeFile(join(world.repository, path), text);
  }
};

const rows = Object.entries(brokenEnvironments);
const alone = rows.filter(([, { then }]) => then);
/** Several at a time are services of one environment: more of them in trouble than are looked at are none. */
const together = rows.filter(([, { then }]) => !then);
const perEnvironment = 6;
const groups = Array.from({ length: Math.ceil(together.length / perEnvironment) }, (_, index) =>
  together.slice(index * perEnvironment, (index + 1) * perEnvironment),
);

it.each(groups.map((group) => ({ group, titles: group.map(([title]) => title).join('; ') })))(
  'names of the services of one environment $titles',
  async ({ group }) => {
    const services: Record<string, object> = {};
    const expected: { title: string; kind: string; service: string; what: RegExp }[] = [];
    for (const [title, { kind, what, service, services: of, files }] of group) {
      // No two environments have a service of one name: pods of the one before may still be there.
      const web = `web${together.findIndex(([each]) => each === title)}`;
      await writeFiles(files);
      for (const [name, spec] of Object.entries(await of(placeOf(world), takenPort)))
        services[name === 'web' ? web : name] = spec;
      expected.push({ title, kind, what, service: service ?? web });
    }
    await make(services);
    let open = expected;
    const end = Date.now() + 60_000;
    let last: WhyJson;
    do {
      last = await why();
      const told = [...(last.cause ? [last.cause] : []), ...last.others];
      const isTold = ({ kind, service, what }: (typeof expected)[number]): boolean =>
        told.some((each) => each.service === service && each.kind === kind && what.test(each.what) && each.todo !== '');
      open = open.filter((each) => !isTold(each));
    } while (open.length > 0 && Date.now() < end);
    expect({ open, told: open.length > 0 ? last : undefined }).toEqual({ open: [], told: undefined });
    // What only waits for another is never the cause.
    expect(expected.map(({ service }) => service)).toContain(last.cause?.service);
    named.push(...expected.map(({ title }) => title));
  },
  150_000,
);

it.each(alone)(
  'names %s',
  async (title, each) => {
    await writeFiles(each.files);
    await make(await each.services(placeOf(world), takenPort), each.more);
    await each.then?.(placeOf(world));
    await namesIt(title, each);
  },
  120_000,
);

it('names what is wrong with an environment as a whole', async () => {
  await writeFile(join(world.repository, 'coppice.yaml'), JSON.stringify({ version: 1, services: well() }));
  await world.git('add', '.');
  await world.git('commit', '-qm', 'all of it');
  await world.json(['create', 'main']);
  await until(async () => (await why()).cause === null, 30_000);
  expect((await world.cli(['why'])).stdout).toMatch(
    /^main: healthy; nothing is wrong that can be seen\.\nAll that was looked at: /,
  );

  for (const [title, { kind, what, make: broken }] of Object.entries(brokenAsWhole)) {
    const name = await broken(world);
    await namesIt(title, { kind, service: null, what }, ...(name === undefined ? [] : [name]));
  }
  const told = await world.cli(['why']);
  expect(told).toMatchObject({ code: 10, stderr: '' });
  expect(told.stdout).toMatch(/\nWhat to do: coppice cluster start\n/);
}, 120_000);

it('names all of them', () =>
  expect(named).toHaveLength([brokenEnvironments, brokenAsWhole].flatMap((each) => Object.keys(each)).length));
