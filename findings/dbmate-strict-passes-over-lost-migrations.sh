#!/usr/bin/env bash
# dbmate 2.36.0, `up --strict`: refuses a migration that is older than the newest applied one, but only while the newest one's file is there.
# A branch that lacks that file (a database that was cloned from another branch, a migration that was renamed) and has an older one that
# is new: `dbmate up --strict` applies it and exits with 0.
# Expected: exit code 2, as with the file: README has "--strict - fail if migrations would be applied out of order".
# Why it matters: this is the case that the option is for. Two branches' migrations run in another order than anywhere else.
# Source: run here, with SQLite as the database.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{"private":true}' >package.json
npm install --silent --no-audit --no-fund dbmate@2.36.0 >/dev/null
export DATABASE_URL="sqlite:$folder/database.sqlite3" DBMATE_NO_DUMP_SCHEMA=true

write() { # NUMBER ...
  rm -rf db/migrations && mkdir -p db/migrations
  for one in "$@"; do
    printf -- '-- migrate:up\nCREATE TABLE t%s (n int);\n\n-- migrate:down\nDROP TABLE t%s;\n' "$one" "$one" >"db/migrations/2026010${one}000000_m$one.sql"
  done
}

write 1 3
npx dbmate up >/dev/null 2>&1
write 1 2 3
with=0 && npx dbmate up --strict >with.log 2>&1 || with=$?
write 1 2
without=0 && npx dbmate up --strict >without.log 2>&1 || without=$?
echo "an older one is new: exit code $with while the newest one's file is there ($(grep -c 'out of order' with.log || true) out of order), $without without it"
[ $with -eq 2 ] && [ $without -eq 0 ] && grep -q 'Applied: 20260102000000_m2.sql' without.log || { echo "CHANGED"; cat with.log without.log; exit 1; }
echo "SEEN: --strict applies an older migration out of order where the newest applied one has no file"
