# SPDX-License-Identifier: MIT

# Everything but main.c, so that tests can link it.
noinst_LIBRARIES += %D%/libwatcher.a

%C%_libwatcher_a_SOURCES =
%C%_libwatcher_a_SOURCES += %D%/ahead_fetch.c %D%/ahead_fetch.h
%C%_libwatcher_a_SOURCES += %D%/block_fetch.c %D%/block_fetch.h
%C%_libwatcher_a_SOURCES += %D%/block_getter.c %D%/block_getter.h
%C%_libwatcher_a_SOURCES += %D%/block_loop.c %D%/block_loop.h
%C%_libwatcher_a_SOURCES += %D%/block_validator.c %D%/block_validator.h
%C%_libwatcher_a_SOURCES += %D%/call_api.c %D%/call_api.h
%C%_libwatcher_a_SOURCES += %D%/chain_api.c %D%/chain_api.h
%C%_libwatcher_a_SOURCES += %D%/child_client.c %D%/child_client.h
%C%_libwatcher_a_SOURCES += %D%/cmd_accounts.c
%C%_libwatcher_a_SOURCES += %D%/cmd.h %D%/cmd_check.c %D%/cmd_latch.c
%C%_libwatcher_a_SOURCES += %D%/cmd_policy.c %D%/cmd_run.c %D%/cmd_session.c %D%/cmd_status.c
%C%_libwatcher_a_SOURCES += %D%/coin_api.c %D%/coin_api.h
%C%_libwatcher_a_SOURCES += %D%/cmd_exits.c %D%/cmd_plan.c
%C%_libwatcher_a_SOURCES += %D%/cmd_reading.c %D%/cmd_reading.h
%C%_libwatcher_a_SOURCES += %D%/cmd_doctor.c
%C%_libwatcher_a_SOURCES += %D%/coin_batch_store.c %D%/coin_batch_store.h
%C%_libwatcher_a_SOURCES += %D%/coin_store.c %D%/coin_store.h
%C%_libwatcher_a_SOURCES += %D%/deadline.c %D%/deadline.h
%C%_libwatcher_a_SOURCES += %D%/event.c %D%/event.h
%C%_libwatcher_a_SOURCES += %D%/event_store.c %D%/event_store.h
%C%_libwatcher_a_SOURCES += %D%/cmd_evidence.c
%C%_libwatcher_a_SOURCES += %D%/cmd_replay.c
%C%_libwatcher_a_SOURCES += %D%/evidence_store.c %D%/evidence_store.h
%C%_libwatcher_a_SOURCES += %D%/exit_case_store.c %D%/exit_case_store.h
%C%_libwatcher_a_SOURCES += %D%/exit_goal_store.c %D%/exit_goal_store.h
%C%_libwatcher_a_SOURCES += %D%/exit_loop.c %D%/exit_loop.h
%C%_libwatcher_a_SOURCES += %D%/exit_place.h
%C%_libwatcher_a_SOURCES += %D%/exit_processor.c %D%/exit_processor.h
%C%_libwatcher_a_SOURCES += %D%/exit_response.c %D%/exit_response.h
%C%_libwatcher_a_SOURCES += %D%/exit_store.c %D%/exit_store.h
%C%_libwatcher_a_SOURCES += %D%/exit_turn.h
%C%_libwatcher_a_SOURCES += %D%/exit_want_store.c %D%/exit_want_store.h
%C%_libwatcher_a_SOURCES += %D%/explanation.c %D%/explanation.h
%C%_libwatcher_a_SOURCES += %D%/funds_loop.c %D%/funds_loop.h
%C%_libwatcher_a_SOURCES += %D%/governance_store.c %D%/governance_store.h
%C%_libwatcher_a_SOURCES += %D%/in_flight_api.c %D%/in_flight_api.h
%C%_libwatcher_a_SOURCES += %D%/incident_block_store.c
%C%_libwatcher_a_SOURCES += %D%/incident_exit_store.c
%C%_libwatcher_a_SOURCES += %D%/incident_loop.c %D%/incident_loop.h
%C%_libwatcher_a_SOURCES += %D%/incident_store.c %D%/incident_store.h
%C%_libwatcher_a_SOURCES += %D%/inflight_exit.c %D%/inflight_exit.h
%C%_libwatcher_a_SOURCES += %D%/inflight_store.c %D%/inflight_store.h
%C%_libwatcher_a_SOURCES += %D%/inclusion_store.c %D%/inclusion_store.h
%C%_libwatcher_a_SOURCES += %D%/known_spend.c %D%/known_spend.h
%C%_libwatcher_a_SOURCES += %D%/known_store.c %D%/known_store.h
%C%_libwatcher_a_SOURCES += %D%/leave_loop.c %D%/leave_loop.h
%C%_libwatcher_a_SOURCES += %D%/ledger_store.c %D%/ledger_store.h
%C%_libwatcher_a_SOURCES += %D%/mass_exit.c %D%/mass_exit.h
%C%_libwatcher_a_SOURCES += %D%/pass_facts.c %D%/pass_facts.h
%C%_libwatcher_a_SOURCES += %D%/overdue.c %D%/overdue.h
%C%_libwatcher_a_SOURCES += %D%/overdue_store.c %D%/overdue_store.h
%C%_libwatcher_a_SOURCES += %D%/payment_draft.c %D%/payment_draft.h
%C%_libwatcher_a_SOURCES += %D%/payout_store.c %D%/payout_store.h
%C%_libwatcher_a_SOURCES += %D%/placeless_store.c %D%/placeless_store.h
%C%_libwatcher_a_SOURCES += %D%/price_store.c %D%/price_store.h
%C%_libwatcher_a_SOURCES += %D%/proof_store.c %D%/proof_store.h
%C%_libwatcher_a_SOURCES += %D%/queue_loop.c %D%/queue_loop.h
%C%_libwatcher_a_SOURCES += %D%/queue_store.c %D%/queue_store.h
%C%_libwatcher_a_SOURCES += %D%/reach_loop.c %D%/reach_loop.h
%C%_libwatcher_a_SOURCES += %D%/ready_loop.c %D%/ready_loop.h
%C%_libwatcher_a_SOURCES += %D%/reserve_store.c %D%/reserve_store.h
%C%_libwatcher_a_SOURCES += %D%/root_store.c %D%/root_store.h
%C%_libwatcher_a_SOURCES += %D%/second_look_loop.c %D%/second_look_loop.h
%C%_libwatcher_a_SOURCES += %D%/row_api.c %D%/row_api.h
%C%_libwatcher_a_SOURCES += %D%/standard_exit.c %D%/standard_exit.h
%C%_libwatcher_a_SOURCES += %D%/status_api.c %D%/status_api.h
%C%_libwatcher_a_SOURCES += %D%/submit_api.c %D%/submit_api.h
%C%_libwatcher_a_SOURCES += %D%/typed_api.c %D%/typed_api.h
%C%_libwatcher_a_SOURCES += %D%/watcher_api.c %D%/watcher_api.h
%C%_libwatcher_a_SOURCES += %D%/watcher_loop.c %D%/watcher_loop.h
%C%_libwatcher_a_SOURCES += %D%/watcher_settings.c %D%/watcher_settings.h
%C%_libwatcher_a_SOURCES += %D%/watcher_status.c %D%/watcher_status.h
%C%_libwatcher_a_SOURCES += %D%/vault_loop.c %D%/vault_loop.h
%C%_libwatcher_a_SOURCES += %D%/wallet_loop.c %D%/wallet_loop.h
%C%_libwatcher_a_SOURCES += %D%/watcher_store.c %D%/watcher_store.h

# The statements of sql/watcher as C strings.
nodist_%C%_libwatcher_a_SOURCES = \
	sql/watcher_sql.c \
	sql/watcher_sql.h

if HAVE_WATCHER
bin_PROGRAMS += plasma-watcher
plasma_watcher_SOURCES = %D%/main.c
plasma_watcher_LDADD = %D%/libwatcher.a $(COMMON_LIBS) $(SYSTEM_LIBS)
endif
