# SPDX-License-Identifier: MIT
#
# Whole stories with all programs. One line per story:
#	scenario_tests += %D%/what_happens.sh

scenario_tests =

TESTS += $(scenario_tests)
EXTRA_DIST += $(scenario_tests)
