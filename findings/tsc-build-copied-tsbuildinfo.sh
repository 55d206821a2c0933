#!/usr/bin/env bash
# TypeScript 7.0.2 and 5.9.3: a folder is copied to another worktree with its `tsconfig.tsbuildinfo`, but without its outDir (which is
# ignored by git and by most copy lists). `tsc -b` says nothing, exits with 0 and writes nothing, now and ever after: it believes the
# file and does not look whether the outputs are there. `--force` helps.
# Expected: that a missing output makes the project out of date, as make, ninja and Turborepo see it.
# Why it matters: the build of a new worktree is "green", and what runs fails for want of dist/; copy both or none.
# Source: run here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

for version in 7.0.2 5.9.3; do
  mkdir -p "$folder/$version/tool" "$folder/$version/main/src"
  cd "$folder/$version/tool"
  npm init --yes >/dev/null
  npm install --silent --no-audit --no-fund "typescript@$version"
  tsc=$folder/$version/tool/node_modules/.bin/tsc
  cd "$folder/$version/main"
  printf '{"compilerOptions":{"composite":true,"rootDir":"src","outDir":"dist","tsBuildInfoFile":"tsconfig.tsbuildinfo","types":[]},"include":["src"]}\n' >tsconfig.json
  printf 'export const answer: number = 42;\n' >src/index.ts
  "$tsc" -b
  [ -f dist/index.js ] || { echo "CHANGED: TypeScript $version built nothing in the first place"; exit 1; }

  mkdir "$folder/$version/worktree"
  cp -a src tsconfig.json tsconfig.tsbuildinfo "$folder/$version/worktree/"
  cd "$folder/$version/worktree"
  code=0
  said=$("$tsc" -b 2>&1) || code=$?
  "$tsc" -b || true
  echo "TypeScript $version: tsc -b exits with $code and says \"$said\"; dist/index.js is $([ -f dist/index.js ] && echo there || echo missing)"
  [ $code -eq 0 ] && [ -z "$said" ] && [ ! -f dist/index.js ] || { echo "CHANGED"; exit 1; }
  "$tsc" -b --force
  [ -f dist/index.js ] || { echo "CHANGED: --force does not help any more"; exit 1; }
done
echo "SEEN: exit code 0 and no output, until --force"
