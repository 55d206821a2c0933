#!/usr/bin/env bash
# git 2.55.0 (Debian unstable) on Linux, where `core.fsmonitor=true` works since that version: each worktree that somebody asks for its status gets
# a process that watches it. `git worktree remove`, and `rm -rf` of the whole repository, leave that process: it watches nothing, and stays.
#   1. `git worktree remove` starts one in a worktree that had none, to see whether there are changes, and leaves that as well.
#   2. `git fsmonitor--daemon stop` ends none of them any more: the socket that it is asked by went with the worktree. A new worktree of the
#      same name and place gets another one beside it.
#   3. Each holds one of the inotify instances that a user may have (often 128), which editors and dev servers need to watch files.
# Expected: that it ends with the folder that it is for: `git worktree remove` knows that folder, and the monitor sees it go.
# Why it matters: whoever has core.fsmonitor set once for all repositories, and gives each agent or branch a worktree, is out of instances days
# later, and is told of it by other programs ("EMFILE: too many open files, watch"). A way out: `git fsmonitor--daemon stop` in the worktree,
# then `git -c core.fsmonitor=false worktree remove`.
# Source: run here, with four worktrees. Needs apt-get, dpkg and Debian's archive keyring, on amd64.
set -euo pipefail
folder=$(realpath "$(mktemp -d)")
monitors() { pgrep -f "^$folder/root/usr/lib/x86_64-linux-gnu/ld-linux.* fsmonitor--daemon run" || true; }
end() { for pid in $(monitors); do kill "$pid" || true; done; }
trap 'end; rm -rf "$folder"' EXIT

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
git commit --quiet --allow-empty --message first
git config core.fsmonitor true
for number in 1 2 3 4; do
  git worktree add --quiet --detach ../topic
  without=()
  if [ $number != 3 ]; then
    git -C ../topic status --short
    git -C ../topic fsmonitor--daemon status
  fi
  if [ $number = 4 ]; then
    git -C ../topic fsmonitor--daemon stop
    without=(-c core.fsmonitor=false)
  fi
  git "${without[@]}" worktree remove ../topic
done
git fsmonitor--daemon stop 2>/dev/null || true # that of the main worktree
sleep 15
after=$(monitors | wc -l)
instances=$(for pid in $(monitors); do ls -l "/proc/$pid/fd"; done | grep -c inotify)
cd ..
rm -rf repository
sleep 5
last=$(monitors | wc -l)
echo "15 s after the last of four worktrees was removed: $after monitors with $instances inotify instances of $(cat /proc/sys/fs/inotify/max_user_instances)"
echo "5 s after the repository was removed: $last"
[ "$after $instances $last" = '3 3 3' ] || { echo "CHANGED"; exit 1; }
echo "SEEN: the monitor of a worktree stays when that is removed, and the removal starts one where there is none"
