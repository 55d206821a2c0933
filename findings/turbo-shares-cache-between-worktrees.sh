#!/usr/bin/env bash
# Turborepo 2.11.11: a linked git worktree has no cache of its own. Where a task's inputs are the same, its outputs come out of the
# main worktree's cache, whatever is written in them: a file that holds the folder where it was built (source maps, generated
# configuration, compiled paths) leads to the main worktree. Nothing is asked and the exit code is 0; one line tells it.
# Expected: that outputs are cached by folder, as they are in two clones.
# Why it matters: a worktree's dist/ may point to another branch's files while all tests are green. `cacheDir` in turbo.json ends it.
# Source: run here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/main/packages/app"
cd "$folder/main"
git init --quiet --initial-branch=main .
cat >package.json <<'JSON'
{ "name": "root", "private": true, "packageManager": "npm@11.0.0", "workspaces": ["packages/*"] }
JSON
cat >turbo.json <<'JSON'
{ "tasks": { "build": { "outputs": ["dist/**"] } } }
JSON
cat >packages/app/package.json <<'JSON'
{ "name": "app", "version": "1.0.0", "scripts": { "build": "mkdir -p dist && pwd > dist/folder.txt" } }
JSON
printf 'node_modules\ndist\n.turbo\n' >.gitignore
npm install --silent --no-audit --no-fund --save-dev turbo@2.11.11
git add --all
git -c user.name=a -c user.email=a@example.com commit --quiet --message first
export TURBO_TELEMETRY_DISABLED=1 DO_NOT_TRACK=1 TURBO_NO_UPDATE_NOTIFIER=1
npx turbo --version
npx turbo run build --output-logs=none >/dev/null
git worktree add --quiet "$folder/worktree" -b branch
cd "$folder/worktree"
cp -a "$folder/main/node_modules" .
npx turbo run build 2>&1 | grep -iE 'cache|hit|miss' || true
built=$(cat packages/app/dist/folder.txt)
echo "the worktree's output says that it was built in: ${built#"$folder"/}"
[ "$built" = "$folder/main/packages/app" ] || { echo "CHANGED: expected the main worktree's folder"; exit 1; }
printf '{ "cacheDir": ".turbo/cache", "tasks": { "build": { "outputs": ["dist/**"] } } }\n' >turbo.json
npx turbo run build --output-logs=none >/dev/null
built=$(cat packages/app/dist/folder.txt)
echo "with cacheDir in turbo.json: ${built#"$folder"/}"
[ "$built" = "$folder/worktree/packages/app" ] || { echo "CHANGED: cacheDir does not help"; exit 1; }
echo "SEEN: a linked worktree gets the main worktree's outputs"
