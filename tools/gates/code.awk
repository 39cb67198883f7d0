# SPDX-License-Identifier: MIT
#
# C without comments, for the gates: see gate_code in gate.sh.

FNR == 1 {
	in_comment = 0
	waiver = 0
	continued = 0
}
{
	rest = $0
	code = ""
	waived_here = 0
	while (rest != "") {
		if (in_comment) {
			end = index(rest, "*/")
			comment = end ? substr(rest, 1, end - 1) : rest
			if (index(comment, "allowed:")) {
				waiver = FNR
				waived_here = 1
			}
			if (!end)
				break
			rest = substr(rest, end + 2)
			in_comment = 0
			code = code " "
			continue
		}
		if (!match(rest, /\/\*|\/\/|"|'/)) {
			code = code rest
			break
		}
		code = code substr(rest, 1, RSTART - 1)
		mark = substr(rest, RSTART, RLENGTH)
		rest = substr(rest, RSTART + RLENGTH)
		if (mark == "/*") {
			in_comment = 1
		} else if (mark == "//") {
			if (index(rest, "allowed:")) {
				waiver = FNR
				waived_here = 1
			}
			break
		} else {
			# A string or a character up to its end on this line.
			text = ""
			while (rest != "") {
				first = substr(rest, 1, 1)
				if (first == "\\") {
					text = text substr(rest, 1, 2)
					rest = substr(rest, 3)
					continue
				}
				rest = substr(rest, 2)
				if (first == mark)
					break
				text = text first
			}
			code = code mark (strings ? text : "") mark
		}
	}
	gsub(/\t/, " ", code)
	blank = code ~ /^ *$/
	if (!blank)
		printf "%s\t%d\t%d\t%s\n", FILENAME, FNR, waiver, code
	# A waiver holds to the end of the statement that it stands before or in.
	if (!blank && code ~ /[;{}] *$/)
		waiver = 0
}
