/*
 * report/ask - ask the other programs, and put their answers into the survey.
 *
 * They are asked with the configuration that we were given, by the same -c and
 * -o, before we give up any rights: each gives up its own.  What one says on
 * standard error is why a part failed; where it has answered all the same, it
 * is the part's note.
 */
#ifndef MK_REPORT_ASK_H
#define MK_REPORT_ASK_H

#include "base/jsonread.h"
#include "base/options.h"
#include "report/conf.h"
#include "report/survey.h"

struct mk_asker {
	const struct mk_report_conf *conf;
	const struct mk_options *opt;
	const char *self;		/* argv[0], for mk_child_sibling */
};

#define MK_ASK_LIMIT_S	3600		/* a large host's whole tree */
#define MK_ASK_MAX	((size_t)16 * 1024 * 1024)	/* bytes of an answer */

/* A line of an answer.  0; or -1 with *ERR where it is not what was asked. */
typedef int mk_answer_fn(void *data, const struct mk_value *value,
    struct mk_error *err);

/*
 * Run PROGRAM ("mailkeep-tmda") with ARGS (ended by NULL) and --json, and hand
 * each line of its answer to TAKE.  0, and PART is told; else it has failed:
 * the status that PROGRAM ended with, without an answer, or -1.
 */
int mk_ask(const struct mk_asker *asker, struct mk_survey *survey,
    struct mk_part *part, const char *program, const char *const *args,
    mk_answer_fn *take, void *data);

/* The parts. */
void mk_ask_forecast(const struct mk_asker *asker, struct mk_survey *survey);
void mk_ask_score(const struct mk_asker *asker, struct mk_survey *survey);
void mk_ask_pending(const struct mk_asker *asker, struct mk_survey *survey);

/* A number of an answer that counts: 0 of what is none, or below. */
uint64_t mk_answer_count(const struct mk_value *value);

#endif
