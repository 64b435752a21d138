/*
 * check/exim_file - can Exim read a list, and does it find what is in it?
 *
 * Whether it finds, Exim is asked itself, by one entry of each prefix length:
 * so it does not matter how its host list is written.
 */
#include "check/exim_parts.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "blacklist/cdb.h"
#include "blacklist/reader.h"
#include "check/exim_samples.h"
#include "check/look.h"

#define LIMIT_S		60

/* -- can Exim read it? ---------------------------------------------------- */

/* PATH is not there, or closed to us. */
static void
tell_missing(struct mk_check *check, const char *path)
{
	if (errno != ENOENT && errno != ENOTDIR)
		mk_check_add(check, check->root ? MK_ERROR : MK_NOTE,
		    MK_AREA_EXIM, path, check->root ? "look at its "
		    "directories" : "run mailkeep-check as root",
		    "it can't be looked at: %s", strerror(errno));
	else
		mk_check_add(check, MK_ERROR, MK_AREA_EXIM, path,
		    "run mailkeep-blacklist --if-missing",
		    "it is not there: with the exim.conf of Mailkeep nobody "
		    "is blacklisted, with another Exim refuses each "
		    "connection");
}

/* Whether Exim's user can read PATH. */
static bool
check_readable(struct mk_check *check, const struct mk_exim *exim,
    const char *path)
{
	const char *const files[] = { path, NULL };
	struct mk_reader_aide *aide;
	struct mk_error err;
	int rv = -1;

	if (exim->user[0] == '\0')
		return true;
	aide = mk_reader_start(exim->user, files, NULL, LIMIT_S, &err);
	if (aide != NULL)
		rv = mk_reader_can_read(aide, path, NULL, &err);
	mk_reader_stop(aide);
	if (rv == 0) {
		mk_check_add(check, MK_FINE, MK_AREA_EXIM, path, "",
		    "%s can read it", exim->user);
		return true;
	}
	mk_check_add(check, MK_ERROR, MK_AREA_EXIM, path, "let Exim's account "
	    "read the file and search the directories above; reader = "
	    "\"Debian-exim\" in mailkeep.conf(5) keeps watch",
	    "%s", err.text);
	return false;
}

/* -- does it find what is in it? ------------------------------------------ */

/* The question whether LIST has the first address of NET. */
static int
add_question(struct mk_list *questions, const char *list,
    const struct mk_net *net)
{
	struct mk_net address = *net;
	char text[MK_NET_TEXT];
	struct mk_buf buf = { 0 };
	int rv = -1;

	address.len = (uint8_t)mk_family_bits((enum mk_family)net->family);
	mk_net_format_short(text, &address);
	if (mk_buf_addf(&buf, "${if match_ip{%s}{+%s}{yes}{no}}", text,
	    list) == 0)
		rv = mk_list_add(questions, buf.data, buf.len);
	mk_buf_free(&buf);
	return rv;
}

/* Two questions for each length, in ascending order. */
static int
make_questions(struct mk_list *questions, const char *list,
    const struct mk_samples *samples)
{
	unsigned len;

	for (len = 0; len < MK_LENGTHS; len++)
		if (samples->there[len] != 0 &&
		    (add_question(questions, list, &samples->first[len]) ==
		    -1 || add_question(questions, list,
		    &samples->last[len]) == -1))
			return -1;
	return 0;
}

/* The next line of *AT, which goes behind it; "" at the end. */
static const char *
next_answer(char **at)
{
	char *line = *at;

	*at += strcspn(line, "\n");
	if (**at == '\n')
		*(*at)++ = '\0';
	return line;
}

/*
 * The lengths of which nothing was found into *MISSING, "/24, /16"; what Exim
 * could not say into *FAILED.  0 or -1 (ENOMEM).
 */
static int
read_answers(char *text, const struct mk_samples *samples,
    struct mk_buf *missing, struct mk_buf *failed)
{
	const char *one, *two;
	unsigned len;

	for (len = 0; len < MK_LENGTHS; len++) {
		if (samples->there[len] == 0)
			continue;
		one = next_answer(&text);
		two = next_answer(&text);
		if (strcmp(one, "yes") == 0 || strcmp(two, "yes") == 0)
			continue;
		if (strcmp(one, "no") != 0) {
			mk_buf_cut(failed, 0);
			if (mk_buf_addf(failed, "%s", *one == '\0' ?
			    "it does not answer" : one) == -1)
				return -1;
		} else if (mk_buf_addf(missing, "%s/%u", missing->len > 0 ?
		    ", " : "", len) == -1)
			return -1;
	}
	return 0;
}

