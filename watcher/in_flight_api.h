/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_IN_FLIGHT_API_H
#define PLASMA_WATCHER_IN_FLIGHT_API_H

/* Calls about in-flight exits: what each call of the exit game needs. */

#include "watcher/call_api.h"

call_function in_flight_api_data;
call_function in_flight_api_competitor;
call_function in_flight_api_prove;
call_function in_flight_api_input_challenge;
call_function in_flight_api_output_challenge;

#endif
