#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Every gate passes a small clean tree and refuses the same tree with one
# violation planted in it, naming the place.

# shellcheck source=../support/tap.sh
. "${top_srcdir:-.}/tests/support/tap.sh"

tap_scratch
tree=$scratch/tree
export top_builddir=$tree/build

# put FILE: stdin becomes a file of the tree.
put() {
	mkdir -p "$(dirname "$tree/$1")"
	cat >"$tree/$1"
}

make_clean_tree() {
	rm -rf "$tree"
	mkdir -p "$tree/tools" "$tree/sql" "$tree/build/common/base"
	cp -r "$top_srcdir/tools/gates" "$tree/tools/gates"
	cp "$top_srcdir/.clang-format" "$top_srcdir/.shellcheckrc" "$tree/"
	put common/base/noun.h <<'END'
/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_BASE_NOUN_H
#define PLASMA_COMMON_BASE_NOUN_H

#include <stddef.h>

/* The length of a word; says sprintf() and TIME in a comment only. */
size_t noun_len(const char *word);

#endif
END
	put common/base/noun.c <<'END'
/* SPDX-License-Identifier: MIT */
#include "common/base/noun.h"

#include <string.h>

size_t noun_len(const char *word)
{
	return strlen(word);
}
END
	put common/chain/verdict.h <<'END'
/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CHAIN_VERDICT_H
#define PLASMA_COMMON_CHAIN_VERDICT_H

#define VERDICT_LIST(X)                                                        \
	X(FIRST_RULE, "first_rule", P)                                         \
	X(SECOND_RULE, "second_rule", P)

#endif
END
	put tests/unit/chain/test_rules.c <<'END'
/* SPDX-License-Identifier: MIT */
#include "common/chain/verdict.h"

/* VERDICT_FIRST_RULE and second_rule are broken here. */
END
	put man/plasma-wallet.1 <<'END'
.\" SPDX-License-Identifier: MIT
.Dd January 1, 2026
.Dt PLASMA-WALLET 1
.Os
.Sh NAME
.Nm plasma-wallet
.Nd a page
.Sh SYNOPSIS
.Nm
.Op Fl Fl help
END
	put build/plasma-wallet <<'END'
#!/bin/sh
# SPDX-License-Identifier: MIT
echo 'usage: plasma-wallet [--help]'
END
	chmod +x "$tree/build/plasma-wallet"
	build_base
}

build_base() {
	"${CC:-cc}" -I"$tree" -c -o "$tree/build/noun.o" "$tree/common/base/noun.c" &&
		ar cr "$tree/build/common/base/libbase.a" "$tree/build/noun.o"
}

# refuses GATE PLACE 'what is planted': the gate exits with 1 and its first word
# is the place.
refuses() {
	tap_run "$tree/tools/gates/$1"
	if [ "$tap_status" -eq 1 ] && [[ $'\n'$tap_stderr == *$'\n'"$2: "* ]]; then
		tap_pass "the gate '$1' refuses $3"
	else
		tap_fail "the gate '$1' refuses $3" "exit $tap_status"
		tap_note "$tap_stdout $tap_stderr"
	fi
	make_clean_tree
}

# plant LINE TEXT: puts a line into noun.c.
plant() {
	sed -i "$1i\\
$2" "$tree/common/base/noun.c"
}

make_clean_tree || tap_bail 'the small tree cannot be built'
for gate in layers headers banned amounts sql options verdicts purity waivers \
	size words licence format pages shell; do
	tap_exit "the gate '$gate' passes a clean tree" 0 "$tree/tools/gates/$gate"
done
tap_exit 'all gates together pass a clean tree' 0 "$tree/tools/gates/all"

plant 5 '#include "common/chain/verdict.h"'
refuses layers common/base/noun.c:5 'a lower layer that includes a higher one'

put operator/mempool.c <<<'#include "watcher/deadline.h"'
refuses layers operator/mempool.c:1 'a program that includes another'

put tests/support/hostile.c <<<'#include "watcher/block_validator.h"'
refuses layers tests/support/hostile.c:1 'a hostile operator that shares the validator'

sed -i 's/return strlen(word)/return (size_t)time(0)/; s/string.h/time.h/' \
	"$tree/common/base/noun.c"
build_base
refuses purity common/base/noun.c:1 'a pure layer that asks for the time'

sed -i 's/PLASMA_COMMON_BASE_NOUN_H/NOUN_H/' "$tree/common/base/noun.h"
refuses headers common/base/noun.h:2 'a guard that is not the path'

sed -i '/stddef/d' "$tree/common/base/noun.h"
refuses headers common/base/noun.h:1 'a header that does not compile alone'

