# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# A root chain of our own for one test: anvil on a free port with a random chain
# id. Source tap.sh first.
#
#	anvil_start [ARGUMENT...]	starts it with further arguments; sets
#					anvil_url, anvil_port, anvil_pid,
#					anvil_chain_id and anvil_log; it is ended
#					when the test ends
#	anvil_rpc METHOD [PARAMS]	prints the result as JSON; PARAMS is a JSON
#					array
#	anvil_stop			ends it at once
#
# A port that somebody else holds would answer too; so the node is believed only
# when it gives our chain id and stands at block 0.

: "${top_srcdir:?source tap.sh first}"

anvil_find() {
	"$top_srcdir/tools/foundry" anvil
}

anvil_rpc() {
	local answer
	answer=$(curl --silent --show-error --max-time 20 \
		--header 'Content-Type: application/json' \
		--data "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"$1\",\"params\":${2:-[]}}" \
		"$anvil_url") || return 1
	case $answer in
	*'"result":'*) ;;
	*)
		echo "anvil: $1: $answer" >&2
		return 1
		;;
	esac
	answer=${answer#*\"result\":}
	printf '%s\n' "${answer%\}}"
}

anvil_stop() {
	if [ -n "${anvil_pid-}" ]; then
		kill "$anvil_pid" 2>/dev/null
		wait "$anvil_pid" 2>/dev/null
		anvil_pid=
	fi
	if [ -n "${anvil_log-}" ]; then
		rm -f "$anvil_log"
		rm -rf "$anvil_states"
		anvil_log=
	fi
}

anvil_start() {
	local program line follower
	program=$(anvil_find) || tap_skip_all 'anvil is not installed'
	anvil_chain_id=$((100000 + $(od -An -N3 -tu4 /dev/urandom)))
	anvil_log=$(mktemp)
	anvil_states=$(mktemp -d)
	tap_at_exit anvil_stop
	"$program" --host 127.0.0.1 --port 0 --chain-id "$anvil_chain_id" \
		--cache-path "$anvil_states" "$@" \
		>"$anvil_log" 2>&1 &
	anvil_pid=$!

	# It tells its port when it listens. The follower ends with anvil, and
	# then the loop ends too.
	anvil_port=
	exec {anvil_lines}< <(exec tail -n +1 -f --pid="$anvil_pid" "$anvil_log")
	follower=$!
	while IFS= read -r -t 60 line <&"$anvil_lines"; do
		case $line in
		'Listening on '*)
			anvil_port=${line##*:}
			break
			;;
		esac
	done
	kill "$follower" 2>/dev/null
	exec {anvil_lines}<&-
	if [ -z "$anvil_port" ]; then
		tap_note "$(<"$anvil_log")"
		tap_bail 'anvil did not start'
	fi

	# shellcheck disable=SC2034 # allowed: for the test that sources this
	anvil_url=http://127.0.0.1:$anvil_port
	if [ "$(anvil_rpc eth_chainId)" != "\"$(printf 0x%x "$anvil_chain_id")\"" ] ||
		[ "$(anvil_rpc eth_blockNumber)" != '"0x0"' ]; then
		tap_bail "somebody else answers at $anvil_url"
	fi
}
