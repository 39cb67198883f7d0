# SPDX-License-Identifier: MIT

EXTRA_DIST += \
	foundry.toml \
	%D%/abi \
	%D%/gas.json \
	%D%/model \
	%D%/mutants \
	%D%/src \
	%D%/storage-layout.json \
	%D%/test

# Prints what each call costs and writes contracts/gas.json.
gas:
	cd $(top_srcdir) && tools/gas-report

# Explores the model of the exit game, makes a million calls and judges 100,000
# transactions as the library does, and breaks the contracts on purpose.
soak-contracts: tests/differential/transaction-cases
	cd $(top_srcdir) && tools/contract-model
	cd $(top_srcdir) && FOUNDRY_PROFILE=soak $$(tools/foundry forge) test
	top_srcdir=$(top_srcdir) top_builddir=$(top_builddir) CASES=100000 \
		bash $(top_srcdir)/tests/differential/contracts_agree.sh
	cd $(top_srcdir) && tools/contract-mutants

.PHONY: gas soak-contracts

# What plasma-operator deploy reads.
contractsdir = $(pkgdatadir)/contracts
dist_contracts_DATA =
dist_contracts_DATA += %D%/abi/Erc20DepositVerifier.json
dist_contracts_DATA += %D%/abi/Erc20Vault.json
dist_contracts_DATA += %D%/abi/EthDepositVerifier.json
dist_contracts_DATA += %D%/abi/EthVault.json
dist_contracts_DATA += %D%/abi/ExitRules.json
dist_contracts_DATA += %D%/abi/FeeClaimOutputToPaymentTxCondition.json
dist_contracts_DATA += %D%/abi/FeeExitGame.json
dist_contracts_DATA += %D%/abi/PaymentExitGame.json
dist_contracts_DATA += %D%/abi/PaymentOutputToPaymentTxCondition.json
dist_contracts_DATA += %D%/abi/PaymentTransactionStateTransitionVerifier.json
dist_contracts_DATA += %D%/abi/PlasmaFramework.json
dist_contracts_DATA += %D%/abi/PriorityQueue.json
dist_contracts_DATA += %D%/abi/SpendingConditionRegistry.json
