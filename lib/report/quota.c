/*
 * report/quota - what the maildirsize of mailboxes say, and whether that can
 * be.
 *
 * Source: Maildir++ (Courier's README.maildirquota): the first line is the
 * limit, "1000000S,1000C", each other a sum to be added, "BYTES COUNT".
 * Letters that nobody knows are to be passed over.  Exim writes 0 for no
 * limit; Courier pads its numbers with blanks.
 */
#include "mail/quota.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/sys.h"
#include "report/part.h"
#include "report/tree.h"

#define FILE_MAX	((size_t)64 * 1024)	/* ten times what it may be */
#define NUMBER_MAX	(INT64_C(1) << 60)
#define FULL_PERCENT	90
#define WRONG_PART	10		/* a tenth of the larger; and so much: */
#define WRONG_BYTES	((uint64_t)1 << 20)
#define WRONG_MESSAGES	100

/* The number that *AT begins with, blanks before it passed over.  0 and *AT
 * behind it, or -1. */
static int
number(const char **at, int64_t *n)
{
	const char *p = *at + strspn(*at, " \t");
	char *end;

	/* strtoll would go on over the end of the line. */
	if (*p != '-' && (*p < '0' || *p > '9'))
		return -1;
	errno = 0;
	*n = strtoll(p, &end, 10);
	*at = end;
	return end == p || errno != 0 || *n > NUMBER_MAX || *n < -NUMBER_MAX ?
	    -1 : 0;
}

/* The first line; *AT ends on its newline.  0 or -1. */
static int
parse_limits(const char **at, struct mk_quota_file *file)
{
	int64_t n;

	while (**at != '\n' && **at != '\0') {
		if (number(at, &n) == -1 || n < 0)
			return -1;
		if (**at == 'S')
			file->limit_bytes = (uint64_t)n;
		else if (**at == 'C')
			file->limit_messages = (uint64_t)n;
		else if (**at == '\n' || **at == '\0' || **at == ',')
			return -1;	/* of what? */
		++*at;
		*at += strspn(*at, " \t\r");
		if (**at == ',')
			++*at;
	}
	return 0;
}

/* A line of it; *AT is not at a blank.  *AT behind it. */
static void
parse_sum(const char **at, const char *stop, struct mk_quota_file *file)
{
	int64_t bytes, messages;

	if (number(at, &bytes) == -1 || number(at, &messages) == -1 ||
	    (*at < stop && (**at == '\0' ||
	    strchr(" \t\r\n", **at) == NULL))) {
		file->damage = "a line of it is no sum";
		return;
	}
	file->bytes += bytes;
	file->messages += messages;
	if (file->bytes > NUMBER_MAX || file->bytes < -NUMBER_MAX ||
	    file->messages > NUMBER_MAX || file->messages < -NUMBER_MAX)
		file->damage = "its sums are beyond reason";
}

void
mk_quota_file_parse(const char *text, size_t len, struct mk_quota_file *file)
{
	const char *at = text, *stop = text + len;

	*file = (struct mk_quota_file){ .there = true };
	if (len == 0 || memchr(text, '\n', len) == NULL)
		file->damage = "it has no whole line";
	else if (parse_limits(&at, file) == -1)
		file->damage = "its first line is no limit";
	while (file->damage == NULL && at < stop) {
		at += strspn(at, " \t\r\n");
		if (at < stop)
			parse_sum(&at, stop, file);
	}
	if (file->damage == NULL && (file->bytes < 0 || file->messages < 0))
		file->damage = "its sums are below 0";
}

static int
read_file(int fd, struct mk_buf *buf)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return -1;
	}
	return mk_fs_read_all(fd, buf, FILE_MAX);
}

void
mk_quota_file_read(int rootfd, const char *mailbox,
    struct mk_quota_file *file)
{
	struct mk_buf path = { 0 }, buf = { 0 };
	int fd = -1;

	*file = (struct mk_quota_file){ 0 };
	if (mk_buf_addf(&path, "%s%s" MK_QUOTA_FILE, mailbox,
	    mailbox[0] == '\0' ? "" : "/") == 0)
		fd = mk_sys_open_file(rootfd, path.data, O_RDONLY, 0);
	if (fd == -1 && errno == ENOENT)
		goto out;
	if (fd != -1 && read_file(fd, &buf) == 0)
		mk_quota_file_parse(buf.data == NULL ? "" : buf.data, buf.len,
		    file);
	else {
		file->there = true;
		file->damage = errno == EFBIG ? "it is far too long" :
		    errno == EINVAL || errno == ELOOP ?
		    "it is no regular file" : "it cannot be read";
	}
out:
	if (fd != -1)
		close(fd);
	mk_buf_free(&path);
	mk_buf_free(&buf);
}

/* ---- judging */

/* How far A is from B, if that is more than MIN and a tenth; else 0. */
static uint64_t
difference(uint64_t a, uint64_t b, uint64_t min)
{
	uint64_t more = a > b ? a : b, less = a > b ? b : a;

	return more - less > min && more - less > more / WRONG_PART ?
	    more - less : 0;
}