plant 5 '#include <stdlib.h>'
refuses headers common/base/noun.c:5 'includes that are not sorted'

plant 2 '#include <string.h>'
refuses headers common/base/noun.c:2 'an own header that is not first'

plant 8 '	sprintf(0, word);'
refuses banned common/base/noun.c:8 'sprintf'

plant 8 '	int a = atoi (word);'
refuses banned common/base/noun.c:8 'atoi'

plant 8 '	(void)getenv(word);'
refuses banned common/base/noun.c:8 'the environment outside its place'

put watcher/deadline.c <<<'static long now = time(NULL);'
refuses banned watcher/deadline.c:1 'the clock outside its place'

put wallet/coin_selection.c <<<'static void *p = malloc(4);'
refuses banned wallet/coin_selection.c:1 'memory that does not come from base'

plant 8 '	amount.private_units.limbs[0]++;'
refuses amounts common/base/noun.c:8 'an amount that is opened'

put operator/mempool.c <<<'static const char q[] = "SELECT a FROM b WHERE c";'
refuses sql operator/mempool.c:1 'SQL in a C file'

put operator/operator_store.c <<<'int f = sqlite3_exec(db, text, 0, 0, 0);'
refuses sql operator/operator_store.c:1 'a database that is asked past the store'

sed -i 's/--help/--help | --new/' "$tree/build/plasma-wallet"
refuses options man/plasma-wallet.1:1 'an option that the manual page does not name'

echo '.Op Fl Fl gone' >>"$tree/man/plasma-wallet.1"
refuses options man/plasma-wallet.1:1 'an option that --help does not name'

printf "printf 'Commands:\\n  new ARGUMENT   a command\\n'\n" >>"$tree/build/plasma-wallet"
refuses options man/plasma-wallet.1:1 'a command that the manual page does not name'

echo '.It Cm gone' >>"$tree/man/plasma-wallet.1"
refuses options man/plasma-wallet.1:1 'a command that --help does not name'

echo "echo '; new_setting: not set'" >>"$tree/build/plasma-wallet"
refuses options man/plasma-wallet.1:1 'a setting that the manual page does not name'

rm "$tree/man/plasma-wallet.1"
refuses options man/plasma-wallet.1:1 'a program without a manual page'

sed -i 's/ and second_rule//' "$tree/tests/unit/chain/test_rules.c"
refuses verdicts common/chain/verdict.h:7 'a verdict without a test'

sed -i 's/VERDICT_LIST/RULES/' "$tree/common/chain/verdict.h"
refuses verdicts common/chain/verdict.h:1 'a tree in which it finds no verdict'

sed -i 1d "$tree/common/base/noun.c"
refuses licence common/base/noun.c:1 'a file without its licence'

plant 2 '/* TO''DO: later */'
refuses words common/base/noun.c:2 'a mark of unfinished work'

put tools/run <<<'cd /ro''ot/plasma'
refuses words tools/run:1 'a path of one machine'

put tools/run <<<'make check |''| true'
refuses words tools/run:1 'a failure that is swallowed'

put tests/wait.sh <<<'sle''ep 5'
refuses words tests/wait.sh:1 'a test that waits for time'

put common/base/util.c <<<'/* SPDX-License-Identifier: MIT */'
refuses words common/base/util.c:1 'a name that explains nothing'

for ((i = 0; i < 61; i++)); do plant 8 '	word++;'; done
refuses size common/base/noun.c:7 'a function that is too long'

yes '/* more */' | head -n 800 >>"$tree/common/base/noun.c"
refuses size common/base/noun.c:800 'a file that is too long'

plant 8 '  word++;'
refuses format common/base/noun.c:7 'a line of another shape'

echo '.Xx what' >>"$tree/man/plasma-wallet.1"
refuses pages man/plasma-wallet.1:11 'a page with an unknown macro'

put tools/run <<'END'
#!/bin/sh
rm $1
END
refuses shell tools/run:2 'a script that does not quote'

plant 8 '	/* allowed: nobody knows */'
refuses waivers common/base/noun.c:8 'a waiver that waives nothing'

plant 8 '	sprintf(0, word); /* allowed: */'
refuses waivers common/base/noun.c:8 'a waiver without a reason'

plant 8 '	sprintf(0, word);'
plant 8 '	/* allowed: this test plants it */'
tap_exit 'a waiver lets a gate pass' 0 "$tree/tools/gates/banned"
tap_exit 'a waiver that is needed is no violation' 0 "$tree/tools/gates/waivers"
plant 11 '	sprintf(0, word);'
refuses banned common/base/noun.c:11 'the statement after the waived one'
tap_done
