# SPDX-License-Identifier: MIT

dist_man_MANS += man/plasma-evidence.5
dist_man_MANS += man/plasma-fees.5
dist_man_MANS += man/plasma-network.5
dist_man_MANS += man/plasma-operator.1
dist_man_MANS += man/plasma-rootchain.1
dist_man_MANS += man/plasma-snapshot.5
dist_man_MANS += man/plasma-wallet.1
dist_man_MANS += man/plasma-watcher.1
