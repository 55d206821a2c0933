// Programs of Debian's packages, each with all that it depends on in a folder of its own: nothing of the system is changed, and nothing
// of it is used, so that packages of another release than the machine's run as well.
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun, run } from '../../../scripts/workplace/run.mjs';
import { Stop } from '../../../scripts/workplace/say.mjs';

/** @typedef {'machine' | 'newest'} Release */

const newest = 'sid';
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * Why none can be had here, in a sentence for a person; undefined: they can.
 * @returns {Promise<string | undefined>}
 */
export async function whyNoDebian() {
  const isDebian = process.platform === 'linux' && process.arch === 'x64' && existsSync('/etc/debian_version');
  const tools = await Promise.all(
    ['apt-get', 'dpkg-deb'].map((tool) => run(tool, ['--version']).catch(() => undefined)),
  );
  if (isDebian && tools.every((each) => each?.code === 0)) return undefined;
  return 'Servers of Debian are unpacked with apt-get and dpkg-deb of a Debian on x64, which this is not.';
}

/** Debian's packages, by apt with a state of its own. */
export class Debian {
  /** @param {string} folder for its lists and packages; @param {Release} release */
  constructor(folder, release) {
    this.folder = folder;
    this.release = release;
    this.isRead = false;
  }

  /** Reads what there is, once. */
  async #update() {
    if (this.isRead) return;
    for (const each of ['lists/partial', 'cache/archives/partial', 'nothing/partial', 'parts'])
      await mkdir(join(this.folder, each), { recursive: true });
    await writeFile(join(this.folder, 'status'), '');
    if (this.release === 'newest') await writeFile(join(this.folder, 'sources'), await newestSource());
    await this.#apt('update');
    this.isRead = true;
  }

  /**
   * Unpacks packages and all that they depend on into a folder, whose programs then use nothing of the system.
   * @param {readonly string[]} packages @param {string} place
   */
  async unpack(packages, place) {
    await this.#update();
    const archives = join(this.folder, 'cache', 'archives');
    await rm(place, { recursive: true, force: true });
    await mkdir(place, { recursive: true });
    const install = ['install', '--yes', '--no-install-recommends'];
    // What was fetched before is not listed: so it is looked for where there is nothing.
    const nothing = ['-o', `Dir::Cache::archives=${join(this.folder, 'nothing')}`];
    const list = await this.#apt(...nothing, ...install, '--print-uris', ...packages);
    // 'address' name size sum
    const names = list.split('\n').flatMap((line) => (line.startsWith("'") ? [line.split(' ')[1] ?? ''] : []));
    await this.#apt(...install, '--download-only', ...packages);
    for (const name of names) await mustRun('dpkg-deb', ['-x', join(archives, name), place]);
    await settle(place, await this.#patcher());
  }

  /** The program that says in others where they find what they are linked with. */
  async #patcher() {
    const home = join(this.folder, 'patchelf');
    const program = join(home, 'usr', 'bin', 'patchelf');
    if (existsSync(program)) return program;
    const packages = join(this.folder, 'packages');
    await mkdir(packages, { recursive: true });
    // It runs before there is anything to run it with: the machine's own.
    await mustRun('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', 'patchelf'], { cwd: packages });
    for (const each of await readdir(packages)) await mustRun('dpkg-deb', ['-x', join(packages, each), home]);
    return program;
  }

  /** @param {string[]} args */
  async #apt(...args) {
    const own = {
      'Dir::State::lists': 'lists',
      'Dir::State::status': 'status',
      'Dir::Cache': 'cache',
      ...(this.release === 'newest' ? { 'Dir::Etc::sourcelist': 'sources', 'Dir::Etc::sourceparts': 'parts' } : {}),
    };
    const options = Object.entries(own).flatMap(([name, path]) => ['-o', `${name}=${join(this.folder, path)}`]);
    const orElse = `Debian's packages cannot be had: check the network to them, then run it again`;
    const all = [...options, '-o', 'APT::Sandbox::User=root', '--quiet=2', ...args];
    return mustRun('apt-get', all, { orElse });
  }
}

/** Where the machine itself has its packages from, and the newest release's name. */
async function newestSource() {
  const format = '$(ORIGIN)|$(LABEL)|$(REPO_URI)';
  const targets = await mustRun('apt-get', ['indextargets', '--format', format]);
  const place = targets
    .split('\n')
    .find((line) => line.startsWith('Debian|Debian|'))
    ?.split('|')[2];
  if (place === undefined) throw new Stop('Nothing says where Debian has its packages: run "apt-get update" first');
  return `deb [signed-by=${keyring}] ${place} ${newest} main\n`;
}

/**
 * Makes programs of a folder find there what they are linked with, by whichever way they are called.
 * @param {string} place @param {string} patcher
 */
async function settle(place, patcher) {
  const loader = ['usr/lib64', 'lib64']
    .map((each) => join(place, each, 'ld-linux-x86-64.so.2'))
    .find((each) => existsSync(each));
  if (loader === undefined) throw new Stop(`There is no C library among what was unpacked into ${place}`);
  const libraries = ['usr/lib', 'lib'].map((each) => join(place, each, 'x86_64-linux-gnu')).join(':');
  for (const folder of ['usr/bin', 'usr/sbin', 'usr/lib/erlang']) {
    const entries = await readdir(join(place, folder), { withFileTypes: true, recursive: true }).catch(() => []);
    for (const entry of entries) {
      const file = join(entry.parentPath, entry.name);
      if (!entry.isFile()) continue;
      const begin = await firstBytes(file);
      if (begin.startsWith('\x7fELF')) {
        const asks = await run(patcher, ['--print-interpreter', file]);
        if (asks.stdout.trim() !== '/lib64/ld-linux-x86-64.so.2') continue;
        await mustRun(patcher, ['--set-interpreter', loader, '--force-rpath', '--set-rpath', libraries, file]);
      } else if (begin.startsWith('#!')) {
        // Some say where they and what they call are installed: Erlang's, MariaDB's.
        const text = await readFile(file, 'utf8');
        const here = text.replace(/(?<![\w./])\/usr\/[\w./-]*\w/g, (path) =>
          existsSync(join(place, path)) ? join(place, path) : path,
        );
        if (here !== text) await writeFile(file, here);
      }
    }
  }
}

/** @param {string} file */
async function firstBytes(file) {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
