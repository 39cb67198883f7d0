# SPDX-License-Identifier: MIT

# Everything but main.c, so that tests can link it.
noinst_LIBRARIES += %D%/librootchain.a

%C%_librootchain_a_SOURCES =

# The statements of sql/rootchain as C strings.
nodist_%C%_librootchain_a_SOURCES = \
	sql/rootchain_sql.c \
	sql/rootchain_sql.h

if HAVE_ROOTCHAIN
bin_PROGRAMS += plasma-rootchain
plasma_rootchain_SOURCES = %D%/main.c
plasma_rootchain_LDADD = %D%/librootchain.a $(COMMON_LIBS) $(SYSTEM_LIBS)
endif
