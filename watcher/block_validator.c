/* SPDX-License-Identifier: MIT */
#include "watcher/block_validator.h"

/* The clock runs from the commitment of the root, and nothing is certain before
 * every source has been asked. */
static bool limit_has_passed(const struct block_circumstances *facts)
{
	return facts->failed_rounds > 0 && facts->now >= facts->committed_at &&
	       facts->now - facts->committed_at >= facts->limit;
}

enum block_outcome
block_validator_decide(const struct block_circumstances *facts)
{
	switch (verdict_grade(facts->verdict)) {
	case VERDICT_GRADE_NONE:
		return BLOCK_OUTCOME_APPLY;
	case VERDICT_GRADE_F:
		return limit_has_passed(facts) ? BLOCK_OUTCOME_WITHHELD
					       : BLOCK_OUTCOME_WAIT;
	case VERDICT_GRADE_W:
		return limit_has_passed(facts) ? BLOCK_OUTCOME_INVALID
					       : BLOCK_OUTCOME_WAIT;
	case VERDICT_GRADE_P:
		break;
	}
	if (facts->rests_on_unfinal && !facts->block_is_final &&
	    facts->now < facts->committed_at + facts->limit)
		return BLOCK_OUTCOME_WAIT;
	return BLOCK_OUTCOME_INVALID;
}

struct finding block_validator_authenticate(struct block_body *out,
					    struct bytes bytes,
					    const struct hash *root)
{
	struct finding finding = block_body_read_mapped(out, bytes);

	if (finding.verdict != VERDICT_VALID)
		return finding;
	if (out->count > 0 && hash_equal(&out->root, root))
		return FINDING_VALID;
	block_body_clear(out);
	return (struct finding){ VERDICT_ROOT_MISMATCH, false, 0 };
}

static int rank(enum verdict verdict)
{
	switch (verdict_grade(verdict)) {
	case VERDICT_GRADE_NONE:
		return 0;
	case VERDICT_GRADE_F:
		return 1;
	case VERDICT_GRADE_W:
		return 2;
	case VERDICT_GRADE_P:
		return 3;
	}
	return 0;
}

struct finding block_validator_worse(struct finding first,
				     struct finding second)
{
	return rank(second.verdict) > rank(first.verdict) ? second : first;
}
