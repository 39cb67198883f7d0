# SPDX-License-Identifier: MIT
#
# Every test speaks TAP; automake's driver counts the single points.

AM_TESTS_ENVIRONMENT = \
	top_srcdir='$(top_srcdir)'; export top_srcdir; \
	top_builddir='$(top_builddir)'; export top_builddir; \
	VECTORS='$(top_srcdir)/tests/vectors'; export VECTORS; \
	CC='$(CC)'; export CC; \
	CK_TIMEOUT_MULTIPLIER=$${CK_TIMEOUT_MULTIPLIER-60}; \
	export CK_TIMEOUT_MULTIPLIER;

TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
TEST_EXTENSIONS = .sh .mjs
LOG_DRIVER = $(TAP_DRIVER)
LOG_COMPILER = timeout 1800
SH_LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_COMPILER = timeout 900 bash
MJS_LOG_DRIVER = $(TAP_DRIVER)
# The scenarios are one test, and each of them has a bound of its own.
MJS_LOG_COMPILER = timeout 7200 node

# It takes longest, and waits most of the time: so it begins first.
TESTS += %D%/scenario/run.mjs

# The gates refuse what they are there for.
TESTS += %D%/gates/plants.sh

EXTRA_DIST += \
	%D%/demo/cast.mjs \
	%D%/demo/claims \
	%D%/demo/claims.mjs \
	%D%/demo/story.mjs \
	%D%/demo/style.mjs \
	%D%/demo/teller.mjs \
	%D%/gates/plants.sh \
	%D%/support/TestToken.json \
	%D%/support/action_sender.mjs \
	%D%/support/anvil.mjs \
	%D%/support/anvil.sh \
	%D%/support/chaos_proxy.mjs \
	%D%/support/child_chain.mjs \
	%D%/support/dead_network.c \
	%D%/support/eth_blocks.mjs \
	%D%/support/exit_game.mjs \
	%D%/support/failing_disk.c \
	%D%/support/failing_memory.c \
	%D%/support/failing_threads.c \
	%D%/support/false_clock.c \
	%D%/support/false_clock.mjs \
	%D%/support/hostile_operator.mjs \
	%D%/support/network_file.mjs \
	%D%/support/operator_net.mjs \
	%D%/support/power_cut.c \
	%D%/support/power_cut.mjs \
	%D%/support/programs.mjs \
	%D%/support/referee.mjs \
	%D%/support/rootchain_net.mjs \
	%D%/support/tap.mjs \
	%D%/support/tap.sh \
	%D%/support/wallet_net.mjs \
	%D%/support/world.mjs \
	%D%/vectors

# Blocks as no operator may make them; nothing of the watcher's is in it.
check_PROGRAMS += %D%/hostile-block
%C%_hostile_block_SOURCES = \
	%D%/support/hostile/forge.c \
	%D%/support/hostile/forge.h \
	%D%/support/hostile/hostile_block.c
%C%_hostile_block_LDADD = $(CHAIN_LIBS) $(SYSTEM_LIBS)

# The largest valid block.
check_PROGRAMS += %D%/full-blocks
%C%_full_blocks_SOURCES = %D%/support/hostile/full_blocks.c
%C%_full_blocks_LDADD = $(CHAIN_LIBS) $(SYSTEM_LIBS)

# What unit tests read vectors with, too.
VECTOR_READERS = \
	%D%/check_vectors/ethereum_vectors.c \
	%D%/check_vectors/ethereum_vectors.h \
	%D%/check_vectors/vector.c \
	%D%/check_vectors/vector.h

# What a wallet would have signed, for tests that play one.
check_PROGRAMS += %D%/record-signed
%C%_record_signed_SOURCES = %D%/support/record_signed.c
%C%_record_signed_LDADD = $(STORE_LIBS) $(SYSTEM_LIBS)

include tests/unit/local.mk
include tests/bench/local.mk
include tests/fault/local.mk
include tests/fuzz/local.mk
include tests/integration/local.mk
include tests/scenario/local.mk
include tests/soak/local.mk
include tests/differential/local.mk

# Runs every file of a folder of vectors; as a test, those of tests/vectors.
check_PROGRAMS += %D%/check-vectors
TESTS += %D%/check-vectors
%C%_check_vectors_SOURCES = \
	%D%/check_vectors/block_vectors.c \
	%D%/check_vectors/call_vectors.c \
	%D%/check_vectors/chain_vectors.c \
	%D%/check_vectors/check_vectors.c \
	%D%/check_vectors/codec_vectors.c \
	%D%/check_vectors/event_vectors.c \
	$(VECTOR_READERS)
%C%_check_vectors_LDADD = $(ETHEREUM_LIBS) $(SYSTEM_LIBS)

# Every long run, one after the other: hours. Each is a target of its own.
soak:
	$(MAKE) soak-exits
	$(MAKE) soak-exits-on-anvil
	$(MAKE) soak-quiet
	$(MAKE) soak-operator
	$(MAKE) soak-fault
	$(MAKE) soak-kill
	$(MAKE) soak-mutation
	$(MAKE) soak-contracts
	$(MAKE) watcher-mutants
	FUZZ_RUNS=10000000 $(MAKE) fuzz
.PHONY: soak
