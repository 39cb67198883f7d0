#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tools/embed-sql brings SQL into C unchanged, and refuses what breaks its format.

# shellcheck source=../support/tap.sh
. "${top_srcdir:-.}/tests/support/tap.sh"

tap_scratch
embed=$top_srcdir/tools/embed-sql
mkdir -p "$scratch/sql"
cp "$top_srcdir/sql/sql_text.h" "$scratch/sql/"
cd "$scratch" || tap_bail 'no scratch folder'

cat >0001-first.sql <<'END'
-- a "quoted" word, a back\slash
CREATE TABLE a (b INTEGER NOT NULL, c TEXT CHECK (c != '??/')) STRICT;
END
cat >statements.sql <<'END'
-- What is done with a.

-- name: get_c
SELECT c FROM a
-- of one b
WHERE b = ?1;

-- name: put
INSERT INTO a (b, c) VALUES (?1, ?2);
END
"$embed" --header demo 0001-first.sql statements.sql >sql/demo_sql.h
"$embed" --source demo 0001-first.sql statements.sql >sql/demo_sql.c
cat >main.c <<'END'
#include <stdio.h>
#include "sql/demo_sql.h"

int main(void)
{
	fputs(demo_schema_0001, stdout);
	fputs(SQL_DEMO_GET_C, stdout);
	fputs(SQL_DEMO_PUT, stdout);
	for (size_t i = 0; demo_schema[i].name; i++)
		puts(demo_schema[i].name);
	for (size_t i = 0; demo_statements[i].name; i++)
		puts(demo_statements[i].name);
}
END
tap_check 'what it makes compiles' "${CC:-cc}" -std=c11 -Wall -Wextra -Werror \
	-I. main.c sql/demo_sql.c -o main
tap_check 'and runs' ./main
tap_equal 'the text is the text of the files without remarks between statements' \
	"$tap_stdout" "$(cat 0001-first.sql)
SELECT c FROM a
WHERE b = ?1;
INSERT INTO a (b, c) VALUES (?1, ?2);
0001-first
get_c
put"

# refuses 'a sentence' PART-OF-THE-MESSAGE FILE...
refuses() {
	tap_exit "$1" 1 "$embed" --source demo "${@:3}"
	tap_contains '    and says where and why' "$tap_stderr" "$2"
}

cp 0001-first.sql 0003-third.sql
refuses 'a gap in the numbers of a schema is refused' \
	'0003-third.sql:1: schema files are numbered' 0001-first.sql 0003-third.sql
cp 0001-first.sql first.sql
refuses 'a file of another name is refused' 'first.sql:1: neither' first.sql
printf 'SELECT 1;\n' >a-statements.sql
refuses 'SQL before a name is refused' 'a-statements.sql:1: SQL before' a-statements.sql
printf -- '-- name: one\nSELECT 1\n' >a-statements.sql
refuses 'a statement without a semicolon is refused' \
	'statement one does not end' a-statements.sql
printf -- '-- name: one\nSELECT 1;\nSELECT 2;\n' >a-statements.sql
refuses 'two statements under one name are refused' \
	'a-statements.sql:3: more than one' a-statements.sql
printf -- '-- name: one\nSELECT 1;\n-- name: one\nSELECT 2;\n' >a-statements.sql
refuses 'a name that stands twice is refused' \
	'a-statements.sql:3: statement one stands twice' a-statements.sql
printf -- '-- name: One\nSELECT 1;\n' >a-statements.sql
refuses 'a name in capitals is refused' 'a-statements.sql:1: a name' a-statements.sql
printf -- '-- name: one\n-- name: two\nSELECT 1;\n' >a-statements.sql
refuses 'a name without a statement is refused' 'statement one is empty' a-statements.sql
tap_exit 'wrong usage exits with 64' 64 "$embed" demo
tap_done
