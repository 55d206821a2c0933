#!/usr/bin/env bash
# bun 1.4.5 on Linux: `bun install` reads the .env and .env.local of the folder, and the scripts that it runs for the install, the project's own
# and those of its trusted dependencies, get what these say. With pnpm 11.28.11 they get what the environment says, and nothing else.
# Expected: that files of variables are for what the project runs, and an install is the same with them and without.
# Why it matters: a `postinstall` that generates or migrates reaches the database that a copied .env names, which is another checkout's. What the
# environment says goes before: whoever starts the install can give another address under each name.
# Source: run here; bun.com/docs/runtime/environment-variables speaks of Bun's own runtime.
set -euo pipefail
folder=$(realpath "$(mktemp -d)")
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/tools"
cd "$folder/tools"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund node@24.21.0 bun@1.4.5 pnpm@11.28.11
# Where install scripts are off, its program is not there yet.
node_modules/.bin/bun --version >/dev/null 2>&1 || node node_modules/bun/install.js
export PATH=$folder/tools/node_modules/.bin:$PATH
export HOME=$folder XDG_DATA_HOME=$folder/data XDG_CACHE_HOME=$folder/cache XDG_STATE_HOME=$folder/state
unset SHOP_DATABASE_URL SHOP_LOCAL

project() {
  mkdir -p "$folder/$1/hook"
  cd "$folder/$1"
  cat >package.json <<JSON
{
  "name": "shop", "private": true, "trustedDependencies": ["hook"], "dependencies": {"hook": "file:./hook"},
  "scripts": {"postinstall": "sh $folder/told.sh own"}
}
JSON
  echo "{\"name\": \"hook\", \"version\": \"1.0.0\", \"scripts\": {\"postinstall\": \"sh $folder/told.sh hook\"}}" >hook/package.json
  printf 'allowBuilds:\n  "hook@file:hook": true\n' >pnpm-workspace.yaml
  echo 'SHOP_DATABASE_URL=postgres://main/shop' >.env
  echo 'SHOP_LOCAL=yes' >.env.local
}
echo 'echo "$1:${SHOP_DATABASE_URL-}:${SHOP_LOCAL-}" >>"$TOLD"' >"$folder/told.sh"
told() {
  project "$1"
  TOLD=$folder/$1.txt "${@:2}" >"$folder/$1.log" 2>&1 || cat "$folder/$1.log"
  sort "$folder/$1.txt" | tr '\n' ' '
}
bun --version
pnpm --version
by_bun=$(told bun bun install)
given=$(SHOP_DATABASE_URL=postgres://own/shop told given bun install)
by_pnpm=$(told pnpm pnpm install)
echo "bun:          $by_bun"
echo "bun, given:   $given"
echo "pnpm:         $by_pnpm"
[ "$by_bun" = 'hook:postgres://main/shop:yes own:postgres://main/shop:yes ' ] &&
  [ "$given" = 'hook:postgres://own/shop:yes own:postgres://own/shop:yes ' ] &&
  [[ $by_pnpm == *'own:: ' ]] && [[ $by_pnpm != *postgres* ]] || { echo "CHANGED"; exit 1; }
echo "SEEN: the scripts of bun's install get what .env and .env.local say"
