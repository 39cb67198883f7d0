# SPDX-License-Identifier: MIT

# Everything but main.c, so that tests can link it.
noinst_LIBRARIES += %D%/liboperator.a

%C%_liboperator_a_SOURCES =

# The statements of sql/operator as C strings.
nodist_%C%_liboperator_a_SOURCES = \
	sql/operator_sql.c \
	sql/operator_sql.h

if HAVE_OPERATOR
bin_PROGRAMS += plasma-operator
plasma_operator_SOURCES = %D%/main.c
plasma_operator_LDADD = %D%/liboperator.a $(COMMON_LIBS) $(SYSTEM_LIBS)
endif
