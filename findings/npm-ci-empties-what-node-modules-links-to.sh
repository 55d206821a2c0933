#!/usr/bin/env bash
# npm 10.9.4 and 11.21.2: a second checkout whose node_modules is a link to the first one's.
#   1. `npm ci` there empties the first checkout's node_modules through the link, then puts a folder in the link's place and installs into
#      it: exit code 0, and the one line that it says is "Removing non-directory …/node_modules", of the link.
#   2. `npm install` in the very same place puts a folder in the link's place as well, and leaves the first checkout as it was.
#   3. bun 1.3.14 and Yarn 1.22.22 keep the link and write this branch's versions into the first checkout.
# One would expect the two commands of one program to treat a link alike, and none of them to take from a folder that it is not run in.
# Why it matters: to link node_modules is the usual advice for git worktrees. A script or an agent that runs `npm ci` in the worktree ends the
# main checkout and all other worktrees that are linked to it; after `npm install` a second run is harmless, which hides it.
# Source: npm's lib/commands/ci.js, which lists node_modules and removes each entry; @npmcli/arborist's lib/arborist/reify.js
# (validateNodeModules), which removes what is no folder, and comes later.
set -euo pipefail
folder=$(realpath "$(mktemp -d)")
trap 'rm -rf "$folder"' EXIT
export HOME=$folder CI=true

mkdir "$folder/tools"
cd "$folder/tools"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund node@24.21.0 bun@1.3.14 npm-10@npm:npm@10.9.4 npm-11@npm:npm@11.21.2 yarn-1@npm:yarn@1.22.22
tools=$PWD/node_modules
export PATH=$tools/.bin:$PATH

run() {
  case $1 in
  npm*) node "$tools/$1/bin/npm-cli.js" "$2" --no-audit --no-fund ;;
  bun) bun install ;;
  yarn) node "$tools/yarn-1/bin/yarn.js" install --non-interactive ;;
  esac >"$folder/log" 2>&1
}
has() { node -p "require('$1/node_modules/is-number/package.json').version" 2>/dev/null || echo nothing; }

seen=
for attempt in 'npm-10 ci' 'npm-10 install' 'npm-11 ci' 'npm-11 install' 'bun install' 'yarn install'; do
  read -r program command <<<"$attempt"
  place="$folder/${attempt// /-}"
  mkdir -p "$place/main" "$place/branch"
  for each in main:7.0.0 branch:6.0.0; do
    cd "$place/${each%:*}"
    echo "{\"name\":\"app\",\"private\":true,\"dependencies\":{\"is-number\":\"${each#*:}\"}}" >package.json
    # The branch comes with its own lockfile, as a checkout does.
    run "$program" install
  done
  rm -rf "$place/branch/node_modules"
  ln -s ../main/node_modules "$place/branch/node_modules"
  run "$program" "$command"
  kind=$([ -L node_modules ] && echo link || echo folder)
  echo "$attempt in the branch: exit 0, its node_modules is a $kind with $(has "$place/branch"); main, which had 7.0.0, has $(has "$place/main")"
  seen+="$kind $(has "$place/main"); "
done
expected='folder nothing; folder 7.0.0; folder nothing; folder 7.0.0; link 6.0.0; link 6.0.0; '
[ "$seen" = "$expected" ] || { echo "CHANGED: $seen"; exit 1; }
echo 'SEEN: npm ci empties what the link leads to, npm install does not; bun and Yarn write into it'
