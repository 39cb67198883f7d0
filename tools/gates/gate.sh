# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What the gates share. A gate is a script that looks at the tree it stands in and
#	prints "FILE:LINE: what, why" on stderr for each violation,
#	prints one TAP line on stdout, and
#	exits with 0 if there was none.
# Those that look at what was built take it from $top_builddir.
#
# A comment /* allowed: reason */ on a line, or alone before a statement, waives
# the gates that read C for it. With $GATE_WAIVERS set, the waivers that were
# needed are noted in that file, so that the gate `waivers` knows the others.

set -euo pipefail

gates_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$gates_folder/../.."
export LC_ALL=C

gate_name=$(basename "$0")
gate_scratch=$(mktemp -d)
trap 'rm -rf "$gate_scratch"' EXIT

# Takes lines "FILE:LINE: what, why". They are counted in a file, as this may run
# at the end of a pipe.
gate_complain_all() {
	tee -a "$gate_scratch/violations" >&2
}

gate_complain() {
	gate_complain_all <<<"$1"
}

# gate_end 'what holds if nothing was found'
gate_end() {
	if [ ! -s "$gate_scratch/violations" ]; then
		printf 'ok - %s: %s\n' "$gate_name" "$1"
		exit 0
	fi
	printf 'not ok - %s: %s\n' "$gate_name" "$1"
	exit 1
}

# gate_skip 'why': for what this machine or tree does not have.
gate_skip() {
	printf 'ok - %s # SKIP %s\n' "$gate_name" "$1"
	exit 0
}

# Files of the project whose path matches an extended regular expression;
# whatever a build makes is left out.
gate_files() {
	find . \( -path './build*' -o -name node_modules -o -name .git \
		-o -path './autom4te.cache' -o -path './plasma-chain-*' \
		-o -path ./contracts/out -o -path ./contracts/cache \
		-o -name .deps \) -prune \
		-o -type f -print |
		sed 's|^\./||' |
		grep -vE '^sql/[a-z_]+_sql\.[ch]$|^tests/unit/suites_[a-z]+\.c$' |
		grep -vE '~$|^(configure|aclocal\.m4|config\.(h|h\.in|log|status)|Makefile(\.in)?)$' |
		{ grep -E "$1" || :; } | sort
}

# The lines of C files without comments (and without the text of strings, unless
# the first argument is --strings): FILE, LINE, line of a waiver or 0, CODE, with
# tabs between and none in CODE.
gate_code() {
	local strings=0
	if [ "${1-}" = --strings ]; then
		strings=1
		shift
	fi
	[ $# -gt 0 ] || return 0
	awk -v strings="$strings" -f "$gates_folder/code.awk" "$@"
}

# gate_match REGEX WHAT: complains of the lines of gate_code on stdin whose code
# matches; `&` in WHAT is what matched.
gate_match() {
	awk -F '\t' -v regex="$1" -v what="$2" -v notes="${GATE_WAIVERS-}" '
	match($4, regex) {
		if ($3 != 0) {
			if (notes != "")
				print $1 ":" $3 >>notes
			next
		}
		found = substr($4, RSTART, RLENGTH)
		gsub(/^[^A-Za-z_"<]+|[ (]+$/, "", found)
		text = what
		at = index(text, "&")
		if (at)
			text = substr(text, 1, at - 1) found substr(text, at + 1)
		print $1 ":" $2 ": " text
	}' >"$gate_scratch/matches"
	gate_complain_all <"$gate_scratch/matches"
}

# The same lines without those whose FILE matches.
gate_without() {
	awk -F '\t' -v regex="$1" '$1 !~ regex'
}

gate_only() {
	awk -F '\t' -v regex="$1" '$1 ~ regex'
}
