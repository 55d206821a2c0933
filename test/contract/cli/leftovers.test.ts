import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isAlive, until } from '../../support/until';
import { verifies } from '../../support/verified';
import type { CreatedJson } from './cliJson';
import { CliWorld } from './cliWorld';

// Fifty of them: COPPICE_LEFTOVERS=all.
const isWhole = process.env['COPPICE_LEFTOVERS'] === 'all';
const count = isWhole ? 50 : 4;
/** Created and deleted at once; all are there at once in any case. */
const atOnce = 4;
/** Of each environment: what Coppice starts, its child, and one that has left its session, its parent and its folder behind. */
const roles = ['main', 'child', 'daemon'];

/** Each ignores being asked to end, and listens where nobody told it to. */
const program = (ledger: string): string => `
const { spawn } = require('node:child_process');
const { appendFileSync } = require('node:fs');
const role = process.argv[2] ?? 'main';
const start = (next, options) => spawn(process.execPath, [__filename, next], { stdio: 'ignore', ...options });
const away = { detached: true, cwd: '/' };
if (role === 'fork') {
  start('daemon', away).unref();
  process.exit(0);
}
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, () => undefined);
const server = require('node:http').createServer((_, answer) => answer.end(role));
server.listen(role === 'main' ? Number(process.env.PORT) : 0, '127.0.0.1', () => {
  appendFileSync(${JSON.stringify(ledger)}, JSON.stringify({ role, pid: process.pid, port: server.address().port }) + '\\n');
});
if (role === 'main') {
  start('child');
  start('fork', away).unref();
}
`;

interface Listening {
  readonly role: string;
  readonly pid: number;
  readonly port: number;
}

let world: CliWorld;
let ledger: string;
let version = '';
beforeAll(async () => {
  world = await CliWorld.create();
  ledger = join(world.folder, 'ledger');
  await writeFile(ledger, '');
  await writeFile(join(world.repository, 'stubborn.cjs'), program(ledger));
  const database = 'database: {template: fibonacci_template, migrate: "node db/migrate.js", seed: "node db/seed.js"}';
  const service = 'web: {command: "node stubborn.cjs", port: 3000, routes: [/], health: /}';
  await writeFile(join(world.repository, 'coppice.yaml'), `version: 1\nservices:\n  ${service}\n${database}\n`);
  await world.git('add', '--all');
  await world.git('commit', '--quiet', '--message', 'stubborn');
}, 60_000);
afterAll(() => world.dispose(), 240_000);
if (isWhole)
  verifies('PostgreSQL', () => version, {
    obtained: 'npm, of the development dependencies',
    asked: `what is left of ${count} environments whose services fork, leave their session, ignore their end and hold ports`,
  });

/** Its number may be another's by then, where there were many. */
function runs({ pid, role }: Listening): boolean {
  try {
    const said = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return isAlive(pid) && said.includes(`stubborn.cjs\0${role === 'main' ? '' : role}`);
  } catch {
    // It has ended.
    return false;
  }
}

async function inGroups<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let begin = 0; begin < all.length; begin += atOnce)
    results.push(...(await Promise.all(all.slice(begin, begin + atOnce).map(work))));
  return results;
}

const listening = async (): Promise<Listening[]> =>
  (await readFile(ledger, 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Listening => JSON.parse(line));

const isTaken = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });

/** Paths that tell of an environment by its name. */
async function filesOf(name: RegExp): Promise<string[]> {
  const found = await Promise.all(
    [world.folder, world.postgres.folder].map((folder) =>
      existsSync(folder) ? readdir(folder, { recursive: true, encoding: 'utf8' }) : Promise.resolve([]),
    ),
  );
  return found.flat().filter((path) => name.test(path) && !/[/]coppice-trash[/]/.test(path));
}

it.runIf(process.platform === 'linux')(
  'nothing is left of environments whose services fork, leave their session, ignore their end and hold ports',
  async () => {
    const names = Array.from({ length: count }, (_, index) => `stubborn-${index}`);
    // What the first one makes for all stays: the cluster, the server, the template.
    await world.json(['create', 'first']);
    expect((await world.cli(['delete', 'first'])).code).toBe(0);
    version = (await world.sql<{ server_version: string }>('SHOW server_version'))[0]?.server_version ?? '';
    const before = await world.everything();
    const made = await inGroups(names, (name) => world.json<CreatedJson>(['create', name]));
    expect(made.map(({ ready }) => ready)).toEqual(names.map(() => true));
    const all = await until(async () => {
      const found = await listening();
      return found.length === (count + 1) * roles.length ? found : undefined;
    });
    const alive = all.filter(runs);
    expect(alive.map(({ role }) => role).sort()).toEqual(roles.flatMap((role) => names.map(() => role)).sort());
    expect(await Promise.all(alive.map(({ port }) => isTaken(port)))).not.toContain(false);

    const deleted = await inGroups(names, (name) => world.cli(['delete', name]));
    expect(deleted.map(({ code, stderr }) => [code, stderr])).toEqual(names.map(() => [0, expect.any(String)]));
    expect(all.filter(runs)).toEqual([]);
    expect(await Promise.all(all.map(({ port }) => isTaken(port)))).not.toContain(true);
    expect(await world.everything()).toEqual(before);
    expect(await filesOf(/stubborn-\d/)).toEqual([]);
    expect((await world.cli(['cluster', 'stop'])).code).toBe(0);
    expect(await world.processes()).toEqual([]);
  },
  isWhole ? 1800_000 : 180_000,
);
