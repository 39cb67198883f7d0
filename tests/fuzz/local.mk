# SPDX-License-Identifier: MIT
#
# A fuzz target is a file fuzz_NOUN.c with LLVMFuzzerTestOneInput and its seeds;
# make check runs each on a fixed sequence of inputs (driver.c). Four lines each:
#	check_PROGRAMS += %D%/fuzz_noun
#	TESTS += %D%/fuzz_noun
#	%C%_fuzz_noun_SOURCES = %D%/fuzz_noun.c $(FUZZ_DRIVER)
#	%C%_fuzz_noun_LDADD = $(CODEC_LIBS) $(SYSTEM_LIBS)

FUZZ_DRIVER = %D%/driver.c %D%/driver.h
EXTRA_DIST += $(FUZZ_DRIVER)

check_PROGRAMS += %D%/fuzz_coin_evidence
TESTS += %D%/fuzz_coin_evidence
%C%_fuzz_coin_evidence_SOURCES = %D%/fuzz_coin_evidence.c $(FUZZ_DRIVER)
%C%_fuzz_coin_evidence_LDADD = $(SERVICE_LIBS) $(SYSTEM_LIBS)

check_PROGRAMS += %D%/fuzz_transaction
TESTS += %D%/fuzz_transaction
%C%_fuzz_transaction_SOURCES = %D%/fuzz_transaction.c $(FUZZ_DRIVER)
%C%_fuzz_transaction_LDADD = $(CHAIN_LIBS) $(SYSTEM_LIBS)
