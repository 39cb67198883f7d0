# SPDX-License-Identifier: MIT

EXTRA_DIST += \
	foundry.toml \
	%D%/abi \
	%D%/gas.json \
	%D%/src \
	%D%/storage-layout.json \
	%D%/test

# Prints what each call costs and writes contracts/gas.json.
gas:
	cd $(top_srcdir) && tools/gas-report

.PHONY: gas

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
