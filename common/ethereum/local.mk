# SPDX-License-Identifier: MIT

noinst_LIBRARIES += %D%/libethereum.a

%C%_libethereum_a_SOURCES =
%C%_libethereum_a_SOURCES += %D%/coin_evidence.c
%C%_libethereum_a_SOURCES += %D%/coin_evidence.h
%C%_libethereum_a_SOURCES += %D%/contract_calls.c
%C%_libethereum_a_SOURCES += %D%/contract_calls.h
%C%_libethereum_a_SOURCES += %D%/contract_events.c
%C%_libethereum_a_SOURCES += %D%/contract_events.h
%C%_libethereum_a_SOURCES += %D%/contract_returns.c
%C%_libethereum_a_SOURCES += %D%/eth_header.c %D%/eth_header.h
%C%_libethereum_a_SOURCES += %D%/eth_log.c
%C%_libethereum_a_SOURCES += %D%/eth_log.h
%C%_libethereum_a_SOURCES += %D%/eth_quantity.c
%C%_libethereum_a_SOURCES += %D%/eth_quantity.h
%C%_libethereum_a_SOURCES += %D%/eth_receipt.c %D%/eth_receipt.h
%C%_libethereum_a_SOURCES += %D%/eth_transaction.c
%C%_libethereum_a_SOURCES += %D%/eth_transaction.h
%C%_libethereum_a_SOURCES += %D%/evidence_network.h
%C%_libethereum_a_SOURCES += %D%/incident_block.c
%C%_libethereum_a_SOURCES += %D%/incident_evidence.c %D%/incident_evidence.h
%C%_libethereum_a_SOURCES += %D%/incident_exit.c
%C%_libethereum_a_SOURCES += %D%/incident_parts.h
%C%_libethereum_a_SOURCES += %D%/log_anchor.c %D%/log_anchor.h
%C%_libethereum_a_SOURCES += %D%/trie_proof.c %D%/trie_proof.h
