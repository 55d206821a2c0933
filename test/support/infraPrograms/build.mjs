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

/** Of all that finds what to scrape, what the chart asks for. */
const kubernetesAlone = ['-tags', 'remove_all_sd,enable_kubernetes_sd'];

/** How this machine came by them, for docs/verified.md. */
export const infraProgramsObtained = 'built by Go from the Go module proxy';

/** `modules`: a folder beside this file. */
const programs = /** @type {const} */ ({
  // The components that charts/infra names, and no other.
  collector: { modules: 'collector', path: '.', flags: [] },
  // Jaeger 2, without its pages, which are no part of its modules: they have the numbers of Jaeger 1.
  jaeger: { modules: 'jaeger', path: 'github.com/jaegertracing/jaeger/cmd/jaeger', flags: [] },
  prometheus: {
    modules: 'prometheus',
    path: 'github.com/prometheus/prometheus/cmd/prometheus',
    flags: kubernetesAlone,
  },
  promtool: { modules: 'prometheus', path: 'github.com/prometheus/prometheus/cmd/promtool', flags: kubernetesAlone },
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
  /** @type {Partial<Record<InfraProgram, string>>} */
  const places = {};
  // One after the other: they take all that a small machine has.
  for (const name of names) places[name] = await ensure(name);
  return /** @type {Record<InfraProgram, string>} */ (places);
}

/** @param {InfraProgram} name */
async function ensure(name) {
  const { path, flags, modules: folder } = programs[name];
  const modules = join(import.meta.dirname, folder);
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
      say(`${name} is built once, by Go, from the Go module proxy into ${home}: on two busy cores that takes a while.`);
      await step(`Building ${name}`, () => buildGoProgram(modules, path, place, all));
    },
    join(home, 'lock'),
  );
  return place;
}