static void
tell_answers(struct mk_check *check, const struct mk_exim *exim,
    const char *path, const char *list, enum mk_family family,
    const struct mk_buf *missing, const struct mk_buf *failed)
{
	const char *name = family == MK_V4 ? "IPv4" : "IPv6";

	if (failed->len > 0)
		mk_check_add(check, MK_ERROR, MK_AREA_EXIM, path,
		    "run mailkeep-blacklist --check on it, and mailkeep-"
		    "blacklist", "Exim can't look into it: %s", failed->data);
	else if (missing->len > 0)
		mk_check_add(check, MK_ERROR, MK_AREA_EXIM, exim->file,
		    "give the host list an item netN- for each, as the key "
		    "hostlist writes them and exim.conf of Mailkeep has them",
		    "the host list %s never finds entries of %s with the "
		    "prefix length %s, which %s has", list, name,
		    missing->data, path);
	else
		mk_check_add(check, MK_FINE, MK_AREA_EXIM, path, "",
		    "Exim finds its %s entries of each prefix length", name);
}

/* What Exim has answered.  0 or -1 (ENOMEM). */
static int
judge_answers(struct mk_check *check, const struct mk_exim *exim,
    const char *path, const char *list, enum mk_family family,
    const struct mk_samples *samples, char *answers)
{
	struct mk_buf missing = { 0 }, failed = { 0 };
	char none[] = "";
	int rv;

	rv = read_answers(answers == NULL ? none : answers, samples,
	    &missing, &failed);
	if (rv == 0)
		tell_answers(check, exim, path, list, family, &missing,
		    &failed);
	mk_buf_free(&failed);
	mk_buf_free(&missing);
	return rv;
}

/* Ask Exim for the samples of one family, as a host of that would. */
static void
ask_family(struct mk_check *check, const struct mk_exim *exim,
    const char *path, const char *list, enum mk_family family,
    const struct mk_samples *samples)
{
	struct mk_list questions = { 0 };
	struct mk_child child = { 0 };
	struct mk_error err;
	int rv = make_questions(&questions, list, samples);

	if (rv == 0 && mk_exim_expand(exim, family == MK_V4 ? "192.0.2.1" :
	    "2001:db8::1", questions.v, questions.n, &child, &err) == -1)
		mk_check_add(check, MK_ERROR, MK_AREA_EXIM, path,
		    "run mailkeep-blacklist --check on it",
		    "Exim gives up over the host list %s: %s", list,
		    err.text);
	else if (rv == 0)
		rv = judge_answers(check, exim, path, list, family, samples,
		    child.out.data);
	if (rv == -1)
		check->no_memory = true;
	mk_child_free(&child);
	mk_list_free(&questions);
}

static void
check_found(struct mk_check *check, const struct mk_exim *exim,
    enum mk_output_id id, const char *path, const char *list)
{
	struct mk_samples *samples = calloc(MK_FAMILIES, sizeof *samples);
	struct mk_error err;
	unsigned family;

	if (samples == NULL) {
		check->no_memory = true;
		return;
	}
	if (mk_exim_samples(id, path, samples, &err) == -1)
		mk_check_add(check, err.status == EX_NOPERM && !check->root ?
		    MK_NOTE : MK_ERROR, MK_AREA_EXIM, path, "run "
		    "mailkeep-blacklist: it makes it anew", "%s", err.text);
	else if (samples[MK_V4].n + samples[MK_V6].n == 0)
		mk_check_add(check, MK_NOTE, MK_AREA_EXIM, path, "",
		    "it is empty: nobody is blacklisted");
	for (family = 0; family < MK_FAMILIES && list != NULL; family++)
		if (samples[family].n > 0)
			ask_family(check, exim, path, list,
			    (enum mk_family)family, &samples[family]);
	free(samples);
}

void
mk_exim_check_file(struct mk_check *check, const struct mk_exim *exim,
    enum mk_output_id id, const char *path, const char *list)
{
	char *usable, *advice;
	struct stat st;

	if (stat(path, &st) == -1) {
		tell_missing(check, path);
		return;
	}
	if (id == MK_OUT_CDB && (uint64_t)st.st_size < MK_CDB_HEADER) {
		mk_check_add(check, MK_ERROR, MK_AREA_EXIM, path,
		    "run mailkeep-blacklist --if-missing",
		    "it is too short for a cdb: %jd bytes",
		    (intmax_t)st.st_size);
		return;
	}
	if (!check_readable(check, exim, path))
		return;
	/* exim.conf goes by the mode alone, which it can look at. */
	usable = mk_exim_macro(exim, "BLACKLIST_USABLE");
	if (usable != NULL && (st.st_mode & S_IROTH) == 0) {
		advice = mk_look_text(check, "chmod o+r %s", path);
		mk_check_add(check, MK_ERROR, MK_AREA_EXIM, path, advice,
		    "its mode is %04o, and exim.conf looks only into what "
		    "all can read: nobody is blacklisted",
		    (unsigned)(st.st_mode & 07777));
		free(advice);
	}
	free(usable);
	check_found(check, exim, id, path, list);
}
