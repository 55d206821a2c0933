#!/usr/bin/env bash
# RabbitMQ 3.10 (Debian 12): a variable of the environment that a server is started with gives way to a line in /etc/rabbitmq/rabbitmq-env.conf
# (here: the file that RABBITMQ_CONF_ENV_FILE names) where the file writes it with the prefix RABBITMQ_, and not where it writes it without.
# Expected: that the environment wins either way, as the guide has it: what the shell says goes before the file, the file before defaults.
# Why it matters: a second server of one machine, told its own port and folders by the environment, uses those of the system's server as soon
# as that one's file has a prefix; Homebrew's own file has one such line.
# Source: run here, with packages that are only unpacked into a folder; needs apt-get and dpkg.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill %% 2>/dev/null || true; for pid in $(pgrep -f "^$folder/usr/lib/erlang/erts" || true); do kill "$pid" || true; done; wait; rm -rf "$folder"' EXIT

mkdir "$folder/packages"
packages=(rabbitmq-server erlang-base)
for name in asn1 crypto eldap ftp inets mnesia os-mon parsetools public-key runtime-tools ssl syntax-tools tftp tools xmerl; do packages+=("erlang-$name"); done
(cd "$folder/packages" && apt-get download -qq "${packages[@]}" 2>/dev/null)
for package in "$folder"/packages/*.deb; do dpkg -x "$package" "$folder"; done
# Erlang's scripts know where they are installed, and nothing else.
sed -i "s#/usr/lib/erlang#$folder/usr/lib/erlang#g" "$folder"/usr/lib/erlang/bin/erl "$folder"/usr/lib/erlang/erts-*/bin/erl
version=$(basename "$folder"/usr/lib/rabbitmq/lib/rabbitmq_server-*)
free() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

seen=
for line in NODE_PORT RABBITMQ_NODE_PORT; do
  said=$(free); file=$(free)
  mkdir -p "$folder/$line"
  echo "$line=$file" >"$folder/$line/env.conf"
  env PATH="$folder/usr/bin:$PATH" HOME="$folder/$line" ERL_EPMD_PORT="$(free)" ERL_EPMD_ADDRESS=127.0.0.1 \
    RABBITMQ_NODENAME=rabbit@localhost RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_DIST_PORT="$(free)" RABBITMQ_NODE_PORT="$said" \
    RABBITMQ_MNESIA_BASE="$folder/$line" RABBITMQ_LOG_BASE="$folder/$line" RABBITMQ_LOGS=- RABBITMQ_ENABLED_PLUGINS_FILE="$folder/$line/plugins" \
    RABBITMQ_CONFIG_FILE="$folder/$line/none" RABBITMQ_ADVANCED_CONFIG_FILE="$folder/$line/none" RABBITMQ_CONFIG_FILES="$folder/$line/none/*" \
    RABBITMQ_CONF_ENV_FILE="$folder/$line/env.conf" "$folder/usr/lib/rabbitmq/bin/rabbitmq-server" >"$folder/$line/log" 2>&1 &
  for _ in $(seq 120); do grep -qs 'started TCP listener on' "$folder/$line/log" && break; kill -0 $! || break; sleep 1; done
  port=$(sed -n 's/.*started TCP listener on 127.0.0.1:\([0-9]*\).*/\1/p' "$folder/$line/log")
  kill $! || true; wait $! || true
  if [ "$port" = "$said" ]; then who=environment; elif [ "$port" = "$file" ]; then who=file; else who="nobody ($(tail -1 "$folder/$line/log"))"; fi
  echo "$version: RABBITMQ_NODE_PORT=$said in the environment, $line=$file in the file: it listens at ${port:-no port}, as the $who says"
  seen+="$line $who; "
done
[ "$seen" = 'NODE_PORT environment; RABBITMQ_NODE_PORT file; ' ] || { echo "CHANGED: $seen"; exit 1; }
echo "SEEN: a line of the file with the prefix beats the environment"
