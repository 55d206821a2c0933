#!/usr/bin/env bash
# git 2.39.5 (Debian 12's, which this uses as it is installed): `git check-ignore --stdin` that reads one path whose folder is a symbolic link
# ("linked/key") ends there, with 128 and "pathspec … is beyond a symbolic link": what comes after it is never looked at.
# Expected: that the one path is told as not ignored, or named as an error, and the others are answered, as for paths that do not exist.
# Why it matters: who asks for many paths at once, to copy or to clean, gets no answer for most of them because of one; who reads what
# was printed so far takes ignored files, such as those with secrets, for files to commit.
# Source: run here; builtin/check-ignore.c parses each path as a pathspec with PATHSPEC_SYMLINK_LEADING_PATH, which dies.
set -euo pipefail
folder=$(realpath "$(mktemp -d)")
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export HOME=$folder GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
git --version
git init --quiet repository
mkdir elsewhere
cd repository
printf '.env\nlinked\n' > .gitignore
ln -s ../elsewhere linked
ask() { printf '%s\n' "$@" | git check-ignore --stdin 2>&1 && echo "(exit code 0)" || echo "(exit code $?)"; }
alone=$(ask .env nothere/.env)
mixed=$(ask .env linked/key nothere/.env)
echo "without the link: $alone"
echo "with it: $mixed"
[ "$alone" = $'.env\nnothere/.env\n(exit code 0)' ] && [[ $mixed == *"beyond a symbolic link"*"(exit code 128)"* ]] && [[ $mixed != *nothere* ]]
