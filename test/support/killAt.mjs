/*
 * Loaded before the CLI (NODE_OPTIONS=--import), it writes down each step by which that process changes something outside of itself, in the
 * order in which they are done: a request that a cluster has answered, a file, a statement that a database has answered, a program that has
 * begun or ended. After the one whose number it is given, it kills a process, without a word to it: its own, or another's.
 */
import childProcess from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import promises from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { Socket } from 'node:net';
import { basename } from 'node:path';

/** The variable that says in JSON what is wanted. */
export const killVariable = 'KILL_AT';

/**
 * @typedef {object} KillAt
 * @property {number} parent whose child is counted: what it starts itself is not
 * @property {string} place a folder: of files, only those in it are counted
 * @property {string} ledger a file that gets a line for each step
 * @property {number} [after] the number of the last step; without it all of them are done
 * @property {string} [victim] a file that says which other process is killed, as a server's own: its first line, or "pid" in JSON
 */

/** Of git, what changes something; of Helm, what does not. */
const changesGit =
  /^git (-c \S+ |-\S+ )*(worktree (add|remove|prune|lock|unlock|move|repair)|update-ref|checkout|reset|branch|commit-tree|mktree|write-tree|symbolic-ref|pack-refs|fetch|submodule|config (?!.*--(list|get|show)))/;
const tells = /^helm version\b/;
/** What an earlier step of the same has begun, or what is asked again until the answer has changed. */
const isPart = /\.coppice-tmp$|^(open|rm) \S+\.lock$|databaseServer\.json$/;
const changesRows =
  /^\s*(create|alter|drop|comment|grant|revoke|insert|update|delete|truncate|reassign|commit|select pg_(terminate|advisory))/i;

/** @type {KillAt | undefined} */
const wanted = process.env[killVariable] === undefined ? undefined : JSON.parse(process.env[killVariable]);
if (wanted !== undefined && wanted.parent === process.ppid) count(wanted);

/** @param {KillAt} wanted */
function count({ place, ledger, after, victim }) {
  let done = 0;
  const write = appendFileSync;
  /** @param {string} step */
  const take = (step) => {
    if (done === after || isPart.test(step)) return;
    done++;
    write(ledger, `${step.replaceAll(/\s+/g, ' ').slice(0, 160)}\n`);
    if (done === after) process.kill(victim === undefined ? process.pid : pidIn(victim), 'SIGKILL');
  };

  for (const module of /** @type {any[]} */ ([http, https])) {
    const { request } = module;
    module.request = (/** @type {any[]} */ ...given) => {
      const call = request(...given);
      if (!/^(GET|HEAD)$/.test(call.method))
        call.prependOnceListener('response', () => take(`${call.method} ${call.path.replace(/\?.*/, '')}`));
      return call;
    };
  }

  const files = /** @type {any} */ (promises);
  const changing = ['rename', 'link', 'mkdir', 'rm', 'rmdir', 'writeFile', 'copyFile', 'unlink', 'symlink', 'chmod'];
  for (const name of changing) {
    const real = files[name];
    files[name] = async (/** @type {any[]} */ ...given) => {
      const answer = await real(...given);
      const isNew = name !== 'mkdir' || given[1]?.recursive !== true || answer !== undefined;
      // What it becomes: until then it has a name of its own.
      const path = name === 'rename' || name === 'link' ? given[1] : given[0];
      if (isNew && isIn(place, path)) take(`${name} ${basename(String(path))}`);
      return answer;
    };
  }
  const { open } = files;
  files.open = async (/** @type {any[]} */ ...given) => {
    const handle = await open(...given);
    if (/[wax+]/.test(String(given[1] ?? 'r')) && isIn(place, given[0])) take(`open ${basename(String(given[0]))}`);
    return handle;
  };

  const { write: send } = Socket.prototype;
  Socket.prototype.write = function (/** @type {any[]} */ ...given) {
    const statement = statementOf(given[0]);
    if (statement !== undefined && changesRows.test(statement))
      this.prependOnceListener('data', () => take(`SQL ${statement}`));
    // @ts-expect-error as it was called
    return send.apply(this, given);
  };

  const { spawn } = childProcess;
  // @ts-expect-error of its many forms one is used
  childProcess.spawn = (/** @type {string} */ program, /** @type {string[]} */ argv, /** @type {any} */ ...more) => {
    const child = spawn(program, argv, ...more);
    const line = [basename(program), ...argv].join(' ');
    if (line.startsWith('git ') ? changesGit.test(line) : !tells.test(line)) {
      take(`begin ${line}`);
      child.prependOnceListener('exit', () => take(`end ${line}`));
    }
    return child;
  };
  syncBuiltinESMExports();
}

/**
 * @param {string} place
 * @param {unknown} path
 */
function isIn(place, path) {
  return String(path).startsWith(place) && !/[/]compiled([/]|$)/.test(String(path));
}

/**
 * What PostgreSQL is asked by a simple query or by a statement that is parsed; undefined: it is neither.
 *
 * @param {unknown} bytes
 */
function statementOf(bytes) {
  if (!Buffer.isBuffer(bytes) || bytes.length < 6 || bytes.readInt32BE(1) !== bytes.length - 1) return undefined;
  if (bytes[0] === 0x51) return bytes.toString('utf8', 5, bytes.length - 1);
  return bytes[0] === 0x50
    ? bytes.toString('utf8', bytes.indexOf(0, 5) + 1, bytes.indexOf(0, bytes.indexOf(0, 5) + 1))
    : undefined;
}

/** @param {string} path */
function pidIn(path) {
  const text = readFileSync(path, 'utf8');
  return Number(/"pid": *(\d+)/.exec(text)?.[1] ?? /^(\d+)/.exec(text)?.[1]);
}
