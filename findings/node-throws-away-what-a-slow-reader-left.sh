#!/usr/bin/env bash
# Node.js 24 (npm's `node@24.21.0`) on Linux: the standard output of a program that `child_process.spawn` starts is a socket, not a pipe. A
# program that prints many short lines and then throws loses all that come after some 170 of them, if its parent is busy for a moment: each
# small write takes a good deal of the socket's room, the rest waits in the program, and what waits is dropped by an uncaught exception.
# Through a pipe of a shell the same program loses nothing.
# Expected: all lines: writes of process.stdout to pipes and sockets are documented to be synchronous on Linux.
# Why it matters: the last lines before a crash are those that somebody looks for in a log, and a busy parent is the one that starts much.
# Source: run here; the documentation: https://nodejs.org/api/process.html#a-note-on-process-io
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund node@24.21.0 >/dev/null
cat >parent.mjs <<'JS'
import { spawn } from 'node:child_process';
const child = `for (let i = 1; i <= 1000; i++) console.log('row ' + i); throw new Error('the reason')`;
const rows = (file, ...argv) =>
  new Promise((resolve) => {
    const program = spawn(file, argv, { stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    program.stdout.on('data', (data) => (output += data));
    program.on('close', () => resolve(output.split('\n').filter((line) => line.startsWith('row ')).length));
    // Busy with something else.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
  });
const direct = await rows(process.execPath, '-e', child);
const piped = await rows('sh', '-c', '"$0" -e "$1" | cat', process.execPath, child);
console.log(`Node.js ${process.version}: of 1000 lines before an uncaught error ${direct} arrive by spawn, ${piped} through a pipe`);
process.exitCode = direct < 1000 && piped === 1000 ? 0 : 1;
JS
./node_modules/.bin/node parent.mjs