/* What the sums say, beside what was counted; "" where they agree. */
static void
judge_sums(const struct mk_quota_file *file, uint64_t messages, uint64_t bytes,
    char *buf, size_t size)
{
	uint64_t sum = (uint64_t)file->bytes, n = (uint64_t)file->messages,
	    by = difference(sum, bytes, WRONG_BYTES);

	buf[0] = '\0';
	if (by > 0)
		snprintf(buf, size, "maildirsize counts %ju.%ju MiB too %s",
		    (uintmax_t)(by >> 20), (uintmax_t)((by & 0xfffff) * 10 >>
		    20), sum > bytes ? "much" : "little");
	else if ((by = difference(n, messages, WRONG_MESSAGES)) > 0)
		snprintf(buf, size, "maildirsize counts %ju messages too %s",
		    (uintmax_t)by, n > messages ? "many" : "few");
}

/* How much of the limits is used, the fuller of the two; 0 without any. */
static double
fullness(uint64_t bytes, uint64_t limit_bytes, uint64_t messages,
    uint64_t limit_messages)
{
	double a = limit_bytes == 0 ? 0 : (double)bytes / (double)limit_bytes,
	    b = limit_messages == 0 ? 0 : (double)messages /
	    (double)limit_messages;

	return a > b ? a : b;
}

const char *
mk_quota_judge(const struct mk_quota_file *file, uint64_t messages,
    uint64_t bytes, char buf[MK_QUOTA_WHY])
{
	const char *full = NULL;
	char wrong[MK_QUOTA_WHY / 2];
	double used;

	if (file->damage != NULL) {
		snprintf(buf, MK_QUOTA_WHY, "maildirsize is damaged: %s",
		    file->damage);
		return buf;
	}
	used = fullness((uint64_t)file->bytes, file->limit_bytes,
	    (uint64_t)file->messages, file->limit_messages);
	if (used > 1)
		full = "over its quota";
	else if (used * 100 > FULL_PERCENT)
		full = "nearly full";
	judge_sums(file, messages, bytes, wrong, sizeof wrong);
	if (full == NULL && wrong[0] == '\0')
		return NULL;
	snprintf(buf, MK_QUOTA_WHY, "%s%s%s", full == NULL ? "" : full,
	    full == NULL || wrong[0] == '\0' ? "" : "; ", wrong);
	return buf;
}

/* ---- collecting */

static int
fuller(const void *a, const void *b)
{
	const struct mk_quota_box *x = a, *y = b;
	double p = fullness(x->bytes, x->limit_bytes, x->messages,
	    x->limit_messages), q = fullness(y->bytes, y->limit_bytes,
	    y->messages, y->limit_messages);

	if (p < q || p > q)
		return p > q ? -1 : 1;
	return strcmp(x->mailbox, y->mailbox);
}

const struct mk_quota_sums mk_quota_sums_none = {
	.boxes = { .max = MK_LISTED, .order = fuller, .drop = free },
};

/* One allocation: the box, its name, its trouble. */
static struct mk_quota_box *
box_of(const struct mk_met *met, const struct mk_quota_file *file,
    const char *trouble)
{
	size_t len = strlen(met->mailbox) + 1, more = strlen(trouble) + 1;
	struct mk_quota_box *box = malloc(sizeof *box + len + more);
	bool known = file->damage == NULL;

	if (box == NULL)
		return NULL;
	*box = (struct mk_quota_box){
		.bytes = known ? (uint64_t)file->bytes : met->quota_bytes,
		.messages = known ? (uint64_t)file->messages :
		    met->quota_messages,
		.limit_bytes = file->limit_bytes,
		.limit_messages = file->limit_messages,
		.mailbox = memcpy(box + 1, met->mailbox, len),
		.trouble = memcpy((char *)(box + 1) + len, trouble, more),
	};
	return box;
}

void
mk_quota_met(struct mk_quota_sums *sums, const struct mk_met *met,
    const struct mk_quota_file *file)
{
	char why[MK_QUOTA_WHY];
	const char *trouble;

	if (!file->there)
		return;
	sums->files++;
	sums->limited += file->limit_bytes > 0 || file->limit_messages > 0;
	trouble = mk_quota_judge(file, met->quota_messages, met->quota_bytes,
	    why);
	if (trouble == NULL)
		return;
	sums->troubled++;
	mk_top_add(&sums->boxes, box_of(met, file, trouble));
}

void
mk_quota_tell(struct mk_quota_sums *sums, struct mk_survey *survey)
{
	struct mk_quota_trouble *quota = &survey->quota;
	size_t i;

	if (sums->files == 0) {
		mk_part_absent(survey, &quota->part, "no mailbox has a "
		    MK_QUOTA_FILE ": quotas by Maildir++ are set in Exim or "
		    "Dovecot");
		return;
	}
	quota->part.state = MK_PART_TOLD;
	quota->limited = sums->limited;
	quota->troubled = sums->troubled;
	quota->boxes = mk_survey_array(survey, &quota->part, sums->boxes.n,
	    sizeof *quota->boxes);
	if (quota->boxes == NULL)
		return;
	quota->n = sums->boxes.n;
	for (i = 0; i < quota->n; i++) {
		quota->boxes[i] = *(struct mk_quota_box *)sums->boxes.v[i];
		quota->boxes[i].mailbox = mk_survey_text(survey,
		    quota->boxes[i].mailbox);
		quota->boxes[i].trouble = mk_survey_text(survey,
		    quota->boxes[i].trouble);
	}
	if (sums->boxes.lost)
		mk_part_note(survey, &quota->part, "no memory for some "
		    "mailboxes, which are counted alone");
}

void
mk_quota_sums_free(struct mk_quota_sums *sums)
{
	mk_top_free(&sums->boxes);
}
