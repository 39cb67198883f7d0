# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What ./check and tools/check-all share: they run stages, each a function whose
# output is TAP (or lines of automake's or forge's test summary), and count single
# results.
#
#	stage TITLE COMMAND...	runs it, prints one line with its time, and below it
#				what failed or was skipped
#	stages_bounded COMMAND...
#				ends a command that hangs, after three hours
#	stages_end		prints `N passed, N failed, N skipped` and exits
#
# The whole output of each stage is kept in $stages_folder.

stages_passed=0
stages_failed=0
stages_skipped=0
: "${stages_require_all:=no}"
: "${stages_folder:=build-check/log}"
mkdir -p "$stages_folder"

# Turns a log into lines "pass|fail|skip: text".
stages_read() {
	awk '
	{ sub(/\r$/, "") }
	/^ *(not )?ok([ \t]+[0-9]+)?[ \t]/ {
		kind = /^ *not/ ? "fail" : "pass"
		if (/# *SKIP/)
			kind = "skip"
		sub(/^ *(not )?ok[ \t]+([0-9]+)?[ \t]*-?[ \t]*/, "")
		print kind ": " $0
		next
	}
	/^(PASS|XFAIL): / { sub(/^[A-Z]+: /, ""); print "pass: " $0; next }
	/^(FAIL|ERROR|XPASS): / { sub(/^[A-Z]+: /, ""); print "fail: " $0; next }
	/^SKIP: / { sub(/^SKIP: /, ""); print "skip: " $0; next }
	/^\[PASS\] / { sub(/^\[PASS\] /, ""); print "pass: " $0; next }
	/^\[FAIL/ { if (!($0 in seen)) print "fail: " $0; seen[$0] = 1; next }
	/^\[SKIP/ { print "skip: " $0 }
	' "$1"
}

# How many results the harness of make check counted; 0 in the log of anything else.
stages_total() {
	awk '/^# TOTAL:/ { sum += $3 } END { print sum + 0 }' "$1"
}

stage() {
	local title=$1 start=$SECONDS status=0 log results passed failed skipped total
	shift
	log=$stages_folder/$(printf %s "$title" | tr -c 'a-z0-9\n' -).log
	results=$log.results
	printf '%-52s ' "$title"
	"$@" >"$log" 2>&1 || status=$?
	stages_read "$log" >"$results"
	passed=$(grep -c '^pass: ' "$results")
	failed=$(grep -c '^fail: ' "$results")
	skipped=$(grep -c '^skip: ' "$results")
	total=$(stages_total "$log")
	# A command that prints no results is one result itself.
	if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
		echo "fail: $title: exit $status, see $log" >>"$results"
		failed=1
	elif [ "$failed" -eq 0 ] && [ "$total" -gt 0 ] &&
		[ $((passed + skipped)) -ne "$total" ]; then
		echo "fail: $title: $total results, but $((passed + skipped)) can be read in $log" \
			>>"$results"
		failed=1
	elif [ $((passed + failed + skipped)) -eq 0 ]; then
		passed=1
	fi
	stages_passed=$((stages_passed + passed))
	stages_failed=$((stages_failed + failed))
	stages_skipped=$((stages_skipped + skipped))
	printf '%4d passed, %d failed, %d skipped  (%d s)\n' \
		"$passed" "$failed" "$skipped" $((SECONDS - start))
	grep -E '^(fail|skip): ' "$results" | sed 's/^/    /'
	if [ "$failed" -ne 0 ]; then
		grep -E '^[^ :]+:[0-9]+: ' "$log" | head -n 40 | sed 's/^/    /'
		echo "    the whole log is in $log"
	fi
	return 0
}

stages_bounded() {
	timeout --foreground 10800 "$@"
}

stages_end() {
	printf '%d passed, %d failed, %d skipped\n' \
		"$stages_passed" "$stages_failed" "$stages_skipped"
	[ "$stages_failed" -eq 0 ] || exit 1
	[ "$stages_require_all" = no ] || [ "$stages_skipped" -eq 0 ] || exit 1
	exit 0
}

# The stages that both have.

stage_gates() {
	top_builddir=$1 tools/gates/all
}

# make check in a folder that tools/build has built.
# One test more than processors: most wait more than they work. Each says what it
# has to say at its end, so that no line breaks into another one.
stage_suite() {
	tools/build --target all --target check-programs "$1" "${@:2}" &&
		stages_bounded make -C "$1" --no-print-directory \
			--output-sync=target -j$(($(nproc) + 1)) check
}

stage_contracts_current() {
	if [ ! -x tools/compile-contracts ]; then
		echo 'ok - contracts # SKIP there is no tools/compile-contracts'
		return 0
	fi
	tools/compile-contracts --check
}

stage_contracts() {
	if [ ! -f foundry.toml ] && [ ! -f contracts/foundry.toml ]; then
		echo 'ok - contracts # SKIP there is no foundry.toml'
		return 0
	fi
	local forge root=.
	[ -f foundry.toml ] || root=contracts
	forge=$(tools/foundry forge) || return 1
	FOUNDRY_DISABLE_NIGHTLY_WARNING=1 "$forge" test --root "$root" --offline \
		--use "$PWD/tools/solc-wrapper"
}

stage_contracts_coverage() {
	tools/contract-coverage
}
