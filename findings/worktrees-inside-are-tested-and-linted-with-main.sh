#!/usr/bin/env bash
# Vitest 4.1.12 and ESLint 10.15.0 on Linux: a worktree of git's inside the repository, where Claude Code makes its own (.claude/worktrees/NAME),
# is tested and linted with the main worktree: another branch's failing test fails the run, and its findings are among those of `eslint .`.
# That git ignores the folder, that its name begins with a dot, and that it has a `.git` of its own changes nothing. TypeScript 6.0.3 leaves it out.
# Expected: that what is checked out there is another checkout's, as `git status`, ripgrep and tsc see it.
# Why it matters: with each agent that works beside, the tests of main take longer, run twice, and fail for work that is not done there.
# Source: run here; Vitest 4 excludes node_modules and .git only (vitest.dev/config/exclude), ESLint no dotted names (eslint.org/docs/latest/use/configure/ignore).
set -euo pipefail
folder=$(realpath "$(mktemp -d)")
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/tools"
cd "$folder/tools"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund node@24.21.0 vitest@4.1.12 eslint@10.15.0 typescript@6.0.3
export PATH=$folder/tools/node_modules/.bin:$PATH NO_COLOR=1 CI=true GIT_CONFIG_GLOBAL=/dev/null
unset GIT_DIR GIT_WORK_TREE

mkdir -p "$folder/shop/src"
cd "$folder/shop"
ln -s "$folder/tools/node_modules" node_modules
printf 'node_modules\n.claude\n' >.gitignore
echo '{"name":"shop","private":true,"type":"module"}' >package.json
echo '{"compilerOptions":{"noEmit":true,"allowJs":true,"types":[],"module":"nodenext"}}' >tsconfig.json
echo "export default [{ rules: { 'no-debugger': 'error' } }];" >eslint.config.js
echo "import { expect, test } from 'vitest'; test('adds', () => expect(1 + 1).toBe(2));" >src/add.test.js
git init --quiet --initial-branch main
git config user.name n
git config user.email n@example.com
git add --all
git commit --quiet --message first
git worktree add --quiet -b other .claude/worktrees/other
echo 'debugger; test("not done", () => expect(1).toBe(2));' >>.claude/worktrees/other/src/add.test.js

vitest --version
echo "eslint $(eslint --version)"
tests=$(vitest run --reporter=json 2>/dev/null || true)
tested=$(node -e 'const r = JSON.parse(process.argv[1]); console.log(r.numTotalTestSuites > 0 ? r.testResults.map((each) => each.name.replace(process.cwd() + "/", "")).sort().join(" ") : "", r.success)' "$tests")
linted=$(eslint --format json . | node -p 'JSON.parse(require("fs").readFileSync(0)).filter((each) => each.errorCount > 0).map((each) => each.filePath.replace(process.cwd() + "/", "")).join(" ")' || true)
compiled=$(tsc --listFilesOnly | grep -c 'worktrees/other' || true)
echo "git status: $(git status --porcelain | wc -l) changes"
echo "vitest: $tested"
echo "eslint, with errors: $linted"
echo "tsc: $compiled files of it"
[ "$tested" = '.claude/worktrees/other/src/add.test.js src/add.test.js false' ] &&
  [ "$linted" = .claude/worktrees/other/src/add.test.js ] && [ "$compiled" = 0 ] || { echo "CHANGED"; exit 1; }
echo "SEEN: the other worktree is tested and linted with main"
