#!/usr/bin/env bash
# pnpm 8.15.9, 9.15.9 and 10.28.0 on Linux: the programs that it writes into node_modules/.bin export a NODE_PATH with the absolute path of
# the folder that they were installed in. Whatever such a program starts or loads, and does not find from where it is, comes from there:
# in a copied checkout a package that only pnpm has hoisted is the first checkout's, for as long as that is there. 12.21.0 goes by the
# program's own folder.
# Expected: that a node_modules, whose links are relative, means the same in another place; or that the first one's is not found in silence.
# Why it matters: worktrees get node_modules by a copy, a clone of the file system's or a move, and it works: what runs is another branch's.
# Source: run here; the programs are written by @zkochan/cmd-shim.
set -euo pipefail
folder=$(realpath "$(mktemp -d)")
trap 'rm -rf "$folder"' EXIT
export HOME=$folder XDG_DATA_HOME=$folder/data XDG_CACHE_HOME=$folder/cache XDG_STATE_HOME=$folder/state CI=true
unset NODE_PATH

mkdir "$folder/tools"
cd "$folder/tools"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund node@24.21.0 pnpm-8@npm:pnpm@8.15.9 pnpm-9@npm:pnpm@9.15.9 pnpm-10@npm:pnpm@10.28.0 pnpm-12@npm:pnpm@12.21.0
export PATH=$folder/tools/node_modules/.bin:$PATH

seen=
for version in 8 9 10 12; do
  program=$folder/tools/node_modules/pnpm-$version/$(node -p "[require('$folder/tools/node_modules/pnpm-$version/package.json').bin.pnpm].flat()[0]")
  chmod +x "$program"
  pnpm() { "$program" "$@"; }
  mkdir -p "$folder/$version/main"
  cd "$folder/$version/main"
  # isexe is a dependency of a dependency of cross-env: nothing in the checkout itself leads to it.
  echo '{"private":true,"dependencies":{"cross-env":"7.0.3"}}' >package.json
  echo "try { console.log(require.resolve('isexe')); } catch { console.log('nothing'); }" >where.cjs
  pnpm install --silent
  cp -a "$folder/$version/main" "$folder/$version/copy"
  cd "$folder/$version/copy"
  found=$(./node_modules/.bin/cross-env A=1 node where.cjs)
  rm -rf "$folder/$version/main"
  later=$(./node_modules/.bin/cross-env A=1 node where.cjs)
  found=${found#"$folder/$version/"} later=${later#"$folder/$version/"}
  echo "pnpm $(pnpm --version): in the copy isexe is ${found%%/*}'s; once main is gone: ${later%%/*}"
  seen+="${found%%/*} ${later%%/*}; "
done
[ "$seen" = 'main nothing; main nothing; main nothing; copy copy; ' ] || { echo "CHANGED"; exit 1; }
echo "SEEN: up to 10 the copy runs what is in main"
