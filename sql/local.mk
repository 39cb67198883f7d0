# SPDX-License-Identifier: MIT
#
# The SQL of each folder becomes sql/FOLDER_sql.h and sql/FOLDER_sql.c; the
# format of the files is described in tools/embed-sql. To add a file, add one
# line to its list, schema files in the order of their numbers:
#	sql_operator += sql/operator/0001-first-tables.sql
# A step of another folder's schema may stand among them; its own numbers count.

EXTRA_DIST += sql/sql_text.h

sql_rootchain =
sql_rootchain += sql/rootchain/0001-snapshot.sql
sql_rootchain += sql/rootchain/0002-unknown-deposits.sql
sql_rootchain += sql/rootchain/statements.sql
sql_operator =
sql_operator += sql/operator/0001-blocks-and-root-chain.sql
sql_operator += sql/operator/statements.sql
sql_watcher =
sql_watcher += sql/watcher/0001-chain.sql
sql_watcher += sql/watcher/0002-exits.sql
sql_watcher += sql/actions/0001-actions.sql
sql_watcher += sql/watcher/0003-silence.sql
sql_watcher += sql/watcher/0004-stakes.sql
sql_watcher += sql/watcher/0005-placeless-payouts.sql
sql_watcher += sql/watcher/0006-known-signers.sql
sql_watcher += sql/watcher/0007-known-payments.sql
sql_watcher += sql/watcher/api-statements.sql
sql_watcher += sql/watcher/events-statements.sql
sql_watcher += sql/watcher/exits-statements.sql
sql_watcher += sql/watcher/statements.sql
sql_wallet =
sql_wallet += sql/actions/0001-actions.sql
sql_wallet += sql/wallet/0001-coins.sql
sql_wallet += sql/wallet/statements.sql
sql_snapshot =
sql_snapshot += sql/rootchain/0001-snapshot.sql
sql_snapshot += sql/rootchain/0002-unknown-deposits.sql
sql_snapshot += sql/snapshot/statements.sql
sql_actions =
sql_actions += sql/actions/0001-actions.sql
sql_actions += sql/actions/statements.sql
sql_signed_spend =
sql_signed_spend += sql/signed_spend/0001-signed-spends.sql
sql_signed_spend += sql/signed_spend/statements.sql

sql/rootchain_sql.h sql/rootchain_sql.c: $(sql_rootchain)
sql/operator_sql.h sql/operator_sql.c: $(sql_operator)
sql/watcher_sql.h sql/watcher_sql.c: $(sql_watcher)
sql/wallet_sql.h sql/wallet_sql.c: $(sql_wallet)
sql/snapshot_sql.h sql/snapshot_sql.c: $(sql_snapshot)
sql/actions_sql.h sql/actions_sql.c: $(sql_actions)
sql/signed_spend_sql.h sql/signed_spend_sql.c: $(sql_signed_spend)

sql/%_sql.h: tools/embed-sql sql/local.mk
	$(AM_V_GEN)$(MKDIR_P) sql
	$(AM_V_at)$(top_srcdir)/tools/embed-sql --header $* $(filter %.sql,$^) >$@.part
	$(AM_V_at)mv $@.part $@

sql/%_sql.c: tools/embed-sql sql/local.mk
	$(AM_V_GEN)$(MKDIR_P) sql
	$(AM_V_at)$(top_srcdir)/tools/embed-sql --source $* $(filter %.sql,$^) >$@.part
	$(AM_V_at)mv $@.part $@

sql_generated =
EXTRA_DIST += $(sql_rootchain)
sql_generated += sql/rootchain_sql.h sql/rootchain_sql.c
EXTRA_DIST += $(sql_operator)
sql_generated += sql/operator_sql.h sql/operator_sql.c
EXTRA_DIST += $(sql_watcher)
sql_generated += sql/watcher_sql.h sql/watcher_sql.c
EXTRA_DIST += $(sql_wallet)
sql_generated += sql/wallet_sql.h sql/wallet_sql.c
EXTRA_DIST += $(sql_snapshot)
sql_generated += sql/snapshot_sql.h sql/snapshot_sql.c
EXTRA_DIST += $(sql_actions)
sql_generated += sql/actions_sql.h sql/actions_sql.c
EXTRA_DIST += $(sql_signed_spend)
sql_generated += sql/signed_spend_sql.h sql/signed_spend_sql.c

BUILT_SOURCES += $(sql_generated)
CLEANFILES += $(sql_generated)
