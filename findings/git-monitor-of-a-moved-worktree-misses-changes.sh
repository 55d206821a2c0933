#!/usr/bin/env bash
# git 2.55.0 (Debian unstable) on Linux, where `core.fsmonitor=true` works since that version: one process for each worktree tells git what changed.
#   1. `git worktree move`: that process goes on, and `git status` in the new place believes it. It watches the folders that it knew, and looks
#      for new ones below the old path: what is changed later in a folder that was made after the move is never told.
#   2. `git status` calls such a file unchanged, `git commit --all` leaves it out, and `git worktree remove`, which refuses where there are
#      changes, deletes it with its worktree. With `-c core.fsmonitor=false` the same status names the file.
# Expected: that a worktree which was moved is looked at where it is, as the status without a monitor does, or that the monitor ends.
# Why it matters: people set core.fsmonitor once, for all repositories, and tools move worktrees (into a trash, from a pool, to another name).
# What is lost was never shown by anything. `git fsmonitor--daemon stop` in the worktree, after the move, is the way out.
# Source: run here; compat/fsmonitor/fsm-listen-linux.c. Needs apt-get, dpkg and Debian's archive keyring, on amd64.
set -euo pipefail
folder=$(realpath "$(mktemp -d)")
end() { for pid in $(pgrep -f "^$folder/root/usr/lib/x86_64-linux-gnu/ld-linux.* fsmonitor--daemon run" || true); do kill "$pid" || true; done; }
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
seen=
for how in moved stays; do
  git init --quiet --initial-branch=main "$how"
  cd "$folder/$how"
  echo one >file
  git add file
  git commit --quiet --message first
  git worktree add --quiet -b topic "../$how-one"
  git config core.fsmonitor true
  at=$folder/$how-one
  git -C "$at" status --short
  git -C "$at" fsmonitor--daemon status
  if [ $how = moved ]; then
    git worktree move "$at" "$folder/moved-two"
    at=$folder/moved-two
  fi
  cd "$at"
  git status --short
  git fsmonitor--daemon status
  mkdir new
  echo one >new/file
  git add new
  git commit --quiet --message second
  git status --short
  sleep 2
  echo "hours of work" >new/file
  sleep 2
  told=$(git status --porcelain)
  true=$(git -c core.fsmonitor=false --no-optional-locks status --porcelain)
  cd "$folder/$how"
  code=0
  git worktree remove "$at" 2>/dev/null || code=$?
  seen+="$how: status says '$told', without the monitor '$true', worktree remove exits with $code and the file is $([ -e "$at/new/file" ] && echo there || echo gone); "
  cd "$folder"
done
echo "${seen//; /$'\n'}"
[ "$seen" = "moved: status says '', without the monitor ' M new/file', worktree remove exits with 0 and the file is gone; stays: status says ' M new/file', without the monitor ' M new/file', worktree remove exits with 128 and the file is there; " ] || { echo "CHANGED"; exit 1; }
echo "SEEN: in a moved worktree the monitor hides a changed file, which is then deleted as if it were none"
