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

check_PROGRAMS += %D%/fuzz_block_path
TESTS += %D%/fuzz_block_path
%C%_fuzz_block_path_SOURCES = %D%/fuzz_block_path.c $(FUZZ_DRIVER)
%C%_fuzz_block_path_LDADD = $(SERVICE_LIBS) $(SYSTEM_LIBS)

check_PROGRAMS += %D%/fuzz_coin_evidence
TESTS += %D%/fuzz_coin_evidence
%C%_fuzz_coin_evidence_SOURCES = %D%/fuzz_coin_evidence.c $(FUZZ_DRIVER)
%C%_fuzz_coin_evidence_LDADD = $(SERVICE_LIBS) $(SYSTEM_LIBS)

check_PROGRAMS += %D%/fuzz_transaction
TESTS += %D%/fuzz_transaction
%C%_fuzz_transaction_SOURCES = %D%/fuzz_transaction.c $(FUZZ_DRIVER)
%C%_fuzz_transaction_LDADD = $(CHAIN_LIBS) $(SYSTEM_LIBS)

check_PROGRAMS += %D%/fuzz_contract_event
TESTS += %D%/fuzz_contract_event
%C%_fuzz_contract_event_SOURCES = %D%/fuzz_contract_event.c $(FUZZ_DRIVER)
%C%_fuzz_contract_event_LDADD = $(ETHEREUM_LIBS) $(SYSTEM_LIBS)

check_PROGRAMS += %D%/fuzz_eth_transaction
TESTS += %D%/fuzz_eth_transaction
%C%_fuzz_eth_transaction_SOURCES = %D%/fuzz_eth_transaction.c $(FUZZ_DRIVER)
%C%_fuzz_eth_transaction_LDADD = $(ETHEREUM_LIBS) $(SYSTEM_LIBS)

check_PROGRAMS += %D%/fuzz_fee_file
TESTS += %D%/fuzz_fee_file
%C%_fuzz_fee_file_SOURCES = %D%/fuzz_fee_file.c $(FUZZ_DRIVER)
%C%_fuzz_fee_file_LDADD = operator/liboperator.a $(COMMON_LIBS) $(SYSTEM_LIBS)

check_PROGRAMS += %D%/fuzz_header
TESTS += %D%/fuzz_header
%C%_fuzz_header_SOURCES = %D%/fuzz_header.c $(FUZZ_DRIVER)
%C%_fuzz_header_LDADD = $(ETHEREUM_LIBS) $(SYSTEM_LIBS)

check_PROGRAMS += %D%/fuzz_incident_evidence
TESTS += %D%/fuzz_incident_evidence
%C%_fuzz_incident_evidence_SOURCES = %D%/fuzz_incident_evidence.c $(FUZZ_DRIVER)
%C%_fuzz_incident_evidence_LDADD = $(SERVICE_LIBS) $(SYSTEM_LIBS)

check_PROGRAMS += %D%/fuzz_json_scan
TESTS += %D%/fuzz_json_scan
%C%_fuzz_json_scan_SOURCES = %D%/fuzz_json_scan.c $(FUZZ_DRIVER)
%C%_fuzz_json_scan_LDADD = operator/liboperator.a $(COMMON_LIBS) $(SYSTEM_LIBS)

check_PROGRAMS += %D%/fuzz_network_file
TESTS += %D%/fuzz_network_file
%C%_fuzz_network_file_SOURCES = %D%/fuzz_network_file.c $(FUZZ_DRIVER)
%C%_fuzz_network_file_LDADD = $(SERVICE_LIBS) $(SYSTEM_LIBS)

check_PROGRAMS += %D%/fuzz_numbers
TESTS += %D%/fuzz_numbers
%C%_fuzz_numbers_SOURCES = %D%/fuzz_numbers.c $(FUZZ_DRIVER)
%C%_fuzz_numbers_LDADD = $(ETHEREUM_LIBS) $(SYSTEM_LIBS)

check_PROGRAMS += %D%/fuzz_payment_intake
TESTS += %D%/fuzz_payment_intake
%C%_fuzz_payment_intake_SOURCES = %D%/fuzz_payment_intake.c $(FUZZ_DRIVER)
%C%_fuzz_payment_intake_LDADD = operator/liboperator.a $(COMMON_LIBS) $(SYSTEM_LIBS)

check_PROGRAMS += %D%/fuzz_receipt
TESTS += %D%/fuzz_receipt
%C%_fuzz_receipt_SOURCES = %D%/fuzz_receipt.c $(FUZZ_DRIVER)
%C%_fuzz_receipt_LDADD = $(ETHEREUM_LIBS) $(SYSTEM_LIBS)

check_PROGRAMS += %D%/fuzz_rlp
TESTS += %D%/fuzz_rlp
%C%_fuzz_rlp_SOURCES = %D%/fuzz_rlp.c $(FUZZ_DRIVER)
%C%_fuzz_rlp_LDADD = $(CODEC_LIBS) $(SYSTEM_LIBS)

check_PROGRAMS += %D%/fuzz_strict_json
TESTS += %D%/fuzz_strict_json
%C%_fuzz_strict_json_SOURCES = %D%/fuzz_strict_json.c $(FUZZ_DRIVER)
%C%_fuzz_strict_json_LDADD = $(SERVICE_LIBS) $(SYSTEM_LIBS)

check_PROGRAMS += %D%/fuzz_trie_proof
TESTS += %D%/fuzz_trie_proof
%C%_fuzz_trie_proof_SOURCES = %D%/fuzz_trie_proof.c $(FUZZ_DRIVER)
%C%_fuzz_trie_proof_LDADD = $(ETHEREUM_LIBS) $(SYSTEM_LIBS)

# Long runs with libFuzzer (clang): tools/fuzz says how.
fuzz:
	$(top_srcdir)/tools/fuzz $(FUZZ_TARGETS)
.PHONY: fuzz
