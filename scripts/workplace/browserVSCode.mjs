// VS Code for the browser: code-server, kept in test/vscode with a lockfile of its own, because the product does not need it.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { once } from './alone.mjs';
import { isInstalled } from './dependencies.mjs';
import { cleanEnvironment, npm, root, run } from './run.mjs';
import { Stop, say, step } from './say.mjs';

const home = join(root, 'test', 'vscode');
const codeServer = join(home, 'node_modules', 'code-server');
const inner = join(codeServer, 'lib', 'vscode');
/** Says with which code-server the native modules were tried: they take a compiler and 20 s, and are tried once. */
const nativesStamp = join(home, 'node_modules', '.natives-tried');

/** The program that Node.js 24 runs. */
export const codeServerEntry = join(codeServer, 'out', 'node', 'entry.js');

/** How this machine came by it, for docs/verified.md. */
export const browserVSCodeObtained = `npm: code-server (${relative(root, home)})`;

/** Installs VS Code for the browser where it is missing. Rejects with a Stop. */
export async function ensureBrowserVSCode() {
  if (process.platform === 'win32') {
    throw new Stop('VS Code for the browser runs on Linux and macOS only: install VS Code, with "code" on PATH.');
  }
  const orElse =
    'VS Code for the browser could not be installed: check the network to the npm registry, then run it again.';
  await once(
    async () =>
      (await isInstalled(home)) && (await isInstalled(inner, 'npm-shrinkwrap.json')) && (await areNativesTried()),
    async () => {
      if (!(await isInstalled(home)) || !(await isInstalled(inner, 'npm-shrinkwrap.json')))
        await step('Installing VS Code for the browser', async () => {
          // Its own install script compiles modules that nothing here uses, for minutes.
          if (!(await isInstalled(home))) await npm(['ci', '--ignore-scripts'], { cwd: home, orElse });
          await npm(['install', '--omit=dev', '--ignore-scripts'], { cwd: inner, orElse });
        });
      if (!(await areNativesTried())) await tryNatives();
    },
  );
}

/** The two native modules worth having: log files (spdlog), and an extension host that ends with its server (watchdog). */
const natives = ['spdlog', 'native-watchdog'];

/** @returns {Promise<string>} the version of code-server */
async function installedVersion() {
  return JSON.parse(await readFile(join(codeServer, 'package.json'), 'utf8')).version;
}

/** @returns {Promise<string>} the version of VS Code that it is */
export async function browserVSCodeVersion() {
  return JSON.parse(await readFile(join(inner, 'package.json'), 'utf8')).version;
}

async function areNativesTried() {
  const built = natives.every((name) => existsSync(join(inner, 'node_modules', '@vscode', name, 'build', 'Release')));
  return built || (await readFile(nativesStamp, 'utf8').catch(() => '')) === (await installedVersion());
}

async function tryNatives() {
  const failed = await step('Compiling two of its native modules', async () => {
    try {
      await npm(['rebuild', ...natives.map((name) => `@vscode/${name}`)], { cwd: inner, orElse: '' });
      return false;
    } catch {
      return true;
    }
  });
  await writeFile(nativesStamp, await installedVersion());
  if (failed)
    say('VS Code runs without them, but writes no log files: a C++ compiler, make and Python 3 would change that.');
}

/**
 * The arguments that every use of it shares: on loopback, without a password, its files in folders of the caller's.
 * @param {{ userData: string, extensions: string }} folders
 */
export function codeServerArguments({ userData, extensions }) {
  return [
    ...[codeServerEntry, '--config', join(userData, 'code-server.yaml'), '--auth', 'none'],
    ...['--user-data-dir', userData, '--extensions-dir', extensions],
    ...['--disable-telemetry', '--disable-update-check'],
  ];
}

/**
 * The environment that it runs in. Inside a VS Code terminal the variables of that VS Code would turn a start into
 * "open this in the running window".
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function codeServerEnvironment(env = cleanEnvironment()) {
  const foreign = /^(VSCODE_|CODE_SERVER_|ELECTRON_RUN_AS_NODE$)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)));
}

/**
 * Installs a packaged extension.
 * @param {string} vsix
 * @param {{ userData: string, extensions: string }} folders
 */
export async function installVsix(vsix, folders) {
  const args = [...codeServerArguments(folders), '--install-extension', vsix, '--force'];
  const { code, output } = await run(process.execPath, args, { env: codeServerEnvironment() });
  if (code !== 0)
    throw new Stop(`The extension could not be installed into VS Code: ${output.trim().split('\n').at(-1)}`);
}
