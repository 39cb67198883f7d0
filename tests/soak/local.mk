# SPDX-License-Identifier: MIT
#
# Random walks through the exit game against a model of the contracts: make check
# runs a sample.
#	make soak-exits [STEPS=1000000] [SEED=1]
#	make soak-quiet [STEPS=10000] [SEED=1]	nothing halts a healthy chain,
#		and no user can make it halt
#	make soak-exits-on-anvil [STEPS=500] [SEEDS='1 2 3 4 5 95']	the contracts
#		agree with the model; make check takes one world

check_PROGRAMS += %D%/exit_walk
TESTS += %D%/exit_walk
%C%_exit_walk_SOURCES = \
	%D%/exit_walk.c \
	%D%/slow_game.c \
	%D%/slow_game.h \
	%D%/walk.c \
	%D%/walk.h \
	tests/unit/watcher/flights.c \
	tests/unit/watcher/flights.h
%C%_exit_walk_LDADD = watcher/libwatcher.a $(COMMON_LIBS) $(SYSTEM_LIBS)

STEPS =
SEED = 1
soak-exits: %D%/exit_walk
	%D%/exit_walk $(if $(STEPS),$(STEPS),1000000) $(SEED)
soak-quiet: %D%/exit_walk
	%D%/exit_walk $(if $(STEPS),$(STEPS),10000) $(SEED) quiet
	%D%/exit_walk $(if $(STEPS),$(STEPS),10000) $(SEED) hunted
.PHONY: soak-exits soak-quiet

TESTS += %D%/walk_on_anvil.mjs
EXTRA_DIST += %D%/walk_on_anvil.mjs
SEEDS = 1 2 3 4 5 95
soak-exits-on-anvil: all %D%/exit_walk
	top_builddir='$(top_builddir)' node $(srcdir)/%D%/walk_on_anvil.mjs \
		$(if $(STEPS),$(STEPS),500) $(SEEDS)
.PHONY: soak-exits-on-anvil

# Random events against what the operator decides: make check takes a sample.
#	make soak-operator [STEPS=1000000] [SEED=1]
check_PROGRAMS += %D%/operator_walk
TESTS += %D%/operator_walk
%C%_operator_walk_SOURCES = \
	%D%/operator_lives.c \
	%D%/operator_walk.c \
	%D%/operator_world.c \
	%D%/operator_world.h
%C%_operator_walk_LDADD = operator/liboperator.a $(COMMON_LIBS) $(SYSTEM_LIBS)
soak-operator: %D%/operator_walk
	%D%/operator_walk $(if $(STEPS),$(STEPS),1000000) $(SEED)
.PHONY: soak-operator

# Breaks the deciders on purpose: each patch has to be caught by a test.
EXTRA_DIST += tests/mutants
watcher-mutants:
	cd $(top_srcdir) && tools/watcher-mutants
.PHONY: watcher-mutants
