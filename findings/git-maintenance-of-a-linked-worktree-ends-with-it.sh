#!/usr/bin/env bash
# git 2.39.5 (Debian 12's, which this uses as it is installed): `git maintenance register`, which `git maintenance start` does first, in a linked worktree.
#   1. It writes that worktree's folder into the user's configuration (maintenance.repo), and `maintenance.auto = false` into the one that all
#      worktrees share.
#   2. The worktree is removed, with no word of it. What cron, systemd or launchd run each hour ends with 128 from then on ("cannot change to …"),
#      which nobody sees, and does nothing for the repository.
#   3. Commands that would maintain it by themselves (`git commit`, `git fetch`, by `git maintenance run --auto`) do not, in the main worktree and all
#      others: that was switched off. Loose objects stay loose for ever.
#   4. `git maintenance unregister` in the main worktree cannot take it back: that one is not registered, it says, and ends with 128. In it, `git maintenance
#      register` is what brings it back, beside the folder that is gone.
# Expected: that the repository is registered, which is what the setting is for, or that a worktree's removal takes the registration along.
# Why it matters: agents and people work in worktrees, and that is where somebody types `git maintenance start`. Months later every command in the
# repository is slow, and its configuration says why only to who knows what `auto = false` is from.
# git 2.55.0 (Debian unstable's, run by hand) does the same.
# Source: run here; builtin/gc.c, maintenance_register (which takes the worktree's path).
set -euo pipefail
folder=$(realpath "$(mktemp -d)")
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export HOME=$folder XDG_CONFIG_HOME=$folder/none GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
git --version
git config --global user.name a
git config --global user.email a@example.com
git init --quiet --initial-branch=main repository
cd repository
git commit --quiet --allow-empty --message first
git worktree add --quiet -b topic ../topic
git -C ../topic maintenance register
registered=$(git config --global maintenance.repo)
git worktree remove ../topic
hourly=0
git for-each-repo --config=maintenance.repo maintenance run --schedule=hourly 2>"$folder/said" || hourly=$?
auto=$(git config --local maintenance.auto)
runs() { GIT_TRACE=1 git "$@" commit --quiet --allow-empty --message another 2>&1 | grep -c 'run_command: git maintenance run --auto' || true; }
now=$(runs)
else=$(runs -c maintenance.auto=true)
code=0
git maintenance unregister 2>/dev/null || code=$?
left=$(git config --local maintenance.auto)
echo "registered: ${registered#"$folder"/}; the hourly run ends with $hourly: $(sed "s#$folder/##" "$folder/said")"
echo "maintenance.auto is $auto: a commit runs it $now times, and $else with true"
echo "unregister in the main worktree ends with $code; maintenance.auto is $left"
[ "${registered#"$folder"/} $hourly $auto $now $else $code $left" = 'topic 128 false 0 1 128 false' ] || { echo "CHANGED"; exit 1; }
echo "SEEN: maintenance went with the linked worktree, and stays switched off for all"
