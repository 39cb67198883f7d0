# SPDX-License-Identifier: MIT
#
# Figures of this machine (make bench). A bench quotes the others' measure, bare
# signature recovery, from its own run: it lists $(BENCH_RECOVER) in its sources.
#	bench_programs += %D%/bench_noun
#	%C%_bench_noun_SOURCES = %D%/bench_noun.c $(BENCH_RECOVER)

BENCH_RECOVER = %D%/recover.c %D%/recover.h

bench_programs =
bench_programs += %D%/bench_keccak
%C%_bench_keccak_SOURCES = %D%/bench_keccak.c
%C%_bench_keccak_LDADD = $(CODEC_LIBS)
bench_programs += %D%/bench_recover
%C%_bench_recover_SOURCES = %D%/bench_recover.c $(BENCH_RECOVER)
%C%_bench_recover_LDADD = $(CODEC_LIBS) $(SYSTEM_LIBS)
bench_programs += %D%/bench_watcher
%C%_bench_watcher_SOURCES = \
	%D%/bench_payments.c %D%/bench_payments.h \
	%D%/bench_watcher.c $(BENCH_RECOVER)
%C%_bench_watcher_LDADD = watcher/libwatcher.a $(COMMON_LIBS) $(SYSTEM_LIBS)
bench_programs += %D%/bench_large_state
%C%_bench_large_state_SOURCES = \
	%D%/bench_large_state.c \
	%D%/bench_payments.c %D%/bench_payments.h
%C%_bench_large_state_LDADD = watcher/libwatcher.a $(COMMON_LIBS) $(SYSTEM_LIBS)

bench_programs += %D%/bench_snapshot
%C%_bench_snapshot_SOURCES = %D%/bench_snapshot.c
%C%_bench_snapshot_LDADD = rootchain/librootchain.a $(COMMON_LIBS) $(SYSTEM_LIBS)

bench_programs += %D%/bench_walk
%C%_bench_walk_SOURCES = %D%/bench_walk.c
%C%_bench_walk_LDADD = operator/liboperator.a $(COMMON_LIBS) $(SYSTEM_LIBS)

EXTRA_PROGRAMS += $(bench_programs)
CLEANFILES += $(bench_programs)

# 200,000 different signatures, one thread for each processor.
bench-recover: %D%/bench_recover
	%D%/bench_recover

# One hash of 64 bytes in each way.
bench-keccak: %D%/bench_keccak
	%D%/bench_keccak

bench: bench-recover bench-keccak

.PHONY: bench bench-keccak bench-recover

# Payments for a running operator; bench_operator.mjs runs it.
bench_programs += %D%/bench_operator_load
%C%_bench_operator_load_SOURCES = \
	%D%/load_client.c %D%/load_client.h \
	%D%/load_payments.c %D%/load_payments.h \
	%D%/operator_load.c
%C%_bench_operator_load_LDADD = \
	operator/liboperator.a \
	$(COMMON_LIBS) \
	$(SYSTEM_LIBS)
EXTRA_DIST += %D%/bench_operator.mjs

# Figures of the operator, in bench-operator.json.
bench-operator: all %D%/bench_recover %D%/bench_operator_load
	top_builddir='$(top_builddir)' node $(top_srcdir)/%D%/bench_operator.mjs

.PHONY: bench-operator

# A portable snapshot of 1,000,000 events: part of the watcher's figures.
bench-snapshot: %D%/bench_snapshot
	rm -rf bench-snapshot.tmp
	%D%/bench_snapshot
	rm -rf bench-snapshot.tmp

.PHONY: bench-snapshot

# How long acceptance stands still while 10,000,000 outputs are walked.
bench-walk: %D%/bench_walk
	rm -rf bench-walk.tmp
	mkdir bench-walk.tmp
	%D%/bench_walk bench-walk.tmp
	rm -rf bench-walk.tmp

.PHONY: bench-walk

# A follower that catches up with 100,000 eth_blocks, everything proved: the rate
# and what bounds it.
EXTRA_DIST += %D%/bench_follower.mjs
bench-follower: all
	top_builddir='$(top_builddir)' node $(top_srcdir)/%D%/bench_follower.mjs

.PHONY: bench-follower

# The memory and the start of a watcher on a chain with 10,000,000 unspent
# outputs: part of the watcher's figures.
EXTRA_DIST += %D%/bench_memory.mjs
bench-memory: all %D%/bench_large_state
	top_builddir='$(top_builddir)' node $(top_srcdir)/%D%/bench_memory.mjs

.PHONY: bench-memory

# Figures of the watcher, in bench-watcher.json: the last lines of all programs.
bench-watcher: all %D%/bench_watcher %D%/bench_snapshot %D%/bench_large_state
	rm -rf bench-watcher.tmp bench-snapshot.tmp
	%D%/bench_watcher >bench-watcher.out
	%D%/bench_snapshot >bench-snapshot.out
	top_builddir='$(top_builddir)' node $(top_srcdir)/%D%/bench_memory.mjs \
		>bench-memory.out
	cat bench-watcher.out bench-snapshot.out bench-memory.out
	grep -h '^{' bench-watcher.out bench-snapshot.out bench-memory.out | \
		tr -d '\n' | sed 's/}{/,/g' >bench-watcher.json
	rm -rf bench-watcher.tmp bench-snapshot.tmp

CLEANFILES += bench-watcher.json bench-watcher.out bench-snapshot.out \
	bench-memory.out

.PHONY: bench-watcher
