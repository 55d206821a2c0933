// Installs what package-lock.json names, only when something of it is missing, and goes on with Node.js 24.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from './alone.mjs';
import { cleanEnvironment, npm, root } from './run.mjs';
import { Stop, main, step } from './say.mjs';

const node24 = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/**
 * Whether a folder's node_modules holds what its lockfile names, by the list that npm itself keeps of what it installed.
 * Packages for other systems are optional and may be absent.
 * @param {string} folder
 * @param {string} [lockfile]
 */
export async function isInstalled(folder, lockfile = 'package-lock.json') {
  const wanted = await readPackages(join(folder, lockfile));
  const present = await readPackages(join(folder, 'node_modules', '.package-lock.json'));
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([path, { version, link, optional, dev, devOptional, peer }]) => {
    // This repository's own packages are links to their sources, and those are no packages to install.
    if (link) return existsSync(join(folder, path));
    if (!path.includes('node_modules/')) return true;
    const found = present[path];
    if (found?.version === version) return true;
    const mayBeAbsent = optional || devOptional || peer || (dev && lockfile === 'npm-shrinkwrap.json');
    return found === undefined && mayBeAbsent === true;
  });
}

/**
 * @param {string} file
 * @returns {Promise<Record<string, { version?: string, link?: boolean, optional?: boolean, dev?: boolean, devOptional?: boolean, peer?: boolean }> | undefined>}
 */
async function readPackages(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * Installs a folder's dependencies where they are missing or older than its lockfile: once, when several scripts ask for it.
 * @param {string} folder
 * @param {string} [lock] that of this clone, unless it is said
 */
export async function installOnce(folder, lock) {
  const orElse = 'The dependencies could not be installed: check the network to the npm registry, then run it again.';
  await once(
    async () => (await isInstalled(folder)) && (folder !== root || existsSync(node24)),
    () => step('Installing dependencies', () => npm(['ci'], { cwd: folder, orElse })),
    lock,
  );
}

/** Installs this clone's dependencies. */
async function ensureDependencies() {
  await installOnce(root);
  if (!existsSync(node24)) {
    throw new Stop(
      'npm was told to run no install scripts, and Node.js 24 comes by one: run "npm ci --ignore-scripts=false", then this again.',
    );
  }
}

/**
 * Runs a script's body on this clone's Node.js 24, after installing what is missing. On another Node.js the script is
 * started again with the right one, and this process only waits for its end.
 * @param {string} script the script's own path
 * @param {() => Promise<number | void>} body resolves with the exit code, 0 when nothing is returned
 */
export async function mainOnNode24(script, body) {
  await main(async () => {
    const [major = 0] = process.versions.node.split('.').map(Number);
    if (major < 20)
      throw new Stop(`Node.js 20 or newer is needed, this is ${process.versions.node}: https://nodejs.org`);
    await ensureDependencies();
    endWithParent();
    return major === 24 ? body() : startAgain(script);
  });
}

/** npm runs a script in a shell that dies of a signal without passing it on: whoever loses its parent ends as if it got it. */
function endWithParent() {
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGTERM'), 1000).unref();
}

/**
 * @param {string} script
 * @returns {Promise<number>} its exit code
 */
async function startAgain(script) {
  // The npm that called us is found through these, and the Node.js that runs it may stay as it is.
  const { npm_execpath, npm_node_execpath = process.execPath } = process.env;
  const env = { ...cleanEnvironment(), npm_execpath, npm_node_execpath };
  const child = spawn(node24, [script, ...process.argv.slice(2)], { env, stdio: 'inherit' });
  // The terminal sends Ctrl-C to both processes, a signal by id reaches this one only: the other must bear getting it twice.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal));
  return new Promise((done) => child.on('close', (code) => done(code ?? 1)));
}
