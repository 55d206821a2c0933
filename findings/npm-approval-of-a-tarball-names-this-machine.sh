#!/usr/bin/env bash
# npm 12.2.2, which runs scripts of packages only where package.json's `allowScripts` names them: `npm approve-scripts` of a package that lies in the
# repository as a tarball (`"dep": "file:vendor/dep-1.0.0.tgz"`) writes the absolute path of that file on this machine into package.json.
#   1. Here the script is run from then on.
#   2. In another checkout of the same commit (a worktree, CI, a colleague's) `npm ci` blocks it, and exits with 0: the path leads to the first one.
#   3. The name of the package approves nothing. The path as package.json writes it itself, put there by hand, does, in each checkout.
# Expected: that the command writes that path, as `dependencies` and the lockfile have it.
# Why it matters: an approval that is committed holds on one machine, in one folder, and says where that is. Worktrees of that very repository are the
# first to lack what the script makes.
# Source: run here.
set -euo pipefail
folder=$(realpath "$(mktemp -d)")
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix tools npm@12.2.2 node@24.21.0 >/dev/null 2>&1
export PATH=$folder/tools/node_modules/.bin:$PATH HOME=$folder npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
echo "npm $(npm --version), Node.js $(node --version)"
mkdir -p dep first/vendor
cat >dep/package.json <<'JSON'
{ "name": "dep", "version": "1.0.0", "scripts": { "postinstall": "node -e \"require('fs').writeFileSync('made', '')\"" } }
JSON
(cd dep && npm pack --silent --pack-destination ../first/vendor >/dev/null)
cd first
echo '{ "name": "app", "version": "1.0.0", "dependencies": { "dep": "file:vendor/dep-1.0.0.tgz" } }' >package.json
npm install >/dev/null 2>&1
npm approve-scripts dep >/dev/null 2>&1
approved=$(node -p 'Object.keys(require("./package.json").allowScripts).join()')
resolved=$(node -p 'require("./package-lock.json").packages["node_modules/dep"].resolved')
echo "approved: ${approved//"$folder"/(folder)}; resolved in the lockfile: $resolved"
seen="${approved//"$folder"/(folder)} $resolved; "
try() {
  local code=0
  npm ci >"$folder/said" 2>&1 || code=$?
  echo "$1: npm ci exits with $code, the script was $([ -e node_modules/dep/made ] && echo run || echo 'not run')"
  seen+="$code $([ -e node_modules/dep/made ] && echo run || echo 'not run'); "
}
try 'where it was approved'
mkdir ../second
cp -R package.json package-lock.json vendor ../second
cd ../second
try 'in another checkout'
for key in dep dep@1.0.0 file:vendor/dep-1.0.0.tgz; do
  KEY=$key node -e 'const p = require("./package.json"); p.allowScripts = { [process.env.KEY]: true }; fs.writeFileSync("package.json", JSON.stringify(p))'
  try "there, with $key"
done
[ "$seen" = 'file:(folder)/first/vendor/dep-1.0.0.tgz file:vendor/dep-1.0.0.tgz; 0 run; 0 not run; 0 not run; 0 not run; 0 run; ' ] || { echo "CHANGED: $seen"; exit 1; }
echo "SEEN: an approval of a tarball holds in the folder where it was given"
