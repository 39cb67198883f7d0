# SPDX-License-Identifier: MIT

dist_man_MANS += man/plasma-operator.1
