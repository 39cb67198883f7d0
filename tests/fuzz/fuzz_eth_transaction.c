/* SPDX-License-Identifier: MIT */

/* Any bytes as a signed root-chain transaction: what is taken is written the
 * same again. */

#include <stdlib.h>

#include "common/ethereum/eth_transaction.h"
#include "tests/fuzz/driver.h"

const char *const fuzz_seeds[] = {
	/* Of type 2. */
	"02f87683e694ed01843b9aca008504a817c80083061a8094f39fd6e51aad88f6"
	"f4ce6ab8827279cfffb92266872bdc545d6b4b8780c080a055105de57a667e2d"
	"41445c1124bfd5684718ad222916cb15ea32bc320c167043a02436ae5102f469"
	"225c816bc5557ed5fa3149b0a47ad077f29e0c697666e46a57",
	/* Of type 2. */
	"02f88e83e694ed07843b9aca008504a817c8008257e4945fbdb2315678afecb3"
	"67f032d93f642f64180aa380a0c666bf82702c22cd69322970eb8631fda4ec41"
	"0e1c2d505b560d5a2a77113748c001a062efd471fe98b89f0d520e3d66019c0c"
	"5b636ddb1f587fd0d2452fb48c4f838da056b305797e70ef1413f5af3df66b20"
	"76ece6c5ac155d7f5796ba92346e0bc18a",
	NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes encoded = bytes_view(data, size);
	struct eth_transaction_signature signature;
	struct eth_transaction tx;
	struct growing_buffer out;

	if (!eth_transaction_decode(&tx, &signature, encoded))
		return 0;
	growing_buffer_init(&out, ETH_TRANSACTION_MAX_LEN);
	eth_transaction_encode(&out, &tx, &signature);
	if (!bytes_equal(growing_buffer_view(&out), encoded))
		abort();
	growing_buffer_clear(&out);
	return 0;
}
