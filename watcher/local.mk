# SPDX-License-Identifier: MIT

# Everything but main.c, so that tests can link it.
noinst_LIBRARIES += %D%/libwatcher.a

%C%_libwatcher_a_SOURCES =

# The statements of sql/watcher as C strings.
nodist_%C%_libwatcher_a_SOURCES = \
	sql/watcher_sql.c \
	sql/watcher_sql.h

if HAVE_WATCHER
bin_PROGRAMS += plasma-watcher
plasma_watcher_SOURCES = %D%/main.c
plasma_watcher_LDADD = %D%/libwatcher.a $(COMMON_LIBS) $(SYSTEM_LIBS)
endif
