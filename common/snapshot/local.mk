# SPDX-License-Identifier: MIT

noinst_LIBRARIES += %D%/libsnapshot.a

%C%_libsnapshot_a_SOURCES =
%C%_libsnapshot_a_SOURCES += %D%/snapshot_digest.c %D%/snapshot_digest.h
%C%_libsnapshot_a_SOURCES += %D%/snapshot_file.c %D%/snapshot_file.h
%C%_libsnapshot_a_SOURCES += %D%/snapshot_reader.c %D%/snapshot_reader.h
%C%_libsnapshot_a_SOURCES += %D%/snapshot_reader_private.h

# The statements of sql/snapshot as C strings.
nodist_%C%_libsnapshot_a_SOURCES = \
	sql/snapshot_sql.c \
	sql/snapshot_sql.h
