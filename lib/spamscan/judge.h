/*
 * spamscan/judge - the score of one message.
 */
#ifndef MK_SPAMSCAN_JUDGE_H
#define MK_SPAMSCAN_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "mail/source.h"
#include "spamscan/spamscan.h"

struct mk_judgement {
	struct mk_known known;		/* MK_NEW: only spamd can tell */
	int dialect;			/* enum mk_dialect; -1: by no header */
	uint64_t print;			/* mk_judgement_print's, or 0 */
	const char *header;		/* until SOURCE is used again */
	size_t header_len;
};

/* The fingerprint of the header: few messages have need of one. */
uint64_t mk_judgement_print(struct mk_judgement *judgement);

/*
 * Judge the message open as FD as far as that goes without spamd, by the
 * sources in their order.  SOURCE holds the message then.  0; or -1 where it
 * can't be read.
 */
int mk_judge(const struct mk_spamscan *scan, struct mk_source *source, int fd,
    struct mk_judgement *judgement, struct mk_error *err);

/*
 * The rest, for a message that mk_judge left MK_NEW: ask spamd, and where it
 * is not to be asked about such a message (empty, too long) whatever source
 * comes after it.  0; or -1, EX_TEMPFAIL: no answer.
 */
int mk_judge_by_spamd(const struct mk_spamscan *scan,
    struct mk_source *source, int fd, const char *email,
    struct mk_judgement *judgement, struct mk_error *err);

#endif
