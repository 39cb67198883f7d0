/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WALLET_WALLET_SETTINGS_H
#define PLASMA_WALLET_WALLET_SETTINGS_H

/* Commands, options and settings of plasma-wallet as tables. */

#include "common/service/config_file.h"
#include "common/service/option_table.h"

extern const struct option_table wallet_options;
extern const struct config_row wallet_config_rows[];

#endif
