// npm start: the sample repository with its first environment, in VS Code with Coppice, from nothing but Node.js and git.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { alone } from './workplace/alone.mjs';
import { ensureBuilt } from './workplace/built.mjs';
import { ensureBrowserVSCode } from './workplace/browserVSCode.mjs';
import { serveVSCode } from './workplace/codeServer.mjs';
import { mainOnNode24 } from './workplace/dependencies.mjs';
import { findDesktopVSCode, openDesktopVSCode, openInBrowser } from './workplace/desktop.mjs';
import { demoEnvironment, demoSettings } from './workplace/demo.mjs';
import { root, run } from './workplace/run.mjs';
import { ensureHelm } from './workplace/helm.mjs';
import { orUsage } from './workplace/orUsage.mjs';
import { ensureSample } from './workplace/sample.mjs';
import { Stop, say, sayOnStderr, step } from './workplace/say.mjs';

const help = `npm start [-- options]
  --no-open      print the address and the environments, and open nothing
  --json         with it, print one line: {"url", "repository", "gatewayPort", "kubeconfig"}
  --dir <folder> where the sample repository and all that belongs to it goes (default: ~/coppice-demo)`;

/** @typedef {{ pid: number, url: string, repository: string, gatewayPort: number, kubeconfig: string }} Running */

function options() {
  const { values } = orUsage(help, () =>
    parseArgs({
      options: {
        open: { type: 'boolean', default: true },
        json: { type: 'boolean', default: false },
        dir: { type: 'string', default: join(homedir(), 'coppice-demo') },
        help: { type: 'boolean', default: false },
      },
      allowNegative: true,
    }),
  );
  return { ...values, dir: resolve(process.env.INIT_CWD ?? process.cwd(), values.dir) };
}

/**
 * What an earlier start that still runs has left.
 * @param {string} file
 * @returns {Promise<Running | undefined>}
 */
async function findRunning(file) {
  try {
    /** @type {Running} */
    const state = JSON.parse(await readFile(file, 'utf8'));
    process.kill(state.pid, 0);
    const answer = await fetch(new URL('/healthz', state.url), { signal: AbortSignal.timeout(3000) });
    return answer.ok ? state : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Runs the CLI that was built.
 * @param {string[]} args
 * @param {string} repository
 * @param {NodeJS.ProcessEnv} env
 */
async function coppice(args, repository, env) {
  const { code, stdout, output } = await run(process.execPath, [join(root, 'dist', 'cli.js'), ...args], {
    cwd: repository,
    env,
  });
  if (code !== 0) throw new Stop(output.trim() || `coppice ${args.join(' ')} failed`);
  return stdout.trimEnd();
}

/**
 * @param {Running} running
 * @param {boolean} json
 * @param {NodeJS.ProcessEnv} env
 */
async function show(running, json, env) {
  const { url, repository, gatewayPort, kubeconfig } = running;
  if (json) return void process.stdout.write(`${JSON.stringify({ url, repository, gatewayPort, kubeconfig })}\n`);
  say(`\nVS Code: ${url}\n\n${await coppice(['list'], repository, env)}\n`);
}

await mainOnNode24(fileURLToPath(import.meta.url), async () => {
  const { open, json, dir, help: wantsHelp } = options();
  if (wantsHelp) return void say(help);
  if (json) sayOnStderr();
  const git = await run('git', ['--version']).catch(() => undefined);
  if (git?.code !== 0) throw new Stop('Coppice needs git on the PATH: https://git-scm.com/downloads');

  const stateFile = join(dir, 'start.json');
  const env = demoEnvironment();
  // Two at the same instant: the second waits, and finds what the first has started.
  const started = await alone(join(dir, '.starting'), async () => {
    const earlier = await findRunning(stateFile);
    if (earlier) return { earlier };

    const desktop = open ? findDesktopVSCode() : undefined;
    if (!desktop) await ensureBrowserVSCode();
    await ensureHelm();
    const vsix = await ensureBuilt();
    const repository = await ensureSample(dir);
    await step('Starting its first environment, main', () =>
      coppice(['create', 'main', '--yes', '--json'], repository, env),
    );
    const folders = { userData: join(dir, 'vscode', 'user'), extensions: join(dir, 'vscode', 'extensions') };
    await writeSettings(folders.userData);

    if (desktop) {
      await step('Opening VS Code', () => openDesktopVSCode(desktop, { vsix, repository, folders, env }));
      say(`\n${await coppice(['list'], repository, env)}\n\n${howToStop()}`);
      return undefined;
    }

    const server = await step('Starting VS Code for the browser', () =>
      serveVSCode({ vsix: [vsix], folders, env, log: join(dir, 'vscode', 'server.log') }),
    );
    const cluster = join(env.COPPICE_HOME || join(homedir(), '.coppice'), 'cluster');
    const { gatewayPort } = JSON.parse(await readFile(join(cluster, 'cluster.json'), 'utf8'));
    /** @type {Running} */
    const running = {
      pid: server.pid,
      url: `${server.address}/?folder=${encodeURI(repository)}`,
      repository,
      gatewayPort,
      kubeconfig: join(cluster, 'kubeconfig'),
    };
    await writeFile(stateFile, JSON.stringify(running));
    return { server, running };
  });
  if (!started) return;

  if (started.earlier) {
    say(`VS Code runs already, as process ${started.earlier.pid}.`);
    await show(started.earlier, json, env);
    if (open) await openInBrowser(started.earlier.url);
    return;
  }

  const { server, running } = started;
  await show(running, json, env);
  if (open && !(await openInBrowser(running.url))) say('Open the address in a browser on this machine.');
  say('Ctrl-C ends VS Code.');

  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => server.stop());
  const asked = await server.ended;
  await rm(stateFile, { force: true });
  if (!asked) throw new Stop(`VS Code ended by itself: ${join(dir, 'vscode', 'server.log')} says why.`);
  say(`\nVS Code has ended. ${howToStop()}`);
});

function howToStop() {
  return 'The environments keep running; "npx coppice cluster stop" stops them.';
}

/**
 * The settings that tell Coppice where this clone has Helm and PostgreSQL, beside what a person has set there.
 * @param {string} userData
 */
async function writeSettings(userData) {
  const file = join(userData, 'User', 'settings.json');
  await mkdir(join(userData, 'User'), { recursive: true });
  const present = existsSync(file) ? await readFile(file, 'utf8') : '{}';
  try {
    await writeFile(file, `${JSON.stringify({ ...demoSettings(), ...JSON.parse(present) }, null, 2)}\n`);
  } catch (error) {
    // Settings with comments are a person's own: they stay as they are.
    if (!(error instanceof SyntaxError)) throw error;
  }
}
