/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_SUBMIT_API_H
#define PLASMA_WATCHER_SUBMIT_API_H

/* Payments on their way to the operator: made ready to be signed, checked
 * against the halt, handed on. */

#include "watcher/call_api.h"

call_function submit_api_fees;
call_function submit_api_submit;
call_function submit_api_create;
call_function submit_api_submit_typed;

#endif
