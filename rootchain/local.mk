# SPDX-License-Identifier: MIT

# Everything but main.c, so that tests can link it.
noinst_LIBRARIES += %D%/librootchain.a

%C%_librootchain_a_SOURCES =
%C%_librootchain_a_SOURCES += %D%/cmd.h %D%/cmd_doctor.c %D%/cmd_endpoints.c %D%/cmd_follow.c %D%/cmd_snapshot.c %D%/cmd_status.c
%C%_librootchain_a_SOURCES += %D%/compression_store.c %D%/compression_store.h
%C%_librootchain_a_SOURCES += %D%/contract_facts.c %D%/contract_facts.h
%C%_librootchain_a_SOURCES += %D%/deposit_fetch.c %D%/deposit_fetch.h
%C%_librootchain_a_SOURCES += %D%/eth_block_proof.c %D%/eth_block_proof.h
%C%_librootchain_a_SOURCES += %D%/explanation.c %D%/explanation.h
%C%_librootchain_a_SOURCES += %D%/facts_store.c %D%/facts_store.h
%C%_librootchain_a_SOURCES += %D%/follower.c %D%/follower.h
%C%_librootchain_a_SOURCES += %D%/follower_loop.c %D%/follower_loop.h
%C%_librootchain_a_SOURCES += %D%/health_api.c %D%/health_api.h
%C%_librootchain_a_SOURCES += %D%/heads_fetch.c %D%/heads_fetch.h
%C%_librootchain_a_SOURCES += %D%/history_fetch.c %D%/history_fetch.h
%C%_librootchain_a_SOURCES += %D%/import_store.c
%C%_librootchain_a_SOURCES += %D%/portable_store.c %D%/portable_store.h
%C%_librootchain_a_SOURCES += %D%/pursuit_loop.c %D%/pursuit_loop.h
%C%_librootchain_a_SOURCES += %D%/quorum.c %D%/quorum.h
%C%_librootchain_a_SOURCES += %D%/rootchain_client.c %D%/rootchain_client.h
%C%_librootchain_a_SOURCES += %D%/rootchain_settings.c %D%/rootchain_settings.h
%C%_librootchain_a_SOURCES += %D%/snapshot_store.c %D%/snapshot_store.h %D%/snapshot_store_private.h
%C%_librootchain_a_SOURCES += %D%/state_fetch.c %D%/state_fetch.h
%C%_librootchain_a_SOURCES += %D%/trace_fetch.c %D%/trace_fetch.h
%C%_librootchain_a_SOURCES += %D%/verify_store.c %D%/verify_store.h

# The statements of sql/rootchain as C strings.
nodist_%C%_librootchain_a_SOURCES = \
	sql/rootchain_sql.c \
	sql/rootchain_sql.h

if HAVE_ROOTCHAIN
bin_PROGRAMS += plasma-rootchain
plasma_rootchain_SOURCES = %D%/main.c
plasma_rootchain_LDADD = %D%/librootchain.a $(COMMON_LIBS) $(SYSTEM_LIBS)
endif
