#!/usr/bin/env bash
# npm 12.2.2, which runs scripts of packages only where package.json's `allowScripts` names them (`npm approve-scripts`): a package that is installed by
# then never gets its script.
#   1. The first `npm install` warns: "1 package had install scripts blocked". `npm approve-scripts esbuild` says "Approved", and runs nothing.
#   2. `npm install` from then on says "up to date" and exits with 0; the warning is gone, and `npm install-scripts ls` says that nothing is left to
#      review. The script was not run, and nothing tells it. `npm ci` and `npm rebuild` run it.
#   3. The same in each other checkout to which the approval comes as a commit: its `npm install` has nothing to do either.
# Expected: that an install which a script was blocked in is not "up to date" once it is allowed; or that something says so. npm knows that it
# has not run: the record of what is installed could say it (node_modules/.package-lock.json says hasInstallScript of both).
# Why it matters: what a script makes (an addon, a program, a generated client) is missing, and the person who approved it sees it working, since
# `approve-scripts` mostly is followed by a `rebuild` there. Everybody else pulls the commit, runs `npm install`, and has an addon that is not found; copied
# node_modules of a worktree that was installed before the approval look complete by lockfile and record.
# Source: run here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# Its own Node.js: npm 12 wants 24.15 or newer.
npm install --silent --no-audit --no-fund --prefix tools npm@12.2.2 node@24.21.0 >/dev/null 2>&1
export PATH=$folder/tools/node_modules/.bin:$PATH HOME=$folder npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
echo "npm $(npm --version), Node.js $(node --version)"
mkdir first
cd first
echo '{ "name": "app", "version": "1.0.0", "dependencies": { "esbuild": "0.25.12" } }' >package.json
# esbuild's script puts its program in the place of one that starts it by Node.js.
ran() { [ "$(head -c 4 node_modules/esbuild/bin/esbuild | tail -c 3)" = ELF ] && echo run || echo 'not run'; }
blocked() { grep -c 'install scripts blocked' "$folder/said" || true; }
step() {
  local name=$1 code=0
  shift
  "$@" >"$folder/said" 2>&1 || code=$?
  echo "$name: exit $code, warns $(blocked) times, $(ran)$(grep -o 'up to date' "$folder/said" | sed 's/^/, /' || true)"
  seen+="$code $(blocked) $(ran); "
}
seen=
step 'npm install' npm install
cp -a . ../second
step 'npm approve-scripts esbuild' npm approve-scripts esbuild
grep -o '"allowScripts.*' package.json
step 'npm install after that' npm install
step 'npm install-scripts ls' npm install-scripts ls
cp package.json package-lock.json ../second
cd ../second
step 'npm install in a checkout that gets the commit' npm install
step 'npm rebuild there' npm rebuild
cd ../first
step 'npm ci' npm ci
[ "$seen" = '0 1 not run; 0 0 not run; 0 0 not run; 0 0 not run; 0 0 not run; 0 0 run; 0 0 run; ' ] || { echo "CHANGED: $seen"; exit 1; }
echo "SEEN: a script that was approved after the install is not run, and nothing says so"
