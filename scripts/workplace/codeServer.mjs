// A running VS Code for the browser.
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { codeServerArguments, codeServerEnvironment, installVsix } from './browserVSCode.mjs';
import { Stop } from './say.mjs';

/**
 * Installs packaged extensions into VS Code for the browser and serves it on loopback, on the first free port from `firstPort`.
 * @param {{
 *   vsix: readonly string[],
 *   folders: { userData: string, extensions: string },
 *   env: NodeJS.ProcessEnv,
 *   log: string,
 *   args?: string[],
 *   firstPort?: number,
 * }} options `firstPort` 0 takes any port; `log` gets all that the server says
 * @returns {Promise<{ address: string, pid: number, ended: Promise<boolean>, stop: () => void }>} `ended` resolves with whether it was
 *   asked to; rejects with a Stop when it does not serve within a minute
 */
export async function serveVSCode({ vsix, folders, env, log, args = [], firstPort = 8090 }) {
  await mkdir(dirname(log), { recursive: true });
  for (const file of vsix) await installVsix(file, folders);
  const port = firstPort === 0 ? 0 : await firstFreePort(firstPort);
  const server = spawn(
    process.execPath,
    [...codeServerArguments(folders), '--bind-addr', `127.0.0.1:${port}`, ...args],
    // In a group of its own, so that Ctrl-C in a terminal reaches it through us only, once.
    { env: codeServerEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  let asked = false;
  const stop = () => {
    asked = true;
    server.kill('SIGTERM');
    setTimeout(() => server.kill('SIGKILL'), 5_000).unref();
  };
  const ended = new Promise((done) => server.on('exit', () => done(asked)));
  // Whatever ends this process ends the server with it.
  process.on('exit', () => server.kill('SIGTERM'));
  return { address: await servedAddress(server, log), pid: Number(server.pid), ended, stop };
}

/**
 * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} server
 * @param {string} logFile
 * @returns {Promise<string>} the address that it says it listens on
 */
function servedAddress(server, logFile) {
  const log = createWriteStream(logFile);
  return new Promise((done, fail) => {
    const giveUp = setTimeout(() => {
      fail(new Stop(`VS Code did not start within a minute: ${logFile} says why.`));
      server.kill('SIGKILL');
    }, 60_000);
    let said = '';
    /** @param {Buffer} chunk */
    const listen = (chunk) => {
      log.write(chunk);
      if (said.length > 100_000) return;
      said += chunk;
      const address = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (!address) return;
      clearTimeout(giveUp);
      done(address);
    };
    server.stdout.on('data', listen);
    server.stderr.on('data', listen);
    server.on('error', fail);
    server.on('exit', (code) => {
      log.end();
      clearTimeout(giveUp);
      fail(new Stop(`VS Code ended with ${code ?? 'a signal'}: ${logFile} says why.`));
    });
  });
}

/**
 * @param {number} from
 * @returns {Promise<number>}
 */
async function firstFreePort(from) {
  for (let port = from; port < from + 100; port++) {
    const free = await new Promise((done) => {
      const probe = createServer();
      probe.once('error', () => done(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
    });
    if (free) return port;
  }
  throw new Stop(`None of the ports ${from} to ${from + 99} is free on this machine.`);
}
