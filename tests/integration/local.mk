# SPDX-License-Identifier: MIT
#
# Real parts working together: anvil, HTTP, SQLite files. One line per test:
#	integration_tests += %D%/what_it_shows.sh
# A test in C is a check program that prints TAP:
#	check_PROGRAMS += %D%/what_it_shows
#	TESTS += %D%/what_it_shows
# What a test reads besides goes to EXTRA_DIST.

integration_tests =
integration_tests += %D%/actions_on_the_root_chain.mjs
integration_tests += %D%/actions_survive.mjs
integration_tests += %D%/anvil_starts.sh
integration_tests += %D%/bad_input.mjs
integration_tests += %D%/compiled_interface.mjs
integration_tests += %D%/completion.sh
integration_tests += %D%/contract_codec.mjs
integration_tests += %D%/demo.mjs
integration_tests += %D%/embed_sql.sh
integration_tests += %D%/ethereum_proofs.mjs
integration_tests += %D%/hostile_operator.mjs
integration_tests += %D%/network_file_that_lies.mjs
integration_tests += %D%/operator_alarms.mjs
integration_tests += %D%/operator_deploy.mjs
integration_tests += %D%/operator_operations.mjs
integration_tests += %D%/operator_payments.mjs
integration_tests += %D%/operator_refusals.mjs
integration_tests += %D%/operator_reorganisations.mjs
integration_tests += %D%/wallet_exits.mjs
integration_tests += %D%/wallet_keys.mjs
integration_tests += %D%/wallet_payments.mjs
integration_tests += %D%/wallet_remote_signer.mjs
integration_tests += %D%/wallet_with_watcher.mjs
integration_tests += %D%/watcher_check.mjs
integration_tests += %D%/watcher_doctor.mjs
integration_tests += %D%/watcher_endpoints.mjs
integration_tests += %D%/watcher_equivocation.mjs
integration_tests += %D%/watcher_evidence.mjs
integration_tests += %D%/watcher_history.mjs
integration_tests += %D%/watcher_incidents.mjs
integration_tests += %D%/watcher_notices.mjs
integration_tests += %D%/watcher_replay.mjs
integration_tests += %D%/outside_driver.mjs
integration_tests += %D%/units.sh
integration_tests += %D%/rootchain_faults.mjs
integration_tests += %D%/rootchain_follow.mjs
integration_tests += %D%/rootchain_survives.mjs
integration_tests += %D%/watcher_api.mjs
integration_tests += %D%/watcher_exits.mjs
integration_tests += %D%/watcher_late.mjs
integration_tests += %D%/watcher_leaves.mjs
integration_tests += %D%/watcher_responder.mjs
integration_tests += %D%/watcher_tokens.mjs
integration_tests += tests/soak/soak-kill.mjs

TESTS += $(integration_tests)
EXTRA_DIST += $(integration_tests)

# The sender of actions for actions_on_the_root_chain.mjs to kill.
check_PROGRAMS += %D%/action_passes
%C%_action_passes_LDADD = $(ACTIONS_LIBS) $(SYSTEM_LIBS)

# Links no more of the programs than their statements.
check_PROGRAMS += %D%/every_statement
TESTS += %D%/every_statement
%C%_every_statement_LDADD = \
	operator/liboperator.a \
	rootchain/librootchain.a \
	watcher/libwatcher.a \
	wallet/libwallet.a \
	$(COMMON_LIBS) \
	$(SYSTEM_LIBS)

# More kills than make check does.
ROUNDS = 500
soak-kill: all
	top_builddir='$(top_builddir)' node $(top_srcdir)/tests/soak/soak-kill.mjs $(ROUNDS)
.PHONY: soak-kill

# Changes single bytes for rootchain_survives.mjs: make check a sample of them,
# make soak-mutation every one.
soak-mutation: all %D%/snapshot_mutations
	top_builddir='$(top_builddir)' node \
		$(top_srcdir)/%D%/rootchain_survives.mjs 1 1
.PHONY: soak-mutation
check_PROGRAMS += %D%/snapshot_mutations
%C%_snapshot_mutations_LDADD = rootchain/librootchain.a $(COMMON_LIBS) $(SYSTEM_LIBS)
