/* SPDX-License-Identifier: MIT */
#include "common/service/metrics.h"

void metrics_begin(struct growing_buffer *out, enum metric_kind kind,
		   const char *name, const char *help)
{
	/* A page that is cut short shows in growing_buffer.overflowed. */
	(void)growing_buffer_format(
		out, "# HELP plasmachain_%s %s\n# TYPE plasmachain_%s %s\n",
		name, help, name, kind == METRIC_GAUGE ? "gauge" : "counter");
}

static void put_escaped(struct growing_buffer *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n') {
			(void)growing_buffer_format(out, "\\n"); /* as above */
			continue;
		}
		if (*text == '"' || *text == '\\')
			(void)growing_buffer_put_byte(out, '\\');
		(void)growing_buffer_put_byte(out, (uint8_t)*text);
	}
}

void metrics_value(struct growing_buffer *out, const char *name,
		   const char *label, const char *label_value, uint64_t value)
{
	(void)growing_buffer_format(out, "plasmachain_%s", name);
	if (label != NULL) {
		(void)growing_buffer_format(out, "{%s=\"", label);
		put_escaped(out, label_value);
		(void)growing_buffer_format(out, "\"}");
	}
	(void)growing_buffer_format(out, " %llu\n", (unsigned long long)value);
}

void metrics_put(struct growing_buffer *out, enum metric_kind kind,
		 const char *name, const char *help, uint64_t value)
{
	metrics_begin(out, kind, name, help);
	metrics_value(out, name, NULL, NULL, value);
}
