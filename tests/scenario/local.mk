# SPDX-License-Identifier: MIT
#
# Attacks and accidents as tests with all programs: doc/TESTING says how one is
# written. One line per file of scenarios:
#	scenario_files += %D%/what_it_is_about.mjs

scenario_files =
scenario_files += %D%/actions.mjs
scenario_files += %D%/blocks.mjs
scenario_files += %D%/contracts.mjs
scenario_files += %D%/in_flight_exits.mjs
scenario_files += %D%/root_chain.mjs
scenario_files += %D%/snapshots.mjs
scenario_files += %D%/operator.mjs
scenario_files += %D%/standard_exits.mjs
scenario_files += %D%/wallets.mjs

EXTRA_DIST += $(scenario_files) \
	%D%/catalogue \
	%D%/run.mjs
# Each scenario leaves what its programs said.
MOSTLYCLEANFILES += %D%/*.log

# make scenarios [ID='A-01 B-05'] [LIST=1]
ID =
LIST =
scenarios: scenario-programs
	top_builddir='$(top_builddir)' node $(top_srcdir)/tests/scenario/run.mjs \
		$(if $(LIST),--list,$(ID))
# What they start.
scenario-programs: all tests/full-blocks tests/hostile-block \
	tests/integration/action_passes tests/record-signed
.PHONY: scenarios scenario-programs
