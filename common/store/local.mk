# SPDX-License-Identifier: MIT

noinst_LIBRARIES += %D%/libstore.a

%C%_libstore_a_SOURCES =
%C%_libstore_a_SOURCES += %D%/database.c %D%/database.h
%C%_libstore_a_SOURCES += %D%/database_private.h
%C%_libstore_a_SOURCES += %D%/signed_spend_table.c %D%/signed_spend_table.h
%C%_libstore_a_SOURCES += %D%/statement.c %D%/statement.h

# The statements of sql/signed_spend as C strings.
nodist_%C%_libstore_a_SOURCES = \
	sql/signed_spend_sql.c \
	sql/signed_spend_sql.h
