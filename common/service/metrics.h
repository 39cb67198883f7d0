/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_METRICS_H
#define PLASMA_COMMON_SERVICE_METRICS_H

/*
 * Numbers in the text format of Prometheus. Names get the prefix plasmachain_
 * and end with their base unit, counters with _total.
 */

#include <stdint.h>

#include "common/base/growing_buffer.h"

#define METRICS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

enum metric_kind { METRIC_GAUGE, METRIC_COUNTER };

/* The lines that begin a metric; its values follow. */
void metrics_begin(struct growing_buffer *out, enum metric_kind kind,
		   const char *name, const char *help);

/* One value of the metric begun last. `label` NULL: without a label. */
void metrics_value(struct growing_buffer *out, const char *name,
		   const char *label, const char *label_value, uint64_t value);

/* Both, for a metric with one value. */
void metrics_put(struct growing_buffer *out, enum metric_kind kind,
		 const char *name, const char *help, uint64_t value);

#endif
