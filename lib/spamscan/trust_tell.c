/* spamscan/trust_tell - why a line is believed, or is not. */
#include "spamscan/trust_proof.h"

/* Of the line at AT, by what F found of DIALECT. */
static int
say_why(size_t at, enum mk_dialect dialect, const struct mk_finding *f,
    struct mk_buf *why)
{
	const char *name = mk_dialect_name(dialect), *host = f->rule->host;

	if (f->why == MK_WHY_HOSTS)
		return mk_buf_addf(why, "not trusted: no Received by %s "
		    "stands on top", mk_trust_host(f->rule, 0));
	if (f->why == MK_WHY_BELOW && f->rule->stripped)
		return mk_buf_addf(why, "not trusted: the header has no end "
		    "within 256 KiB, so another such line may follow");
	if (f->why == MK_WHY_BELOW || at >= f->place)
		return mk_buf_addf(why, "not trusted: it stands below the "
		    "Received by %s, where a sender can write",
		    mk_trust_host(f->rule, f->nth - 1));
	switch (f->why) {
	case MK_WHY_SEVERAL:
		return mk_buf_addf(why, "not trusted: there are several such "
		    "lines, and which %s wrote can't be told", name);
	case MK_WHY_NO_NUMBER:
		return mk_buf_addf(why, "not trusted: it is no score in the "
		    "form that %s writes, or none within 5,000 points", name);
	case MK_WHY_DISAGREE:
		return mk_buf_addf(why, "not trusted: the lines of %s do not "
		    "agree on a score", name);
	case MK_WHY_WITNESS:
		if (dialect == MK_AMAVIS)
			return mk_buf_addf(why, "not trusted: the Received "
			    "next below it is not by amavis on %s", host);
		if (f->witness == MK_LINE_SCANNER)
			return mk_buf_addf(why, "not trusted: not exactly one "
			    "X-Spam-Scanner: rspamc stands with it");
		return mk_buf_addf(why, "not trusted: not exactly one %s that "
		    "names %s stands with it", mk_line_name(f->witness),
		    host);
	case MK_WHY_PROVED:
		return mk_buf_addf(why, "trusted: %s on %s wrote it%s", name,
		    host, f->anywhere ? ", as all others are stripped" : "");
	default:			/* amavis' X-Spam-Score, by itself */
		return mk_buf_addf(why, "not trusted: it is in no form of the "
		    "dialects named");
	}
}

/* The dialect whose finding comes nearest to believing LINE; false: none. */
static bool
choose(const struct mk_trust_line *line,
    const struct mk_finding best[MK_DIALECTS], enum mk_dialect *dialect)
{
	struct mk_reading reading;
	bool found = false;
	int i;

	for (i = 0; i < MK_DIALECTS; i++) {
		mk_dialect_read((enum mk_dialect)i, line->line, &line->field,
		    &reading);
		if (reading.saying == MK_SAYS_NOTHING ||
		    best[i].why == MK_WHY_NOT_NAMED ||
		    (found && best[i].why <= best[*dialect].why))
			continue;
		*dialect = (enum mk_dialect)i;
		found = true;
	}
	return found;
}

static int
tell_line(const struct mk_trust_tell *tell, const struct mk_trust_line *line,
    const char *why)
{
	struct mk_buf text = { 0 }, value = { 0 };
	int rv = -1;

	if (mk_field_unfold(&line->field, &value) == -1 ||
	    mk_buf_add(&text, line->field.name, line->field.name_len) == -1 ||
	    mk_buf_add(&text, ": ", 2) == -1 ||
	    mk_buf_add(&text, value.data, value.len) == -1)
		goto out;
	tell->field(tell->data, text.data, why);
	rv = 0;
out:
	mk_buf_free(&text);
	mk_buf_free(&value);
	return rv;
}

/* The Received line that is not by the host that F wants there. */
static int
tell_host(const struct mk_trust_tell *tell,
    const struct mk_trust_lines *lines, const struct mk_finding *f)
{
	const char *host = mk_trust_host(f->rule, f->nth);
	const struct mk_received *received;
	struct mk_buf why = { 0 };
	int rv;

	if (f->mismatch == lines->n)	/* there are no more */
		return 0;
	received = &lines->v[f->mismatch].received;
	rv = f->nth == 0 ?
	    mk_buf_addf(&why, "not trusted: no Received by %s on top: ",
	    host) :
	    mk_buf_addf(&why, "not trusted: Received number %zu from the top "
	    "is not by %s: ", f->nth + 1, host);
	if (rv == 0 && received->by == NULL)
		rv = mk_buf_addf(&why, "who wrote this can't be told");
	else if (rv == 0)
		rv = mk_buf_addf(&why, "'by %.*s' stands there",
		    received->by_len > 255 ? 255 : (int)received->by_len,
		    received->by);
	if (rv == 0)
		rv = tell_line(tell, &lines->v[f->mismatch], why.data);
	mk_buf_free(&why);
	return rv;
}

/* The finding that got furthest down the hosts; NULL where one got through,
 * or no rule names a host. */
static const struct mk_finding *
hosts_wanting(const struct mk_finding best[MK_DIALECTS])
{
	const struct mk_finding *furthest = NULL;
	size_t i;

	for (i = 0; i < MK_DIALECTS; i++) {
		if (best[i].why > MK_WHY_HOSTS)
			return NULL;
		if (best[i].why == MK_WHY_HOSTS && (furthest == NULL ||
		    best[i].nth > furthest->nth))
			furthest = &best[i];
	}
	return furthest;
}

int
mk_trust_tell_all(const struct mk_trust_tell *tell,
    const struct mk_trust_lines *lines,
    const struct mk_finding best[MK_DIALECTS], const char *otherwise)
{
	const struct mk_finding *hosts = hosts_wanting(best);
	enum mk_dialect dialect = MK_SPAMASSASSIN;
	struct mk_buf why = { 0 };
	int rv = 0;
	size_t i;

	if (hosts != NULL)
		rv = tell_host(tell, lines, hosts);
	for (i = 0; rv == 0 && i < lines->n; i++) {
		if (!mk_line_is_score(lines->v[i].line))
			continue;
		mk_buf_cut(&why, 0);
		rv = choose(&lines->v[i], best, &dialect) ?
		    say_why(i, dialect, &best[dialect], &why) :
		    mk_buf_addf(&why, "not trusted: %s", otherwise);
		if (rv == 0)
			rv = tell_line(tell, &lines->v[i], why.data);
	}
	mk_buf_free(&why);
	return rv;
}
