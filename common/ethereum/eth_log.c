/* SPDX-License-Identifier: MIT */
#include "common/ethereum/eth_log.h"

int eth_log_compare(const struct eth_log *a, const struct eth_log *b)
{
	if (a->eth_block_number != b->eth_block_number)
		return a->eth_block_number < b->eth_block_number ? -1 : 1;
	if (a->log_index != b->log_index)
		return a->log_index < b->log_index ? -1 : 1;
	return 0;
}

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
