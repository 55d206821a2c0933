#!/usr/bin/env bash
# drizzle-orm 0.45.4 (`migrate`, the stable release): two branches each add a migration; the younger one is applied to a database first
# (a template, main's database), then the older one arrives by a merge. `migrate` returns without a word and never applies it: it compares
# each migration's time with the newest one in the table instead of asking which are there. The drizzle of the next major (1.0.0-rc.5)
# applies it.
# Expected: that what is in the journal and not in the table is applied, or an error, as knex, Prisma, TypeORM and node-pg-migrate do.
# Why it matters: a database that was cloned from one branch and migrated by another lacks a table while everything is green.
# Source: run here, with PGlite as the database.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

write_old() { # a folder of migrations in the form of drizzle-kit 0.31: NAME:TIME ...
  rm -rf drizzle && mkdir -p drizzle/meta
  local index=0 entries=
  for one in "$@"; do
    local name=${one%%:*} time=${one##*:}
    printf 'CREATE TABLE "%s" ("id" integer);\n' "$name" >"drizzle/$name.sql"
    entries+="${entries:+,}{\"idx\":$index,\"version\":\"7\",\"when\":$time,\"tag\":\"$name\",\"breakpoints\":true}"
    index=$((index + 1))
  done
  printf '{"version":"7","dialect":"postgresql","entries":[%s]}' "$entries" >drizzle/meta/_journal.json
}

write_new() { # the same in the form of 1.0: a folder a migration, the time in its name
  rm -rf drizzle
  for one in "$@"; do
    local name=${one%%:*} time=${one##*:}
    mkdir -p "drizzle/$(date -u -d "@$((time / 1000))" +%Y%m%d%H%M%S)_$name"
    printf 'CREATE TABLE "%s" ("id" integer);\n' "$name" >"drizzle/$(date -u -d "@$((time / 1000))" +%Y%m%d%H%M%S)_$name/migration.sql"
  done
}

cat >"$folder/migrate.mjs" <<'JS'
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
const client = new PGlite('./database');
await migrate(drizzle({ client }), { migrationsFolder: 'drizzle' });
const { rows } = await client.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
console.log(rows.map(({ tablename }) => tablename).join(' '));
await client.close();
JS

first=first:1767225600000 older=older:1767312000000 younger=younger:1767398400000
result=
for version in 0.45.4 1.0.0-rc.5; do
  mkdir "$folder/$version"
  cd "$folder/$version"
  printf '{"type":"module","private":true}' >package.json
  npm install --silent --no-audit --no-fund --legacy-peer-deps "drizzle-orm@$version" @electric-sql/pglite@0.3.14
  cp "$folder/migrate.mjs" .
  write=write_old
  case $version in 1.*) write=write_new ;; esac
  $write "$first" "$younger"
  node migrate.mjs >/dev/null
  $write "$first" "$older" "$younger"
  code=0
  tables=$(node migrate.mjs) || code=$?
  echo "drizzle-orm $version: exit code $code, tables: $tables"
  result+="$code $tables; "
done
[ "$result" = '0 first younger; 0 first older younger; ' ] || { echo "CHANGED"; exit 1; }
echo "SEEN: the stable release skips the older migration without a word"
