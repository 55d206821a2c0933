#!/usr/bin/env bash
# mariadb-install-db of MariaDB 10.11 (Debian 12): told a user by --user, it makes an empty data folder where --datadir says, and changes the
# server's installation as well: the folder auth_pam_tool_dir among its plugins is given to that user, for nobody else to enter, and the
# program in it is made setuid root. With --rpm, "for internal use", it does not.
# Expected: that nothing but the data folder is changed, as its manual has it: --user is the user that runs the server.
# Why it matters: a second server of one user, with data of its own, takes the system's server its PAM logins, since that runs as another
# user and cannot enter the folder any more.
# Source: run here, as root, on an installation that is only unpacked into a folder; needs apt-get and dpkg.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"

[ "$(id -u)" = 0 ] || { echo "run it as root: only root gives folders away"; exit 1; }
mkdir "$folder/packages"
(cd "$folder/packages" && apt-get download -qq mariadb-server mariadb-server-core mariadb-client-core liburing2 libaio1 2>/dev/null)

result=
for more in '' --rpm; do
  root="$folder/root$more"
  for package in "$folder"/packages/*.deb; do dpkg -x "$package" "$root"; done
  tool="$root/usr/lib/mysql/plugin/auth_pam_tool_dir"
  state() { stat -c '%U %a' "$tool" "$tool/auth_pam_tool" | paste -sd' '; }
  before=$(state)
  # shellcheck disable=SC2086
  LD_LIBRARY_PATH=$(echo "$root"/usr/lib/*-linux-gnu) "$root/usr/bin/mariadb-install-db" --no-defaults --basedir="$root/usr" \
    --datadir="$folder/data$more" --user=nobody --auth-root-authentication-method=normal --skip-test-db $more >/dev/null 2>&1
  version=$(LD_LIBRARY_PATH=$(echo "$root"/usr/lib/*-linux-gnu) "$root/usr/sbin/mariadbd" --version | sed 's/.*Ver \([^ ]*\).*/\1/')
  echo "$version, mariadb-install-db --user=nobody $more: the folder and the program in it were $before, and are $(state)"
  result+="$before -> $(state); "
done
[ "$result" = 'root 755 root 755 -> nobody 700 root 4755; root 755 root 755 -> root 755 root 755; ' ] || { echo "CHANGED"; exit 1; }
echo "SEEN: making a data folder changes the installation"
