// A program that Go builds from modules of the Go module proxy, and from nothing else.
import { rename } from 'node:fs/promises';
import { cleanEnvironment, mustRun } from '../../scripts/workplace/run.mjs';

/**
 * @param {string} modules folder with go.mod, and go.sum for the checksums
 * @param {string} path of the package
 * @param {string} file where the program is laid, whole or not at all
 * @param {readonly string[]} flags
 */
export async function buildGoProgram(modules, path, file, flags) {
  const env = { ...cleanEnvironment(), CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '' };
  const proxies = await mustRun('go', ['env', 'GOPROXY'], { cwd: modules, env });
  // Never from a repository: what the proxy does not have is not had.
  const GOPROXY = proxies.trim().replace(/[,|]direct\b/g, '');
  const orElse = `${path} cannot be built: check the network to the Go module proxy, then run it again`;
  // One package at a time: two of the large ones at once would take more memory than a small machine has.
  const args = ['build', '-mod=readonly', '-p', '1', ...flags, '-o', `${file}.new`, path];
  await mustRun('go', args, { cwd: modules, env: { ...env, GOPROXY }, orElse });
  await rename(`${file}.new`, file);
}
