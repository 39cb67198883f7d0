/* SPDX-License-Identifier: MIT */

/*
 * Runs every vector file of a folder: check-vectors FOLDER. One TAP point per
 * case; a file whose format is not known is named in a remark.
 */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check_vectors/vector.h"

static const struct {
	const char *file;
	vector_reader *read;
} readers[] = {
	{ "abi.json", read_abi },
	{ "blocks.json", read_blocks },
	{ "calldata.json", read_contract_calls },
	{ "competitors.json", read_competitors },
	{ "deposits.json", read_deposits },
	{ "eip712.json", read_eip712 },
	{ "eth_blocks.json", read_eth_blocks },
	{ "events.json", read_contract_events },
	{ "fees.json", read_fees },
	{ "ids.json", read_ids },
	{ "keccak.json", read_keccak },
	{ "merkle.json", read_merkle },
	{ "operator_fees.json", read_operator_fees },
	{ "payments.json", read_payments },
	{ "positions.json", read_positions },
	{ "priority.json", read_priority },
	{ "rlp.json", read_rlp },
	{ "scenario.json", read_calls },
	{ "signatures.json", read_signatures },
	{ "tx_decode.json", read_tx_decode },
};

#define READER_COUNT (sizeof(readers) / sizeof(readers[0]))

static void read_file(const char *folder, const char *name)
{
	char path[4096];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	for (size_t i = 0; i < READER_COUNT; i++) {
		if (strcmp(readers[i].file, name) != 0)
			continue;
		json_error_t error;
		point_file(name);
		json_t *file =
			json_load_file(path, JSON_REJECT_DUPLICATES, &error);
		if (file == NULL)
			vector_stop("%s", error.text);
		struct arena arena;
		arena_init(&arena, (size_t)1 << 30);
		int before = point_count();
		readers[i].read(file, &arena);
		if (point_count() == before)
			vector_stop("no case");
		arena_clear(&arena);
		json_decref(file);
		return;
	}
	printf("# %s: not a format that this program reads\n", name);
}

static int is_json(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);
	return len > 5 && strcmp(entry->d_name + len - 5, ".json") == 0;
}

int main(int argc, char **argv)
{
	struct dirent **files;
	const char *folder = argc == 2 ? argv[1] : getenv("VECTORS");
	if (folder == NULL) {
		fputs("usage: check-vectors FOLDER\n", stderr);
		return 64;
	}
	int count = scandir(folder, &files, is_json, alphasort);
	if (count <= 0) {
		printf("Bail out! no vector file in %s\n", folder);
		return EXIT_FAILURE;
	}
	for (int i = 0; i < count; i++) {
		read_file(folder, files[i]->d_name);
		free(files[i]);
	}
	free(files);
	printf("1..%d\n", point_count());
	return point_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
