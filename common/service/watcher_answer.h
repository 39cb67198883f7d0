/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_WATCHER_ANSWER_H
#define PLASMA_COMMON_SERVICE_WATCHER_ANSWER_H

/* What a watcher answers to status.get, as operator and wallet read it. */

#include <jansson.h>

/* What halts the chain (protocol.md 11, class HALT), by the data of the answer:
 * the name of an event, borrowed from `data`, or "a latch"; NULL: nothing. A
 * watcher of ours says by `halted` whether anything does, and knows which
 * changes are approved; of others the names of their events count. */
const char *watcher_answer_halt(const json_t *data);

#endif
