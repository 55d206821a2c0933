// The browser of the end-to-end tests.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { mustRun } from './run.mjs';
import { Stop, step } from './say.mjs';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** @returns {string | undefined} the browser's path: COPPICE_CHROMIUM, or where systems keep it */
export function findChromium() {
  return [process.env.COPPICE_CHROMIUM, ...places].find((place) => place && existsSync(place));
}

/** Finds the browser; on Debian as root it is installed. Rejects with a Stop. */
export async function ensureChromium() {
  if (findChromium()) return;
  const system = await readFile('/etc/os-release', 'utf8').catch(() => '');
  if (!/^ID(_LIKE)?=.*debian/m.test(system)) {
    throw new Stop('The tests need Chromium or Chrome: install it, or set COPPICE_CHROMIUM to its path.');
  }
  if (process.getuid?.() !== 0) throw new Stop('The tests need Chromium: run "sudo apt-get install chromium".');
  const orElse = 'Chromium could not be installed: run "apt-get install chromium" and see why.';
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await step('Installing Chromium', async () => {
    await mustRun('apt-get', ['update', '-qq'], { env, orElse });
    await mustRun('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { env, orElse });
  });
}
