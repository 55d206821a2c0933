// Parts of infra as their own projects make them, built by Go from the modules that go.mod names and go.sum has the checksums of.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { once } from '../../../scripts/workplace/alone.mjs';
import { run } from '../../../scripts/workplace/run.mjs';
import { say, step } from '../../../scripts/workplace/say.mjs';
import { buildGoProgram } from '../goProgram.mjs';

/** Each in a folder of its own beside this file. */
const programs = /** @type {const} */ ({
  // The components that charts/infra names, and no other.
  collector: { path: '.', flags: [] },
});

/** @typedef {keyof typeof programs} InfraProgram */

/**
 * Why none can be built here, in a sentence for a person; undefined: they can.
 * @returns {Promise<string | undefined>}
 */
export async function whyNoInfraPrograms() {
  const go = await run('go', ['version'], { cwd: import.meta.dirname }).catch(() => undefined);
  return go?.code === 0 ? undefined : 'Parts of infra are built with Go, and there is no "go" on PATH.';
}

/**
 * Builds what is not in the user's cache yet, and says so.
 * @returns {Promise<Readonly<Record<InfraProgram, string>>>} where each program is. Rejects with a Stop.
 */
export async function ensureInfraPrograms() {
  const names = /** @type {InfraProgram[]} */ (Object.keys(programs));
  const places = await Promise.all(names.map(async (name) => /** @type {const} */ ([name, await ensure(name)])));
  return /** @type {Record<InfraProgram, string>} */ (Object.fromEntries(places));
}

/** @param {InfraProgram} name */
async function ensure(name) {
  const modules = join(import.meta.dirname, name);
  const { path, flags } = programs[name];
  const all = ['-trimpath', '-ldflags', '-s -w', ...flags];
  const mark = createHash('sha256');
  for (const file of ['go.mod', 'go.sum', 'main.go'])
    mark.update(await readFile(join(modules, file), 'utf8').catch(() => ''));
  for (const flag of all) mark.update(flag);
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const home = join(cache, 'coppice-infra', `${name}-${mark.digest('hex').slice(0, 12)}`);
  const place = join(home, name);
  await mkdir(home, { recursive: true });
  await once(
    async () => existsSync(place),
    async () => {
      say(
        `The ${name} is built once, by Go, from the Go module proxy into ${home}: on two busy cores that takes a while.`,
      );
      await step(`Building ${name}`, () => buildGoProgram(modules, path, place, all));
    },
    join(home, 'lock'),
  );
  return place;
}
