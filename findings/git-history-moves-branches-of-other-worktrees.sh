#!/usr/bin/env bash
# git 2.55.0 (Debian unstable): `git history fixup COMMIT` and `git replay`, both experimental, move branches that other worktrees have checked out,
# and leave the files and the index there as they were.
#   1. `git history fixup` moves each branch that has the commit, by default. In the other worktree the fix is then shown as staged the other way
#      round: the next `git commit` there, of something else, takes the fix back, with exit code 0.
#   2. `git replay --onto main main..topic` moves topic under its worktree: what main has brought is shown as staged to be deleted.
#   3. The log of that worktree's HEAD has no entry: it ends at a commit that HEAD is not at.
#   4. `git rebase --update-refs` passes over such a branch, `git branch --force` and `git fetch` refuse it.
# Expected: what the older commands do, or that the other worktree follows, as the one where the command runs does.
# Why it matters: with a worktree for each agent every branch is checked out somewhere. One fixup in one of them, of a commit that they share, has the
# others undo it with their next commit, and nobody sees more than a file that was "changed". `--update-refs=head` moves only one's own;
# in a worktree that it happened to, `git read-tree -m -u COMMIT HEAD`, where COMMIT is the first that `git reflog` lists there, brings index
# and files along and keeps what is changed.
# Source: run here; git-history(1), git-replay(1), git-rebase(1). Needs apt-get, dpkg and Debian's archive keyring, on amd64.
set -euo pipefail
folder=$(realpath "$(mktemp -d)")
trap 'rm -rf "$folder"' EXIT

# Debian's unstable packages, only unpacked into the folder: apt with lists of its own, and git by its own libc.
mkdir -p "$folder"/{apt/lists/partial,apt/cache/archives/partial,packages,bin,none}
keys=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keys] $(apt-get indextargets --format "\$(SITE)" "Created-By: Packages" | grep -v security | head -1) sid main" >"$folder/apt/sources"
touch "$folder/apt/status"
cat >"$folder/apt/conf" <<CONF
Dir::Etc::sourcelist "$folder/apt/sources"; Dir::Etc::sourceparts "-"; Dir::State "$folder/apt"; Dir::State::status "$folder/apt/status";
Dir::Cache "$folder/apt/cache"; APT::Architecture "amd64"; APT::Sandbox::User "root"; Acquire::Languages "none"; Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
CONF
export APT_CONFIG=$folder/apt/conf
apt-get update -qq
(cd "$folder/packages" && apt-get download -qq git libc6 zlib1g libpcre2-8-0)
for package in "$folder"/packages/*.deb; do dpkg -x "$package" "$folder/root"; done
lib=$folder/root/usr/lib/x86_64-linux-gnu
printf '#!/bin/sh\nexec "%s" --library-path "%s" --argv0 git "%s" "$@"\n' "$lib/ld-linux-x86-64.so.2" "$lib" "$folder/root/usr/bin/git" >"$folder/bin/git"
chmod +x "$folder/bin/git"
export PATH=$folder/bin:$PATH GIT_EXEC_PATH=$folder/bin GIT_TEMPLATE_DIR=$folder/none HOME=$folder GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
cd "$folder"
git --version
git config --global user.name a
git config --global user.email a@example.com
git init --quiet --initial-branch=main repository
cd repository
printf '%s\n' 1 2 3 4 5 >shared
git add shared
git commit --quiet --message base
git commit --quiet --allow-empty --message second
for branch in fixed replayed rebased; do git worktree add --quiet -b "$branch" "../$branch"; done
for branch in replayed rebased; do
  echo mine >"../$branch/mine"
  git -C "../$branch" add mine
  git -C "../$branch" commit --quiet --message "on $branch"
done
seen=
say() { echo "$1: $2"; seen+="$1: $2; "; }

# The older commands.
code=0
git branch --force rebased HEAD~1 2>/dev/null || code=$?
say 'branch --force' "exits with $code"
git switch --quiet --create top rebased
before=$(git rev-parse rebased)
git commit --quiet --allow-empty --message top
GIT_SEQUENCE_EDITOR='sed -i s/^pick/reword/' GIT_EDITOR='echo again >' git rebase --quiet --force-rebase --update-refs HEAD~2 2>/dev/null
say 'rebase --update-refs' "rebased $([ "$(git rev-parse rebased)" = "$before" ] && echo stays || echo moves)"
git switch --quiet main

# The new ones.
sed -i s/2/two/ shared
git add shared
git history fixup HEAD~1
last() { git -C "../$1" log --walk-reflogs --max-count=1 --format=%H HEAD; }
at() { [ "$(last "$1")" = "$(git -C "../$1" rev-parse HEAD)" ] && echo 'is at the end of its log' || echo 'is not at the end of its log'; }
say 'history fixup' "the other worktree has $(git -C ../fixed status --porcelain), its HEAD $(at fixed)"
echo mine >../fixed/mine
git -C ../fixed add mine
git -C ../fixed commit --quiet --message 'something else'
say 'a commit there' "$(git -C ../fixed diff HEAD~1 HEAD -- shared | grep '^[-+][0-9a-z]' | paste -sd' ')"
echo new >new
git add new
git commit --quiet --message new
git replay --onto main main..replayed
say replay "the other worktree has $(git -C ../replayed status --porcelain | paste -sd,), its HEAD $(at replayed)"
git -C ../replayed read-tree -m -u "$(last replayed)" HEAD
say 'after read-tree' "$(git -C ../replayed status --porcelain | wc -l) changes"
[ "$seen" = "branch --force: exits with 128; rebase --update-refs: rebased stays; history fixup: the other worktree has M  shared, its HEAD is not at the end of its log; a commit there: -two +2; replay: the other worktree has D  new,M  shared, its HEAD is not at the end of its log; after read-tree: 0 changes; " ] || { echo "CHANGED: $seen"; exit 1; }
echo "SEEN: branches are moved under other worktrees, whose next commit takes back what they brought"
