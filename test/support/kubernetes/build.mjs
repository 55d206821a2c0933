// A current Kubernetes for the tests, as far as it needs no nodes: etcd, the API server and the controllers, built by Go from the
// modules that go.mod names and go.sum has the checksums of. Nothing is fetched from anywhere but the Go module proxy.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { once } from '../../../scripts/workplace/alone.mjs';
import { run } from '../../../scripts/workplace/run.mjs';
import { Stop, say, step } from '../../../scripts/workplace/say.mjs';
import { buildGoProgram } from '../goProgram.mjs';

const modules = import.meta.dirname;

/** In the order in which they are built; each is used by its name. */
const packages = /** @type {const} */ ({
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
});

/** How this machine came by them, for docs/verified.md. */
export const kubernetesObtained = 'built by Go from the Go module proxy, without nodes';

/** @typedef {keyof typeof packages} KubernetesProgram */
const programs = /** @type {KubernetesProgram[]} */ (Object.keys(packages));

/**
 * Why it cannot be built here, in a sentence for a person; undefined: it can.
 * @returns {Promise<string | undefined>}
 */
export async function whyNoKubernetes() {
  if (process.platform === 'win32') return 'Kubernetes’ own servers are not built on Windows.';
  const go = await run('go', ['version'], { cwd: modules }).catch(() => undefined);
  return go?.code === 0 ? undefined : 'Kubernetes’ own servers are built with Go, and there is no "go" on PATH.';
}

/**
 * Builds what is not in the user's cache yet, and says so.
 * @returns {Promise<Readonly<Record<KubernetesProgram, string>>>} where each program is. Rejects with a Stop.
 */
export async function ensureKubernetes() {
  const list = await readFile(join(modules, 'go.mod'), 'utf8');
  const kubernetes = versionOf(list, 'k8s.io/kubernetes');
  const flags = ['-trimpath', '-ldflags', `-s -w ${saysVersion(kubernetes)}`];
  // Another list of modules gets a folder of its own: what is there is what go.sum says.
  const mark = createHash('sha256');
  for (const text of [list, await readFile(join(modules, 'go.sum'), 'utf8'), ...flags]) mark.update(text);
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const home = join(cache, 'coppice-kubernetes', `${kubernetes}-${mark.digest('hex').slice(0, 12)}`);
  const places = /** @type {Record<KubernetesProgram, string>} */ (
    Object.fromEntries(programs.map((name) => [name, join(home, name)]))
  );
  const missing = () => programs.filter((name) => !existsSync(places[name]));
  await mkdir(home, { recursive: true });
  await once(
    async () => missing().length === 0,
    async () => {
      say(
        `Kubernetes ${kubernetes} and etcd ${versionOf(list, packages.etcd)} are built once, by Go, from the Go module proxy into ${home}: ` +
          'on two busy cores that takes up to an hour.',
      );
      for (const name of missing())
        await step(`Building ${name}`, () => buildGoProgram(modules, packages[name], places[name], flags));
    },
    join(home, 'lock'),
  );
  return places;
}

/**
 * @param {string} list go.mod
 * @param {string} module
 */
function versionOf(list, module) {
  const lines = list.split('\n').map((line) => line.trim().split(/\s+/));
  const version = lines.find(([name, said]) => name === module && said?.startsWith('v'))?.[1];
  if (version === undefined) throw new Stop(`test/support/kubernetes/go.mod does not name ${module}.`);
  return version.replace(/^v/, '');
}

/**
 * Without it a server calls itself v0.0.0, and clients take it for one.
 * @param {string} version
 */
function saysVersion(version) {
  const [major, minor] = version.split('.');
  const values = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  return Object.entries(values)
    .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
    .join(' ');
}
