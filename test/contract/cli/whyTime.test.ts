import { rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mcpAgent, type McpAgent } from '../../support/mcpClient';
import { CliWorld, cliProgram } from './cliWorld';
import { asDbmate } from './dbmateSample';

const times = 5;
const pg = createRequire(import.meta.url).resolve('pg');
/** Milliseconds: what a person, and an agent, waits for without a thought. */
const limit = 1_000;
/** On a machine that has other things to do everything takes longer: then by what looking at the same environment takes. */
const mostLooks = 3;

let world: CliWorld;
let agent: McpAgent;

beforeAll(async () => {
  world = await CliWorld.create();
  await asDbmate(world);
  await world.json(['create', 'topic']);
  agent = await mcpAgent([process.execPath, cliProgram, 'mcp'], world.worktree('topic'), world.env);
}, 300_000);
afterAll(async () => {
  await agent?.close();
  await world?.dispose();
});

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

function median(all: readonly number[]): number {
  return [...all].sort((one, other) => one - other)[Math.floor(all.length / 2)] ?? NaN;
}

/** Both in turn, so that what the machine does besides meets both. */
async function inTime(asked: () => Promise<unknown>, look: () => Promise<unknown>): Promise<void> {
  const [told, looked]: [number[], number[]] = [[], []];
  for (let time = 0; time < times; time++) {
    looked.push(await msOf(look));
    told.push(await msOf(asked));
  }
  const [why, list] = [median(told), median(looked)];
  expect(Math.min(why / limit, why / (mostLooks * list)), `${why} ms, a look ${list} ms`).toBeLessThanOrEqual(1);
}

const whyText = async (): Promise<string> => (await world.cli(['why', 'topic'])).stdout;
/** A server that is asked while the machine is busy may not have told in time: then it is asked again. */
async function says(line: RegExp): Promise<void> {
  for (const ask of [whyText, async () => (await agent.call('why')).text]) {
    let told = '';
    const end = performance.now() + 90_000;
    do told = await ask();
    while (!line.test(told) && performance.now() < end);
    expect(told).toMatch(line);
  }
}

const migration = (): string => join(world.worktree('topic'), 'db', 'migrations', '004-more.sql');

it('names a migration that the database lacks, in its first line', async () => {
  await says(/^topic: healthy; nothing is wrong that can be seen\.\n/);
  await writeFile(migration(), '-- migrate:up\nCREATE TABLE more (n int);\n');
  await says(/^topic: Its database lacks 1 migration of the branch\.\n(?:.*\n)+What to do: coppice database migrate\n/);
}, 300_000);

it('names it once: by the service that fails for the lack of it', async () => {
  const code = `const c = new (require(${JSON.stringify(pg)}).Client)(process.env.DATABASE_URL); c.connect().then(() => c.query('SELECT * FROM more'));`;
  await writeFile(join(world.worktree('topic'), 'backend.cjs'), code);
  const file = join(world.worktree('topic'), 'coppice.yaml');
  const services = { backend: { command: ['node', 'backend.cjs'] } };
  // Nothing that would migrate it.
  const database = { template: 'fibonacci' };
  await writeFile(file, JSON.stringify({ version: 1, services, database }));
  const env = { COPPICE_CREATE_READY_TIMEOUT: '5' };
  const made = await world.cli(['create'], { cwd: world.worktree('topic'), env });
  expect(made.code, made.stderr).toBe(10);
  await says(
    /^topic: backend asks its database for "more", which it does not have: db\/migrations\/004-more\.sql, which makes it, has failed or has not run\.\n/,
  );
  expect(await whyText()).not.toMatch(/lacks 1 migration/);
}, 300_000);

it('tells it in a second, or in as long as three looks take where the machine is busy', async () => {
  await inTime(
    () => world.cli(['why', 'topic']),
    () => world.cli(['list']),
  );
  await inTime(
    () => agent.call('why'),
    () => agent.call('where'),
  );
}, 300_000);

it('tells in that time that a cluster is away', async () => {
  expect((await world.cli(['cluster', 'stop'])).code).toBe(0);
  await rm(migration());
  await says(/^topic: .*cluster.*\n(?:.*\n)*What to do: coppice cluster start\n/);
  await inTime(
    () => world.cli(['why', 'topic']),
    () => world.cli(['list']),
  );
}, 300_000);
