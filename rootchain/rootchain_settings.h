/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_ROOTCHAIN_SETTINGS_H
#define PLASMA_ROOTCHAIN_ROOTCHAIN_SETTINGS_H

/* What may be typed and configured: the tables of the program. */

#include "common/service/config_file.h"
#include "common/service/option_table.h"

extern const struct option_table rootchain_options;
extern const struct config_row rootchain_config_rows[];

#define ROOTCHAIN_CONFIG_PATH "/etc/plasma-chain/rootchain.conf"

#endif
