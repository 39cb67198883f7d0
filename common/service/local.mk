# SPDX-License-Identifier: MIT

noinst_LIBRARIES += %D%/libservice.a

%C%_libservice_a_SOURCES =
%C%_libservice_a_SOURCES += %D%/atomic_file.c %D%/atomic_file.h
%C%_libservice_a_SOURCES += %D%/body_store.c %D%/body_store.h
%C%_libservice_a_SOURCES += %D%/clock.c %D%/clock.h
%C%_libservice_a_SOURCES += %D%/coin_evidence_file.c %D%/coin_evidence_file.h
%C%_libservice_a_SOURCES += %D%/config_file.c %D%/config_file.h
%C%_libservice_a_SOURCES += %D%/descriptor.c %D%/descriptor.h
%C%_libservice_a_SOURCES += %D%/eth_point.c %D%/eth_point.h
%C%_libservice_a_SOURCES += %D%/evidence_json.c %D%/evidence_json.h
%C%_libservice_a_SOURCES += %D%/http_client.c %D%/http_client.h
%C%_libservice_a_SOURCES += %D%/http_server.c %D%/http_server.h
%C%_libservice_a_SOURCES += %D%/ini_file.c %D%/ini_file.h
%C%_libservice_a_SOURCES += %D%/keystore_file.c %D%/keystore_file.h
%C%_libservice_a_SOURCES += %D%/keystore_folder.c %D%/keystore_folder.h
%C%_libservice_a_SOURCES += %D%/log.c %D%/log.h
%C%_libservice_a_SOURCES += %D%/metrics.c %D%/metrics.h
%C%_libservice_a_SOURCES += %D%/network_file.c %D%/network_file.h
%C%_libservice_a_SOURCES += %D%/omg_answer.c %D%/omg_answer.h
%C%_libservice_a_SOURCES += %D%/option_table.c %D%/option_table.h
%C%_libservice_a_SOURCES += %D%/password_source.c %D%/password_source.h
%C%_libservice_a_SOURCES += %D%/process.c %D%/process.h
%C%_libservice_a_SOURCES += %D%/random.c %D%/random.h
%C%_libservice_a_SOURCES += %D%/root_chain_batch.c %D%/root_chain_batch.h
%C%_libservice_a_SOURCES += %D%/remote_signer.c %D%/remote_signer.h
%C%_libservice_a_SOURCES += %D%/root_chain_reader.c %D%/root_chain_reader.h
%C%_libservice_a_SOURCES += %D%/root_chain_rpc.c %D%/root_chain_rpc.h
%C%_libservice_a_SOURCES += %D%/root_chain_state.c %D%/root_chain_state.h
%C%_libservice_a_SOURCES += %D%/root_chain_transactions.c %D%/root_chain_transactions.h
%C%_libservice_a_SOURCES += %D%/strict_json.c %D%/strict_json.h
%C%_libservice_a_SOURCES += %D%/user_folder.c %D%/user_folder.h
%C%_libservice_a_SOURCES += %D%/wide_json.c %D%/wide_json.h
%C%_libservice_a_SOURCES += %D%/workers.c %D%/workers.h
