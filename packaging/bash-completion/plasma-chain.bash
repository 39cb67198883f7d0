# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Completion of plasma-operator, plasma-rootchain, plasma-watcher and
# plasma-wallet for bash. It reads `PROGRAM --help`, so it never says anything
# else than the program does.

# The words that may follow those typed so far, a line each: next words of
# commands, or with $1 = -- the options that the command takes.
_plasma_chain_words() {
	local kind=$1 program=$2
	shift 2
	"$program" --help 2>/dev/null | awk -v kind="$kind" -v typed="$*" '
		/^Commands/ { in_commands = 1; next }
		/^Options/ { in_commands = 0; in_options = 1; next }
		in_commands && kind == "" && /^  [a-z]/ {
			line = substr($0, 3)
			sub(/  .*/, "", line)
			sub(/ *\[?[A-Z].*/, "", line)
			start = typed == "" ? "" : typed " "
			if (index(line " ", start) != 1)
				next
			split(substr(line, length(start) + 1), next_words, " ")
			if (next_words[1] != "")
				print next_words[1]
		}
		in_options && kind == "--" && /^  --/ {
			if (match($0, /\[[a-z ,]+\]$/)) {
				of = substr($0, RSTART + 1, RLENGTH - 2)
				if (typed != "" && of != typed)
					next
			}
			print $1
		}'
}

_plasma_chain() {
	local program=${COMP_WORDS[0]} current=${COMP_WORDS[COMP_CWORD]}
	local option='' values word words=() i

	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--*) [ "${COMP_WORDS[i + 1]}" != = ] || i=$((i + 2)) ;;
		=) ;;
		*) words+=("${COMP_WORDS[i]}") ;;
		esac
	done
	# bash takes --option=value for three words.
	if [ "$current" = = ]; then
		option=${COMP_WORDS[COMP_CWORD - 1]}
		current=
	elif [ "${COMP_WORDS[COMP_CWORD - 1]}" = = ]; then
		option=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	COMPREPLY=()
	if [ -n "$option" ]; then
		values=$(_plasma_chain_words -- "$program" | sed -n "s/^$option=//p")
		if [[ $values =~ ^[a-z|]+$ ]]; then
			mapfile -t COMPREPLY < <(compgen -W "${values//|/ }" -- "$current")
		else
			compopt -o filenames 2>/dev/null
			mapfile -t COMPREPLY < <(compgen -f -- "$current")
		fi
	elif [[ $current == -* ]]; then
		for word in $(_plasma_chain_words -- "$program" "${words[*]}"); do
			[[ $word != *=* ]] || word=${word%%=*}=
			[[ $word != "$current"* ]] || COMPREPLY+=("$word")
		done
		[[ ${COMPREPLY[0]} != *= ]] || compopt -o nospace 2>/dev/null
	else
		mapfile -t COMPREPLY < <(compgen -W "$(_plasma_chain_words '' "$program" \
			"${words[*]}" | sort -u)" -- "$current")
		if [ ${#COMPREPLY[@]} -eq 0 ] && [ ${#words[@]} -gt 0 ]; then
			compopt -o filenames 2>/dev/null
			mapfile -t COMPREPLY < <(compgen -f -- "$current")
		fi
	fi
}

complete -F _plasma_chain plasma-operator plasma-rootchain plasma-watcher plasma-wallet
