#!/usr/bin/env bash
# simple-git 4.0.2: `completion: { onClose: true, onExit: 2000 }`, by which a command counts as done when its output is closed, or two
# seconds after its end where something that it started still holds that open.
# Expected: where the output is closed at once, the command is done at once and nothing of it is left.
# It is done at once, but the timer of the other case is neither taken back nor unreferenced: Node.js stays for the two seconds.
# Why it matters: a program that ends with a git command is over, for whoever waits for it, that much later than its last word.
# Source: run here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --save-exact simple-git@4.0.2
cat >try.mjs <<'END'
import { simpleGit } from 'simple-git';
const begin = performance.now();
await simpleGit({ completion: { onClose: true, onExit: 2000 } }).raw('version');
const answered = performance.now();
process.on('exit', () => {
  const [before, after] = [answered - begin, performance.now() - answered];
  console.log(`answered ${before < 1500 ? 'at once' : 'late'}, ended ${after > 1000 ? 'seconds later' : 'at once'}`);
});
END
result=$(node try.mjs)
echo "simple-git $(node -p "JSON.parse(require('node:fs').readFileSync('node_modules/simple-git/package.json')).version"): $result"
[ "$result" = 'answered at once, ended seconds later' ] || { echo "CHANGED"; exit 1; }
echo "SEEN: a command that was answered at once keeps the process for the time that is meant for another case"
