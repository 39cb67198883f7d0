/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * Runs a fuzz target inside `make check`: on the seeds of the target, and on
 * inputs made from them by a generator that starts with the same number each
 * time, so that a failure repeats.
 *
 *	FUZZ_ROUNDS	how many inputs (200000)
 *	FUZZ_SECONDS	of CPU after which it ends all the same (5; 0: never)
 *	FUZZ_START	where the generator starts (1)
 *	FUZZ_INPUT	hexadecimal bytes: run these alone, in this process
 *	FUZZ_SEEDS	a folder: write the seeds there as files, and run
 *nothing
 *
 * A target is one function, the one that libFuzzer calls too:
 *	make fuzz	(tools/fuzz, FUZZ_TARGETS="header receipt" for some)
 *
 * The rounds run in a child, which leaves the input it works on in memory that
 * both see; so the parent can say what killed it.
 */

#define INPUT_MAX 4096

struct shared {
	unsigned long round;
	size_t len;
	uint8_t input[INPUT_MAX];
};

static uint64_t generator;

static uint64_t next_random(void)
{
	generator += 0x9e3779b97f4a7c15u;
	uint64_t x = generator;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static size_t below(size_t limit)
{
	return (size_t)(next_random() % limit);
}

static unsigned long number_of(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);
	return text == NULL ? otherwise : strtoul(text, NULL, 10);
}

/* Lengths and prefixes that parsers decide on. */
static const uint8_t telling[] = { 0x00, 0x01, 0x37, 0x38, 0x7f, 0x80,
				   0x81, 0xb7, 0xb8, 0xbf, 0xc0, 0xc1,
				   0xf7, 0xf8, 0xfa, 0xff };

static void remove_some(struct shared *now)
{
	size_t at = below(now->len);
	size_t count = 1 + below(now->len - at);
	memmove(now->input + at, now->input + at + count,
		now->len - at - count);
	now->len -= count;
}

static void repeat_some(struct shared *now)
{
	size_t at = below(now->len);
	size_t count = 1 + below(now->len - at);
	if (now->len + count > INPUT_MAX)
		return;
	memmove(now->input + at + count, now->input + at, now->len - at);
	now->len += count;
}

static void change_once(struct shared *now)
{
	if (now->len == 0) {
		now->input[now->len++] = (uint8_t)next_random();
		return;
	}
	uint8_t *byte = &now->input[below(now->len)];
	switch (below(6)) {
	case 0:
		*byte = (uint8_t)(*byte ^ (1u << below(8)));
		break;
	case 1:
		*byte = telling[below(sizeof(telling))];
		break;
	case 2:
		*byte = (uint8_t)(*byte + 1 - 2 * below(2));
		break;
	case 3:
		remove_some(now);
		break;
	case 4:
		repeat_some(now);
		break;
	default:
		now->len = below(now->len + 1);
		break;
	}
}

static void make_input(struct shared *now, unsigned long round)
{
	static const char nothing[2];
	size_t count = 0;
	while (fuzz_seeds[count] != NULL)
		count++;
	const char *seed = count == 0 ? nothing : fuzz_seeds[round % count];
	now->round = round;
	now->len = 0;
	if (seed[0] == '=') {
		now->len = strlen(seed + 1);
		memcpy(now->input, seed + 1, now->len);
		seed = nothing;
	}
	for (; seed[0] != '\0' && now->len < INPUT_MAX; seed += 2) {
		char pair[3] = { seed[0], seed[1], '\0' };
		now->input[now->len++] = (uint8_t)strtoul(pair, NULL, 16);
	}
	if (round < count)
		return;
	for (size_t changes = 1 + below(4); changes > 0; changes--)
		change_once(now);
}

static void run_once(const struct shared *now)
{
	/* An exact copy, so that the sanitizer sees a read past its end. */
	uint8_t *copy = malloc(now->len == 0 ? 1 : now->len);
	if (copy == NULL)
		abort();
	memcpy(copy, now->input, now->len);
	(void)LLVMFuzzerTestOneInput(copy, now->len);
	free(copy);
}

/* A slow machine takes fewer of the same inputs. */
static void run_all(struct shared *now, unsigned long rounds,
		    unsigned long seconds)
{
	for (unsigned long round = 0; round < rounds; round++) {
		make_input(now, round);
		run_once(now);
		if (seconds > 0 && round % 64 == 0 &&
		    clock() / CLOCKS_PER_SEC >= (clock_t)seconds)
			return;
	}
}

static int run_given(struct shared *now, const char *hex)
{
	for (; hex[0] != '\0' && hex[1] != '\0' && now->len < INPUT_MAX;
	     hex += 2) {
		char pair[3] = { hex[0], hex[1], '\0' };
		now->input[now->len++] = (uint8_t)strtoul(pair, NULL, 16);
	}
	run_once(now);
	puts("ok 1 - the target takes the given input\n1..1");
	return EXIT_SUCCESS;
}

static int report(const struct shared *now, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		printf("ok 1 - the target takes %lu inputs\n1..1\n",
		       now->round + 1);
		return EXIT_SUCCESS;
	}
	printf("not ok 1 - the target takes %lu inputs\n1..1\n",
	       now->round + 1);
	printf("# round %lu, FUZZ_INPUT=", now->round);
	for (size_t i = 0; i < now->len; i++)
		printf("%02x", (unsigned int)now->input[i]);
	puts("");
	return EXIT_FAILURE;
}

static int write_seeds(struct shared *now, const char *folder)
{
	for (unsigned long i = 0; fuzz_seeds[i] != NULL; i++) {
		char path[4096];

		make_input(now, i);
		(void)snprintf(path, sizeof(path), "%s/seed-%lu", folder, i);
		FILE *file = fopen(path, "w");
		if (file == NULL)
			return EXIT_FAILURE;
		size_t len = fwrite(now->input, 1, now->len, file);
		if (fclose(file) != 0 || len != now->len)
			return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

int main(void)
{
	struct shared *now = mmap(NULL, sizeof(*now), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (now == MAP_FAILED) {
		puts("Bail out! no shared memory");
		return EXIT_FAILURE;
	}
	const char *given = getenv("FUZZ_INPUT");
	if (given != NULL)
		return run_given(now, given);
	const char *folder = getenv("FUZZ_SEEDS");
	if (folder != NULL)
		return write_seeds(now, folder);
	unsigned long rounds = number_of("FUZZ_ROUNDS", 200000);
	generator = number_of("FUZZ_START", 1);
	pid_t child = fork();
	if (child == 0) {
		run_all(now, rounds, number_of("FUZZ_SECONDS", 5));
		exit(EXIT_SUCCESS);
	}
	int status = 1;
	if (child < 0 || waitpid(child, &status, 0) != child) {
		puts("Bail out! no child process");
		return EXIT_FAILURE;
	}
	return report(now, status);
}
