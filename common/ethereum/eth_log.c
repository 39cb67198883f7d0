/* SPDX-License-Identifier: MIT */
#include "common/ethereum/eth_log.h"

bool eth_log_same_content(const struct eth_log *a, const struct eth_log *b)
{
	if (!address_equal(&a->address, &b->address) ||
	    a->topic_count != b->topic_count || !bytes_equal(a->data, b->data))
		return false;
	for (size_t i = 0; i < a->topic_count; i++)
		if (!hash_equal(&a->topics[i], &b->topics[i]))
			return false;
	return true;
}
