/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_OPERATOR_SETTINGS_H
#define PLASMA_OPERATOR_OPERATOR_SETTINGS_H

/* What may be typed and configured: the tables of the program. */

#include "common/service/config_file.h"
#include "common/service/option_table.h"

extern const struct option_table operator_options;
extern const struct config_row operator_config_rows[];

#define OPERATOR_CONFIG_PATH "/etc/plasma-chain/operator.conf"

#endif
