// VS Code and the browser of a desktop, where there is one.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { codeServerEnvironment } from './browserVSCode.mjs';
import { mustRun } from './run.mjs';

const windows = process.platform === 'win32';

function hasDesktop() {
  return windows || process.platform === 'darwin' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
}

/** @returns {string | undefined} the path of the person's own `code`, where a desktop can show it */
export function findDesktopVSCode() {
  if (!hasDesktop()) return undefined;
  const path = process.env.PATH ?? '';
  return path
    .split(delimiter)
    .map((folder) => join(folder, windows ? 'code.cmd' : 'code'))
    .find((file) => existsSync(file));
}

/**
 * Opens a folder in the person's VS Code, with the extension in a profile folder of the demo's own: their settings and
 * their extensions stay as they are.
 * @param {string} code
 * @param {{ vsix: string, repository: string, folders: { userData: string, extensions: string }, env: NodeJS.ProcessEnv }} demo
 */
export async function openDesktopVSCode(code, { vsix, repository, folders, env }) {
  const own = ['--user-data-dir', folders.userData, '--extensions-dir', folders.extensions];
  const orElse = 'VS Code could not be opened';
  for (const args of [['--install-extension', vsix, '--force'], [repository]]) {
    // A .cmd file runs in a shell only; these arguments are paths and options of ours.
    const all = windows ? [...own, ...args].map((argument) => `"${argument}"`) : [...own, ...args];
    await mustRun(windows ? `"${code}"` : code, all, { env: codeServerEnvironment(env), shell: windows, orElse });
  }
}

/**
 * Opens an address in the person's browser.
 * @param {string} url
 * @returns {Promise<boolean>} whether there is a desktop that does it
 */
export async function openInBrowser(url) {
  if (!hasDesktop()) return false;
  const [program, ...args] = windows
    ? ['rundll32', 'url.dll,FileProtocolHandler', url]
    : [process.platform === 'darwin' ? 'open' : 'xdg-open', url];
  return new Promise((done) => {
    const child = spawn(String(program), args, { stdio: 'ignore', detached: true });
    child.on('error', () => done(false));
    child.on('spawn', () => done(true));
    child.unref();
  });
}
