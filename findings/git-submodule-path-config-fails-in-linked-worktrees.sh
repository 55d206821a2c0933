#!/usr/bin/env bash
# git 2.55.0 (Debian unstable; 2.54 brought it): a repository made with `init.defaultSubmodulePathConfig=true`, or that has the extension
# submodulePathConfig, keeps where each submodule's repository lies in the configuration that all worktrees share, as a relative path:
# submodule.<name>.gitdir = .git/modules/….
#   1. In a linked worktree `.git` is a file: `git submodule update --init` ends with 1, "could not create directory '…/.git/modules/…'", and
#      `git worktree add` has said nothing. Without the extension the same works.
#   2. It cannot be told otherwise in one place for all: with extensions.worktreeConfig and an absolute path of its own in each worktree's
#      configuration (`git config --worktree submodule.<name>.gitdir …`) it works there.
# Expected: that a path which git itself has written means a place that is there in each worktree, as .git/worktrees/<id>/modules/<name> is without it.
# Why it matters: the setting is made once for all new repositories, for names that only differ in case; whoever clones one later with submodules
# finds it whole. Each worktree, and so each agent and each preview, has none of them; an extension cannot simply be taken back.
# Source: run here; git-config(1), extensions.submodulePathConfig. Needs apt-get, dpkg and Debian's archive keyring, on amd64.
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
printf '#!/bin/sh\nexec "%s" --library-path "%s" --argv0 "${0##*/}" "%s" "$@"\n' "$lib/ld-linux-x86-64.so.2" "$lib" "$folder/root/usr/bin/git" >"$folder/bin/git"
chmod +x "$folder/bin/git"
cp "$folder/bin/git" "$folder/root/usr/lib/git-core/git"
export PATH=$folder/bin:$PATH GIT_EXEC_PATH=$folder/root/usr/lib/git-core GIT_TEMPLATE_DIR=$folder/none HOME=$folder GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
cd "$folder"
git --version
git config --global user.name a
git config --global user.email a@example.com
git config --global protocol.file.allow always
git init --quiet --initial-branch=main library
git -C library commit --quiet --allow-empty --message first
seen=
for value in false true; do
  git -c init.defaultSubmodulePathConfig=$value init --quiet --initial-branch=main "of-$value"
  cd "$folder/of-$value"
  git submodule --quiet add ../library libs/library
  git commit --quiet --message library
  git worktree add --quiet -b topic "../topic-$value"
  code=0
  git -C "../topic-$value" submodule --quiet update --init 2>"$folder/said" || code=$?
  seen+="$value: $(git config submodule.libs/library.gitdir || echo 'no place'); update in the worktree exits with $code; "
  cd "$folder"
done
tail -1 "$folder/said"
git -C of-true config extensions.worktreeConfig true
git -C topic-true config --worktree submodule.libs/library.gitdir "$(git -C topic-true rev-parse --absolute-git-dir)/modules/library"
code=0
git -C topic-true submodule --quiet update --init 2>/dev/null || code=$?
seen+="with a place of its own: $code, $(git -C topic-true/libs/library log --format=%s)"
echo "${seen//; /$'\n'}"
[ "$seen" = "false: no place; update in the worktree exits with 0; true: .git/modules/libs%2flibrary; update in the worktree exits with 1; with a place of its own: 0, first" ] || { echo "CHANGED"; exit 1; }
echo "SEEN: with the extension no linked worktree gets its submodules"
