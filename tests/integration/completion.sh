#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What bash offers after a Tab is what the programs' help says.

# shellcheck source=../support/tap.sh
. "${top_srcdir:-.}/tests/support/tap.sh"
# shellcheck source=../../packaging/bash-completion/plasma-chain.bash
. "$top_srcdir/packaging/bash-completion/plasma-chain.bash"

tap_scratch
touch "$scratch/key.json"
cd "$scratch" || tap_bail 'no scratch folder'

# What is offered for a line that ends where the cursor is, words apart.
offered() {
	COMP_WORDS=("$top_builddir/$1" "${@:2}")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMPREPLY=()
	_plasma_chain
	echo "${COMPREPLY[*]}"
}

tap_equal 'the commands that begin so' \
	"$(offered plasma-watcher e)" 'evidence exit exits explain'
tap_equal 'the second word of a command' \
	"$(offered plasma-watcher latch '')" 'clear show'
tap_equal 'a command is complete when it stands' \
	"$(offered plasma-rootchain import '')" key.json
tap_equal 'an option, with what belongs to it' \
	"$(offered plasma-operator deploy --tok)" --token=
tap_equal 'and not where another command takes it' \
	"$(offered plasma-operator backup --tok)" ''
tap_equal 'an option between does not matter' \
	"$(offered plasma-wallet --network = x.conf key i)" import
tap_equal 'the words that an option may have' \
	"$(offered plasma-watcher --act =)" 'do print'
tap_equal 'or begin with' "$(offered plasma-watcher --act = p)" print
tap_equal 'a file' "$(offered plasma-watcher --keystore = ke)" key.json
for program in plasma-operator plasma-rootchain plasma-wallet plasma-watcher; do
	mapfile -t options < <("$top_builddir/$program" --help |
		sed -n 's/^  \(--[a-z-]*=\{0,1\}\).*/\1/p')
	tap_equal "every option of $program" \
		"$(offered "$program" --)" "${options[*]}"
done
tap_equal 'nothing for a program that is not there' "$(offered nobody --)" ''
tap_done
