#!/usr/bin/env bash
# Cargo 1.95.0 (2026-03-21): a `target` that was copied from another checkout, with its times, is taken for this one's own. What a
# package of the workspace itself was built to counts as fresh when the sources here are older than that build, whatever they say: the
# path of the package is no part of it. `cargo run` then builds nothing and runs the other checkout's program, exit code 0.
# Expected: that another folder is another package, as the path in its id says, or that contents decide.
# Why it matters: worktrees get `target` by `cp -a` or a clone to spare the build of dependencies, which does work: those stay fresh. Whoever
# copies it into a worktree that was checked out before the last build runs, and tests, the wrong branch. Without
# `.fingerprint/<package>-*` of the workspace's own packages they are built anew, and the dependencies stay fresh.
# Source: run here.
set -euo pipefail
command -v cargo >/dev/null || { echo "cargo is not installed"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset CARGO_TARGET_DIR CARGO_BUILD_TARGET_DIR

cargo --version
mkdir -p "$folder/main/src"
cd "$folder/main"
printf '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n' >Cargo.toml
printf 'fn main() { println!("main, in {}", env!("CARGO_MANIFEST_DIR")); }\n' >src/main.rs
cargo generate-lockfile --quiet --offline

# Checked out before the other one is built, with another source.
mkdir -p "$folder/worktree/src"
cp Cargo.toml Cargo.lock "$folder/worktree/"
printf 'fn main() { println!("worktree, in {}", env!("CARGO_MANIFEST_DIR")); }\n' >"$folder/worktree/src/main.rs"
touch -d '1 hour ago' "$folder/worktree/src/main.rs" "$folder/worktree/Cargo.toml"
cargo build --quiet --offline
cp -a target "$folder/worktree/"

cd "$folder/worktree"
code=0
said=$(cargo run --quiet --offline) || code=$?
echo "cargo run in the worktree exits with $code and says \"$said\""
[ $code -eq 0 ] && [ "$said" = "main, in $folder/main" ] || { echo "CHANGED"; exit 1; }

rm -rf target/debug/.fingerprint/app-*
said=$(cargo run --quiet --offline)
echo "without the fingerprint of the package: \"$said\""
[ "$said" = "worktree, in $folder/worktree" ] || { echo "CHANGED: leaving the fingerprint out does not help any more"; exit 1; }
echo "SEEN: another checkout's program runs, until its fingerprint is left out"
