/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_WATCHER_SETTINGS_H
#define PLASMA_WATCHER_WATCHER_SETTINGS_H

/* What may be typed and configured: the tables of the program. */

#include "common/service/config_file.h"
#include "common/service/option_table.h"

extern const struct option_table watcher_options;
extern const struct config_row watcher_config_rows[];

#define WATCHER_CONFIG_PATH "/etc/plasma-chain/watcher.conf"

#endif
