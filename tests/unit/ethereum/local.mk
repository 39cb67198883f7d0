# SPDX-License-Identifier: MIT

unit_ethereum =
unit_ethereum += %D%/eth_blocks.c %D%/eth_blocks.h
unit_ethereum += %D%/test_eth_header.c
unit_ethereum += %D%/test_eth_receipt.c
unit_ethereum += %D%/test_eth_transaction.c
unit_ethereum += %D%/test_trie_proof.c
unit_ethereum += %D%/test_coin_evidence.c

if HAVE_CHECK
check_PROGRAMS += tests/unit/test-ethereum
TESTS += tests/unit/test-ethereum
tests_unit_test_ethereum_SOURCES = $(unit_ethereum) $(UNIT_RUNNER) $(VECTOR_READERS)
nodist_tests_unit_test_ethereum_SOURCES = tests/unit/suites_ethereum.c
tests_unit_test_ethereum_LDADD = $(WHOLE_ON) $(ETHEREUM_LIBS) $(WHOLE_OFF) $(UNIT_LIBS)
endif
EXTRA_DIST += $(unit_ethereum)
CLEANFILES += tests/unit/suites_ethereum.c

tests/unit/suites_ethereum.c: %D%/local.mk tests/unit/list-suites
	$(AM_V_GEN)$(MKDIR_P) tests/unit
	$(AM_V_at)$(top_srcdir)/tests/unit/list-suites $(unit_ethereum) >$@.part
	$(AM_V_at)mv $@.part $@
