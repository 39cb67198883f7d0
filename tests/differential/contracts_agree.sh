#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The library and the contracts judge generated transactions alike. The number of
# cases is $CASES, 4000 when it is not set.

# shellcheck source=../support/tap.sh
. "${top_srcdir:-.}/tests/support/tap.sh"

forge=$("$top_srcdir/tools/foundry" forge) || tap_skip_all 'forge is not installed'
cases=$top_srcdir/contracts/out/transaction_cases
tap_at_exit "rm -f '$cases'"
mkdir -p "${cases%/*}"
"$top_builddir/tests/differential/transaction-cases" "${CASES:-4000}" >"$cases"
tap_equal 'as many cases are made as asked for' \
	"$(wc -l <"$cases" | tr -d ' ')" "${CASES:-4000}"

cd "$top_srcdir" || tap_bail 'no source folder'
tap_check 'the contracts accept and refuse what the library does, with the same ids' \
	env CASES="${CASES:-4000}" \
	"$forge" test --match-contract DifferentialTest
tap_done
