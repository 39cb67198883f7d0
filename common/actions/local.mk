# SPDX-License-Identifier: MIT

noinst_LIBRARIES += %D%/libactions.a

%C%_libactions_a_SOURCES =

# The statements of sql/actions as C strings.
nodist_%C%_libactions_a_SOURCES = \
	sql/actions_sql.c \
	sql/actions_sql.h
