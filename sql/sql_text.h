/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_SQL_SQL_TEXT_H
#define PLASMA_SQL_SQL_TEXT_H

/*
 * SQL as tools/embed-sql brings it from the files of this folder into C: the
 * steps of a schema and the named statements, in tables closed by NULLs.
 */
struct sql_text {
	const char *name;
	const char *text;
};

#endif
