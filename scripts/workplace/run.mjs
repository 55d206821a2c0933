// Child processes of the scripts: quiet, with what they said kept for the one line that tells why they failed.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stop } from './say.mjs';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const windows = process.platform === 'win32';

/**
 * The environment for child processes: this clone's tools first on PATH, and nothing of the npm run around us, which
 * would make an inner npm work in the outer one's folder, and as silent as "npm run --silent" is.
 * @returns {NodeJS.ProcessEnv}
 */
export function cleanEnvironment() {
  /** @type {NodeJS.ProcessEnv} */
  const env = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (
      /^npm_(package|lifecycle|command|execpath|node_execpath|config_(local_prefix|global_prefix|prefix|loglevel))/i.test(
        name,
      )
    )
      continue;
    env[name] = value;
  }
  const path = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  const tools = join(root, 'node_modules', '.bin');
  const rest = (env[path] ?? '').split(delimiter).filter((folder) => folder !== tools);
  env[path] = [tools, ...rest].join(delimiter);
  return env;
}

/**
 * @typedef {{ cwd?: string, env?: NodeJS.ProcessEnv, shell?: boolean, onOutput?: (text: string) => void }} RunOptions
 * @typedef {{ code: number, stdout: string, output: string }} RunResult `output` is stdout and stderr as they came
 */

/**
 * Runs a program to its end. Does not reject for an exit code; rejects with a Stop when the program cannot be started.
 * @param {string} program
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 */
export function run(program, args, { cwd = root, env = cleanEnvironment(), shell = false, onOutput } = {}) {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    let stdout = '';
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      output += text;
      onOutput?.(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output += text;
      onOutput?.(text);
    });
    child.on('error', (error) => fail(new Stop(`${program} cannot be started: ${error.message}`)));
    child.on('close', (code) => done({ code: code ?? 1, stdout, output }));
  });
}

/**
 * Runs a program that has to succeed.
 * @param {string} program
 * @param {string[]} args
 * @param {RunOptions & { orElse?: string }} [options] `orElse`: what the person is told to do when it fails
 * @returns {Promise<string>} its stdout
 */
export async function mustRun(program, args, { orElse, ...options } = {}) {
  const { code, stdout, output } = await run(program, args, options);
  if (code === 0) return stdout;
  throw new Stop(`${orElse ?? `${program} ${args.join(' ')} failed`} (${lastLine(output) || `exit code ${code}`})`);
}

/** @param {string} output */
export function lastLine(output) {
  const lines = output.split('\n').map((line) => line.trim());
  const meaningful = lines.filter((line) => line !== '' && !/complete log of this run|debug-0\.log$/i.test(line));
  // npm says what went wrong in its first "npm error" line that is a sentence, and ends with where its log lies.
  return (
    meaningful.find((line) => /^npm (error|ERR!) (?!code|errno|syscall|path)/.test(line)) ?? meaningful.at(-1) ?? ''
  );
}

/**
 * How npm is called without a shell: its JavaScript by a Node.js, found where each system keeps it.
 * @returns {{ program: string, args: string[], shell: boolean }}
 */
function npmCommand() {
  const own = process.env.npm_execpath;
  const beside = dirname(process.env.npm_node_execpath ?? process.execPath);
  const places = [
    own && /npm-cli\.js$/.test(own) ? own : undefined,
    join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    '/usr/share/nodejs/npm/bin/npm-cli.js',
  ];
  const script = places.find((place) => place !== undefined && existsSync(place));
  if (script) return { program: process.execPath, args: [script], shell: false };
  return { program: windows ? 'npm.cmd' : 'npm', args: [], shell: windows };
}

/**
 * Runs npm, quietly.
 * @param {string[]} args words without spaces: on Windows they may pass through a shell
 * @param {{ cwd?: string, orElse: string }} options
 */
export async function npm(args, { cwd = root, orElse }) {
  const command = npmCommand();
  const quiet = ['--loglevel=error', '--no-audit', '--no-fund', '--no-update-notifier'];
  await mustRun(command.program, [...command.args, ...args, ...quiet], { cwd, orElse, shell: command.shell });
}
