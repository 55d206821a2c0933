#!/usr/bin/env bash
# MariaDB 10.11 (Debian 12), as it comes: a few rows are inserted and committed, a client reads them, and for as long as the server runs beyond that
# (here: 45 seconds) neither the table's file nor any other in that database's folder is written: size and time of change stay. They
# change when the server ends. With --innodb-max-dirty-pages-pct=0 the file is written within seconds.
# Expected: that a committed row is in the table's file a moment later, or at least that the file's time says that the table was changed.
# Why it matters: whoever tells by files whether anybody has worked with a database (a cleanup, a backup, a copy of a folder) sees nothing of
# it while the server runs; of five hundred rows at once it saw something.
# Source: run here; mariadb.com, "InnoDB Page Flushing". The packages are only unpacked into a folder; needs apt-get and dpkg.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
chmod 755 "$folder"
[ "$(id -u)" = 0 ] || { echo "run it as root: packages are unpacked as their owners have them"; exit 1; }
mkdir "$folder/packages"
(cd "$folder/packages" && apt-get download -qq mariadb-server mariadb-server-core mariadb-client-core liburing2 libaio1 2>/dev/null)
for package in "$folder"/packages/*.deb; do dpkg -x "$package" "$folder/root"; done
export LD_LIBRARY_PATH
LD_LIBRARY_PATH=$(echo "$folder"/root/usr/lib/*-linux-gnu)
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund mysql2@3.15.3
cat >ask.cjs <<'JS'
const { createConnection } = require('mysql2/promise');
(async () => {
  const connection = await createConnection({ socketPath: process.argv[2], user: 'root', multipleStatements: true });
  const [rows] = await connection.query(process.argv[3]);
  console.log(JSON.stringify(rows));
  await connection.end();
})();
JS
start() { # more arguments
  "$folder/root/usr/sbin/mariadbd" --no-defaults --user=root --lc-messages-dir="$folder/root/usr/share/mysql" --datadir="$folder/data" \
    --skip-networking --socket="$folder/socket" --pid-file="$folder/pid" "$@" >"$folder/log" 2>&1 &
  server=$!
  for _ in $(seq 300); do grep -q 'ready for connections' "$folder/log" && break; sleep 0.2; done
}
stop() { kill "$server" && wait "$server" && server=; }
ask() { node ask.cjs "$folder/socket" "$1"; }
files() { find "$folder/data/app" -type f -printf '%f %s %T@\n' | sort | sha256sum; }

"$folder/root/usr/bin/mariadb-install-db" --no-defaults --basedir="$folder/root/usr" --datadir="$folder/data" --user=root \
  --auth-root-authentication-method=normal --skip-test-db --rpm >/dev/null 2>&1
start
sed -n 's/.*Version: .\([0-9.]*\).*/MariaDB \1/p' "$folder/log" | head -1
ask "CREATE DATABASE app; CREATE TABLE app.notes (id INT PRIMARY KEY, text VARCHAR(200)) ENGINE=InnoDB; INSERT INTO app.notes VALUES (0, 'first')" >/dev/null
stop

tell() { [ "$1" = "$2" ] && echo stay || echo change; }
start
before=$(files)
ask "INSERT INTO app.notes SELECT seq, REPEAT('x', 100) FROM app.seq_1_to_5" >/dev/null
rows=$(ask 'SELECT COUNT(*) AS n FROM app.notes')
sleep 45
running=$(tell "$before" "$(files)")
stop
ended=$(tell "$before" "$(files)")
start --innodb-max-dirty-pages-pct=0
before=$(files)
ask "INSERT INTO app.notes SELECT seq, REPEAT('x', 100) FROM app.seq_6_to_10" >/dev/null
sleep 5
eager=$(tell "$before" "$(files)")
stop
echo "another client reads $rows; the files of the database $running for 45 s, and $ended when the server ends"
echo "with --innodb-max-dirty-pages-pct=0 they $eager within 5 s"
[ "$rows $running $ended $eager" = '[{"n":6}] stay change change' ] || { echo "CHANGED"; exit 1; }
echo "SEEN: committed rows that no file of their table shows"
