// Gets what test/uses runs, once, into the user's cache: servers of Debian's packages, Mailpit from the Go module proxy, and clients of npm.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { once } from '../../../scripts/workplace/alone.mjs';
import { npm, run } from '../../../scripts/workplace/run.mjs';
import { say, step } from '../../../scripts/workplace/say.mjs';
import { buildGoProgram } from '../goProgram.mjs';
import { Debian, whyNoDebian } from './debian.mjs';
import { usedServers } from './servers.mjs';

/**
 * A server that is there. `place`: what holds all of its files; `folders`: those that PATH needs.
 * @typedef {{ tool: string, from: string, program: string, place: string, folders: readonly string[] }} ServerThere
 */

const clients = {
  amqplib: '2.3.1',
  memjs: '1.3.2',
  mysql2: '3.24.6',
  nats: '2.29.3',
  nodemailer: '10.6.1',
  redis: '6.3.1',
};

/**
 * @param {readonly string[]} wanted tools; none: all
 * @returns {Promise<{ servers: readonly ServerThere[], clients: string }>} `clients`: a folder with node_modules. Rejects with a Stop.
 */
export async function ensureUsedServers(wanted) {
  const home = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'coppice-uses');
  await mkdir(home, { recursive: true });
  const isWanted = (/** @type {string} */ tool) => wanted.length === 0 || wanted.includes(tool);
  const servers = [...(await ensureDebian(home, isWanted)), ...(isWanted('mailpit') ? await ensureMailpit(home) : [])];
  return { servers, clients: await ensureClients(home) };
}

/** @param {string} home @param {(tool: string) => boolean} isWanted @returns {Promise<ServerThere[]>} */
async function ensureDebian(home, isWanted) {
  const reason = await whyNoDebian();
  if (reason !== undefined) {
    say(`(${reason})`);
    return [];
  }
  /** @type {ServerThere[]} */
  const found = [];
  for (const release of /** @type {const} */ (['machine', 'newest'])) {
    const folder = join(home, release);
    const debian = new Debian(folder, release);
    for (const { tool, program, packages, folders, only } of usedServers) {
      if (!isWanted(tool) || (only !== undefined && only !== release)) continue;
      const place = join(folder, tool);
      const done = join(folder, `${tool}.done`);
      await once(
        async () => existsSync(done),
        () =>
          step(`Unpacking ${tool} (${release})`, async () => {
            await debian.unpack(packages, place);
            await writeFile(done, '');
          }),
        join(home, 'lock'),
      );
      const from = release === 'machine' ? "Debian's, of this machine's release" : "Debian's newest";
      found.push({ tool, from, program, place, folders: folders.map((each) => join(place, each)) });
    }
  }
  return found;
}

/** @param {string} home @returns {Promise<ServerThere[]>} */
async function ensureMailpit(home) {
  const go = await run('go', ['version'], { cwd: import.meta.dirname }).catch(() => undefined);
  if (go?.code !== 0) {
    say('(Mailpit is built with Go, and there is no "go" on PATH.)');
    return [];
  }
  const modules = join(import.meta.dirname, 'mailpit');
  const mark = createHash('sha256').update(await readFile(join(modules, 'go.sum'), 'utf8'));
  const place = join(home, `mailpit-${mark.digest('hex').slice(0, 12)}`);
  const program = join(place, 'mailpit');
  await mkdir(place, { recursive: true });
  await once(
    async () => existsSync(program),
    () =>
      step('Building mailpit', () =>
        buildGoProgram(modules, 'github.com/axllent/mailpit', program, ['-trimpath', '-ldflags', '-s -w']),
      ),
    join(home, 'lock'),
  );
  return [{ tool: 'mailpit', from: 'built by Go', program: 'mailpit', place, folders: [place] }];
}

/** @param {string} home */
async function ensureClients(home) {
  const text = JSON.stringify({ private: true, dependencies: clients });
  const folder = join(home, `clients-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`);
  const done = join(folder, 'done');
  await once(
    async () => existsSync(done),
    () =>
      step('Installing clients', async () => {
        await mkdir(folder, { recursive: true });
        await writeFile(join(folder, 'package.json'), text);
        await npm(['install', '--ignore-scripts'], { cwd: folder, orElse: 'Clients cannot be installed' });
        await writeFile(done, '');
      }),
    join(home, 'lock'),
  );
  return folder;
}
