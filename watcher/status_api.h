/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_STATUS_API_H
#define PLASMA_WATCHER_STATUS_API_H

/* How things stand: for wallets, for people, for monitoring. */

#include "common/service/http_server.h"
#include "watcher/call_api.h"

call_function status_api_status;
call_function status_api_alarms;
call_function status_api_configuration;

http_handler status_api_live;
http_handler status_api_ready;
http_handler status_api_metrics;

#endif
