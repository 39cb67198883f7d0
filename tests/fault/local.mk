# SPDX-License-Identifier: MIT
#
# Databases on a disk that fails: power, I/O errors, no space. make check takes
# every seventh operation, make soak-fault all of them, and ends the operator at
# each of its calls.

check_PROGRAMS += %D%/fault_database
TESTS += %D%/fault_database
%C%_fault_database_SOURCES = \
	%D%/fault_database.c \
	%D%/fault_vfs.c \
	%D%/fault_vfs.h \
	%D%/workload.h \
	%D%/workload_actions.c \
	%D%/workload_signed_spends.c \
	%D%/workload_snapshot.c \
	%D%/workload_store.c \
	%D%/workload_watcher.c
%C%_fault_database_LDADD = rootchain/librootchain.a watcher/libwatcher.a $(COMMON_LIBS) $(SYSTEM_LIBS)

soak-fault: all %D%/fault_database
	FAULT_STRIDE=1 %D%/fault_database
	FAULT_STRIDE=1 top_builddir='$(top_builddir)' \
		node $(top_srcdir)/tests/scenario/run.mjs F-01 F-02
.PHONY: soak-fault
