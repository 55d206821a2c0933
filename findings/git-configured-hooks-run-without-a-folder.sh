#!/usr/bin/env bash
# git 2.55.0 (Debian unstable; 2.54 brought it): hooks may be lines of git's configuration (hook.<name>.event and .command), beside files of a folder.
#   1. `git -c core.hooksPath=/dev/null …` runs those all the same. git-config(1) of the same version says of it: "You can also disable all
#      hooks entirely by setting core.hooksPath to /dev/null".
#   2. One that fails refuses the commit; `git worktree add` ends with its exit code, with the worktree made and registered.
#   3. `git rev-parse --git-path hooks/commit-msg`, by which scripts look whether there is one, names a file that is not there.
#      `git hook list commit-msg` names it. `-c hook.commit-msg.enabled=false` (since 2.55) is what keeps all of an event away.
# Expected: that the documented way to run no hooks runs none.
# Why it matters: it is how tools that only look (status, index, refs) and CI keep a repository's programs from running, and how somebody
# gets a commit or a worktree past a hook that is broken. Who runs hooks by hand, or asks for files to tell whether a commit may be made
# without `git commit`, passes over these.
# Source: run here; git-config(1), git-hook(1). Needs apt-get, dpkg and Debian's archive keyring, on amd64.
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
echo one >file
git add file
git commit --quiet --message first
git config hook.words.event commit-msg
git config hook.words.command "echo commit-msg >>$folder/ran; exit 1 #"
git config hook.fill.event post-checkout
git config hook.fill.command "echo post-checkout >>$folder/ran; exit 3 #"
git config hook.index.event post-index-change
git config hook.index.command "echo post-index-change >>$folder/ran #"
echo two >file
seen=
try() {
  local name=$1 code=0
  shift
  : >"$folder/ran"
  git "$@" >/dev/null 2>&1 || code=$?
  seen+="$name: exit $code, ran $(sort -u "$folder/ran" | paste -sd' '); "
}
try commit -c core.hooksPath=/dev/null commit --all --message second
try worktree -c core.hooksPath=/dev/null worktree add ../topic -b topic
try refresh -c core.hooksPath=/dev/null update-index -q --refresh --force-write-index
try without -c core.hooksPath=/dev/null -c hook.commit-msg.enabled=false -c hook.post-index-change.enabled=false commit --all --message second
path=$(git rev-parse --git-path hooks/commit-msg)
seen+="worktrees $(git worktree list | wc -l); $path is $([ -e "$path" ] && echo there || echo 'not there'); list: $(git hook list commit-msg)"
echo "${seen//; /$'\n'}"
[ "$seen" = "commit: exit 1, ran commit-msg post-index-change; worktree: exit 3, ran post-checkout post-index-change; refresh: exit 0, ran post-index-change; without: exit 0, ran ; worktrees 2; .git/hooks/commit-msg is not there; list: words" ] || { echo "CHANGED"; exit 1; }
echo "SEEN: core.hooksPath=/dev/null keeps no hook of the configuration away"
