#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The units of the service manager are hardened, and start what is built.

# shellcheck source=../support/tap.sh
. "${top_srcdir:-.}/tests/support/tap.sh"

units=$top_srcdir/packaging/systemd
command -v systemd-analyze >/dev/null || tap_skip_all 'systemd is not installed'

for unit in "$units"/*.service; do
	name=$(basename "$unit")
	level=$(systemd-analyze security --offline=true "$unit" |
		sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p')
	tap_check "$name is exposed by 2.0 at most (${level:-?})" \
		awk -v level="${level:-9}" 'BEGIN { exit !(level <= 2.0) }'
	program=$(sed -n 's|^ExecStart=/usr/bin/\([a-z-]*\) .*|\1|p' "$unit")
	tap_check "$name starts a program of ours" \
		test -f "$top_srcdir/man/$program.1"
	mapfile -t options < <(sed -n 's/^ExecStart=//p' "$unit" |
		grep -oE -- '--[a-z-]+')
	for option in "${options[@]}"; do
		tap_check "$name: $program knows $option" grep -q \
			"^\.It Fl -${option#--}\b" "$top_srcdir/man/$program.1"
	done
done
tap_done
