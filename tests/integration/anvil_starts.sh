#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The root chain that other tests stand on.

# shellcheck source=../support/tap.sh
. "${top_srcdir:-.}/tests/support/tap.sh"
# shellcheck source=../support/anvil.sh
. "$top_srcdir/tests/support/anvil.sh"

anvil_start
first_port=$anvil_port
first_pid=$anvil_pid
tap_pass 'a root chain starts on a free port'
before=$(anvil_rpc evm_increaseTime '[0]')
after=$(anvil_rpc evm_increaseTime '[604800]')
tap_equal 'its clock can be moved' "$((after - before))" 604800
anvil_rpc evm_mine >/dev/null
tap_equal 'it makes a block when told' "$(anvil_rpc eth_blockNumber)" '"0x1"'
tap_exit 'a call that it does not know fails' 1 anvil_rpc no_suchMethod
tap_exit 'a second node on the same port does not start' 1 \
	"$(anvil_find)" --quiet --host 127.0.0.1 --port "$first_port"
anvil_stop
tap_exit 'it is gone when stopped' 1 kill -0 "$first_pid"
tap_done
