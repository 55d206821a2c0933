#!/usr/bin/env bash
# drizzle-kit with a PostgreSQL server that does not run. 0.30.6: `push` prints the error and exits with 0. 0.31.11: `push` exits with 1, and
# `migrate` exits with 1 and says not one word of why (0.30.6 printed "connect ECONNREFUSED").
# Expected: an exit code other than 0, and the reason, from both and in both.
# Why it matters: a generator of projects still pins 0.30 and has "db:push" for its setup. Whoever fills a template or a test database by
# it goes on with an empty one; whoever runs `migrate` of 0.31 in CI or in a worktree's setup has a failure without a reason.
# Source: run here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset DATABASE_URL CI

run() { # version orm
  mkdir -p "$folder/$1/src"
  cd "$folder/$1"
  printf '{"name":"app","private":true,"type":"module"}' >package.json
  npm install --silent --no-audit --no-fund "drizzle-kit@$1" "drizzle-orm@$2" postgres@3.4.7 >/dev/null 2>&1
  printf "import { pgTable, serial } from 'drizzle-orm/pg-core';\nexport const notes = pgTable('notes', { id: serial('id') });\n" >src/schema.ts
  # Nothing listens at port 1.
  printf "export default { schema: './src/schema.ts', dialect: 'postgresql', dbCredentials: { url: 'postgres://u:p@127.0.0.1:1/x' } };\n" >drizzle.config.ts
  npx drizzle-kit generate </dev/null >/dev/null 2>&1
  push=0 && npx drizzle-kit push --force </dev/null >push.log 2>&1 || push=$?
  migrate=0 && npx drizzle-kit migrate </dev/null >migrate.log 2>&1 || migrate=$?
  why=$(grep -c ECONNREFUSED migrate.log || true)
  echo "drizzle-kit $1: push exits with $push; migrate exits with $migrate and says the reason: $([ "$why" -gt 0 ] && echo yes || echo no)"
}

run 0.30.6 0.41.0
[ $push -eq 0 ] && [ $migrate -eq 1 ] && [ "$why" -gt 0 ] || { echo "CHANGED"; exit 1; }
run 0.31.11 0.45.4
[ $push -eq 1 ] && [ $migrate -eq 1 ] && [ "$why" -eq 0 ] || { echo "CHANGED"; exit 1; }
echo "SEEN: a push that failed with exit code 0, and a migrate that failed without a reason"
