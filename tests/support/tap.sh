# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# TAP for tests in shell. A test sources this file, makes its claims, and ends
# with tap_done.
#
#	tap_check 'a sentence' command [argument...]	true if it exits with 0
#	tap_exit 'a sentence' CODE command [argument...]	... with CODE
#	tap_equal 'a sentence' GOT EXPECTED
#	tap_contains 'a sentence' TEXT PART
#	tap_pass 'a sentence' / tap_fail 'a sentence' [why]
#	tap_note TEXT			a remark in the log
#	tap_skip_all WHY		nothing here can be tested: ends the test
#	tap_bail WHY			the set-up failed: ends the test
#	tap_at_exit COMMAND		run at the end, last one first
#	tap_scratch			makes $scratch, a folder removed at the end
#
# tap_exit leaves what the command wrote in $tap_stdout and $tap_stderr.

: "${top_srcdir:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build}"
top_srcdir=$(cd "$top_srcdir" && pwd)
if [ -d "$top_builddir" ]; then
	top_builddir=$(cd "$top_builddir" && pwd)
fi

tap_count=0
tap_failures=0
tap_stdout=
tap_stderr=
tap_ended=no
tap_exit_commands=()

tap_note() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

tap_pass() {
	tap_count=$((tap_count + 1))
	printf 'ok %d - %s\n' "$tap_count" "$1"
}

tap_fail() {
	tap_count=$((tap_count + 1))
	tap_failures=$((tap_failures + 1))
	printf 'not ok %d - %s\n' "$tap_count" "$1"
	if [ $# -gt 1 ]; then
		tap_note "$2"
	fi
}

# Runs a command; sets tap_status, tap_stdout and tap_stderr.
tap_run() {
	local files
	files=$(mktemp -d)
	tap_status=0
	"$@" >"$files/out" 2>"$files/err" || tap_status=$?
	tap_stdout=$(<"$files/out")
	tap_stderr=$(<"$files/err")
	rm -r "$files"
}

tap_exit() {
	local name=$1 expected=$2
	shift 2
	tap_run "$@"
	if [ "$tap_status" = "$expected" ]; then
		tap_pass "$name"
	else
		tap_fail "$name" "exit $tap_status, expected $expected: $*"
		tap_note "stdout: $tap_stdout"
		tap_note "stderr: $tap_stderr"
	fi
}

tap_check() {
	local name=$1
	shift
	tap_exit "$name" 0 "$@"
}

tap_equal() {
	if [ "$2" = "$3" ]; then
		tap_pass "$1"
	else
		tap_fail "$1" "got:      $2"
		tap_note "expected: $3"
	fi
}

tap_contains() {
	case $2 in
	*"$3"*) tap_pass "$1" ;;
	*)
		tap_fail "$1" "no '$3' in:"
		tap_note "$2"
		;;
	esac
}

tap_at_exit() {
	tap_exit_commands=("$1" "${tap_exit_commands[@]}")
}

# Runs whatever the reason for leaving; a test that ends without tap_done has
# failed even if each claim so far was true.
tap_leave() {
	local status=$? command
	for command in "${tap_exit_commands[@]}"; do
		eval "$command"
	done
	if [ "$tap_ended" = no ]; then
		echo "Bail out! the test ended early with status $status"
		exit 1
	fi
}
trap tap_leave EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

tap_skip_all() {
	tap_ended=yes
	echo "1..0 # SKIP $1"
	exit 0
}

tap_bail() {
	tap_ended=yes
	echo "Bail out! $1"
	exit 1
}

tap_done() {
	tap_ended=yes
	echo "1..$tap_count"
	[ "$tap_failures" -eq 0 ]
	exit
}

tap_scratch() {
	scratch=$(mktemp -d "${TMPDIR:-/tmp}/plasma-test.XXXXXX")
	tap_at_exit "rm -rf '$scratch'"
}
