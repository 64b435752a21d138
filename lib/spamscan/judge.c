/* spamscan/judge - the score of one message. */
#include "spamscan/judge.h"

#include <unistd.h>

#include "mail/header.h"
#include "spamscan/trust.h"

uint64_t
mk_judgement_print(struct mk_judgement *j)
{
	if (j->print == 0 && j->header != NULL)
		j->print = mk_header_fingerprint(j->header, j->header_len);
	return j->print;
}

/* Its own header's score, where one is proved.  0 or -1 (ENOMEM). */
static int
by_header(const struct mk_spamscan *scan, const char *text, size_t len,
    bool whole, struct mk_judgement *j, struct mk_error *err)
{
	struct mk_header_score score;

	if (mk_trust_score(scan->conf->trust, scan->conf->trust_n, text, len,
	    whole, NULL, &score, err) == -1)
		return -1;
	if (score.found) {
		j->known.state = MK_BY_HEADER;
		j->known.score = (int32_t)score.hundredths;
		j->dialect = (int)score.dialect;
	}
	return 0;
}

static void
begin(const struct mk_spamscan *scan, struct mk_judgement *j)
{
	*j = (struct mk_judgement){ .dialect = -1, .known = {
	    .state = MK_NEW, .config = scan->fingerprint & 0x7f } };
}

/*
 * The sources from the first (FROM 0) or from behind spamd on, until one has
 * a score, or spamd is to be asked.
 */
static int
go_through(const struct mk_spamscan *scan, bool behind_spamd,
    const char *header, size_t len, bool whole, struct mk_judgement *j,
    struct mk_error *err)
{
	int sources[3];
	size_t i;

	mk_spamscan_sources(&scan->conf->keys, sources);
	for (i = 0; sources[i] != 0; i++) {
		if (sources[i] == MK_SOURCE_SPAMD) {
			if (!behind_spamd && scan->spamd != NULL)
				return 0;
			behind_spamd = false;
		} else if (!behind_spamd) {
			if (by_header(scan, header, len, whole, j, err) == -1)
				return -1;
			if (j->known.state != MK_NEW)
				return 0;
		}
	}
	j->known.state = MK_UNSCORED;
	return 0;
}

int
mk_judge(const struct mk_spamscan *scan, struct mk_source *source, int fd,
    struct mk_judgement *j, struct mk_error *err)
{
	const char *header;
	size_t len;
	int rv;

	begin(scan, j);
	if (mk_source_open(source, fd, err) == -1)
		return -1;
	rv = mk_source_packing(source) == MK_ENCRYPTED ? -1 :
	    mk_source_header(source, &header, &len, err);
	if (rv == -1) {
		/* A read that failed may go better the next time. */
		if (mk_source_packing(source) != MK_ENCRYPTED &&
		    err->status != EX_DATAERR)
			return -1;
		j->known.state = MK_UNREADABLE;
		return 0;
	}
	j->header = header;
	j->header_len = len;
	return go_through(scan, false, header, len, rv == 0, j, err);
}

int
mk_judge_by_spamd(const struct mk_spamscan *scan, struct mk_source *source,
    int fd, const char *email, struct mk_judgement *j, struct mk_error *err)
{
	const char *text, *header;
	size_t len;
	int64_t score;
	int rv;

	if (lseek(fd, 0, SEEK_SET) == -1)
		return mk_fail_sys(err, "read");
	if (mk_judge(scan, source, fd, j, err) == -1)
		return -1;
	(void)mk_judgement_print(j);
	if (j->known.state != MK_NEW)
		return 0;
	rv = mk_source_text(source, (size_t)scan->conf->spamd.max_size, &text,
	    &len, err);
	if (rv == -1) {
		j->known.state = MK_UNREADABLE;
		return err->status == EX_DATAERR ? 0 : -1;
	}
	/* spamd takes nothing for spam: 7.4 points for an empty message. */
	if (rv == 0 && len > 0) {
		if (mk_spamd_check(scan->spamd, email, text, len,
		    scan->deadline_ms, &score, err) == -1)
			return -1;
		j->known.state = MK_BY_SPAMD;
		j->known.score = (int32_t)score;
		return 0;
	}
	if (lseek(fd, 0, SEEK_SET) == -1)
		return mk_fail_sys(err, "read");
	if (mk_source_open(source, fd, err) == -1 ||
	    (rv = mk_source_header(source, &header, &len, err)) == -1)
		return -1;
	return go_through(scan, true, header, len, rv == 0, j, err);
}
