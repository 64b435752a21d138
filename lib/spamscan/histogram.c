/* spamscan/histogram - how scores are spread: gather them. */
#include "spamscan/histogram.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/stop.h"
#include "base/sys.h"
#include "mail/msgname.h"
#include "mail/pass.h"
#include "mail/source.h"
#include "spamscan/judge.h"

struct gatherer {			/* a worker's own */
	struct mk_dir reader;
	struct mk_source *source;
	struct mk_histogram found;
};

struct gather {
	struct mk_spamscan *scan;
	bool by_account;
	struct gatherer *gatherers;
};

/* A folder being looked into. */
struct gather_in {
	struct mk_spamscan *scan;
	struct gatherer *own;
	struct mk_pass pass;
	struct mk_scores scores;
	int64_t limit;
	bool in_junk;
};

static const char *const subs[] = { "cur", "new" };

void
mk_scores_add(struct mk_scores *scores, int64_t score, int64_t limit,
    bool in_junk)
{
	int bin = score < 0 ? 0 : score >= (MK_BINS - 2) * 100 ? MK_BINS - 1 :
	    1 + (int)(score / 100);

	scores->bins[bin][in_junk]++;
	scores->own[in_junk] += limit > 0 && score >= limit;
}

static void
merge(struct mk_scores *into, const struct mk_scores *from)
{
	int i, j;

	for (j = 0; j < 2; j++) {
		for (i = 0; i < MK_BINS; i++)
			into->bins[i][j] += from->bins[i][j];
		into->own[j] += from->own[j];
		into->unscored[j] += from->unscored[j];
	}
}

static bool
is_empty(const struct mk_scores *scores)
{
	static const struct mk_scores none;

	return memcmp(scores, &none, sizeof none) == 0;
}

/* ---- messages */

/* What mk_judge makes of it, without spamd.  False: gone, or told. */
static bool
judge(struct gather_in *in, int sub, const char *name,
    struct mk_judgement *j)
{
	int fd = mk_sys_open_file(in->pass.sub_fds[sub], name, O_RDONLY, 0);
	struct mk_error why, err;
	struct stat st;
	int rv = 0;

	if (fd == -1) {
		if (errno != ENOENT)
			mk_pass_trouble_at(&in->pass, "open", subs[sub],
			    name);
		return false;
	}
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		close(fd);
		return false;
	}
	rv = mk_judge(in->scan, in->own->source, fd, j, &why);
	close(fd);
	if (rv == 0)
		return true;
	mk_fail(&err, why.status, "%s/%s/%s/%s: %s", in->scan->root,
	    in->pass.folder->path, subs[sub], name, why.text);
	mk_problems_tell(&in->scan->problems, &err);
	return false;
}

static void
met(struct gather_in *in, int sub, const char *name)
{
	uint64_t hash = mk_msgname_hash(name, mk_msgname_split(name, NULL));
	struct mk_ledger_entry *entry = mk_ledger_find(&in->pass.ledger, hash);
	struct mk_judgement j = { .known = { .state = MK_NEW } };

	if (entry != NULL)
		j.known = mk_known_decode(entry->known);
	switch (j.known.state) {
	case MK_BY_HEADER:
	case MK_BY_SPAMD:
	case MK_TAKEN_BACK:
		break;
	case MK_UNSCORED:
	case MK_UNREADABLE:
		if (mk_known_settled(&j.known, in->scan->fingerprint & 0x7f))
			break;
		/* FALLTHROUGH */
	default:
		if (!judge(in, sub, name, &j))
			return;
	}
	if (j.known.state == MK_UNSCORED || j.known.state == MK_UNREADABLE)
		in->scores.unscored[in->in_junk]++;
	else
		mk_scores_add(&in->scores, j.known.score, in->limit,
		    in->in_junk);
}

static void
list(struct gather_in *in, int sub)
{
	struct mk_dir *reader = &in->own->reader;
	struct mk_dirent entry;
	int fd = in->pass.sub_fds[sub], rv;

	if (fd == -1)
		return;
	rv = mk_sys_dir_start(reader, fd);
	while (rv != -1 && !mk_stopped() &&
	    (rv = mk_sys_dir_next(reader, &entry)) == 1)
		if (mk_msgname_fits(entry.name) &&
		    (entry.type == MK_FILE || entry.type == MK_UNKNOWN))
			met(in, sub, entry.name);
	if (rv == -1)
		mk_pass_trouble(&in->pass, "list", subs[sub]);
}

/* ---- accounts */

/* The account of FOLDER: all folders of a mailbox come after each other. */
static struct mk_histogram_account *
account_of(struct gather *gather, struct mk_histogram *h,
    const struct mk_folder *folder)
{
	const struct mk_spamscan *scan = gather->scan;
	struct mk_histogram_account *v = h->accounts, account = {
	    .root = scan->root,
	    .limit = mk_spamscan_limit(scan, folder->mailbox) };
	struct mk_buf user = { 0 };
	size_t cap;

	if (h->n > 0 && strcmp(v[h->n - 1].mailbox, folder->mailbox) == 0)
		return &v[h->n - 1];
	if (h->n == h->cap) {
		cap = h->cap + h->cap / 2 + 64;
		v = realloc(v, cap * sizeof *v);
		if (v == NULL)
			return NULL;
		h->accounts = v;
		h->cap = cap;
	}
	if ((scan->accounts != NULL && mk_accounts_email(scan->accounts,
	    folder->mailbox, &user) == -1) || (user.len == 0 &&
	    mk_buf_addf(&user, "%s%s%s", scan->root,
	    folder->mailbox[0] == '\0' ? "" : "/", folder->mailbox) == -1)) {
		mk_buf_free(&user);
		return NULL;
	}
	account.user = user.data;
	account.mailbox = strdup(folder->mailbox);
	if (account.mailbox == NULL) {
		mk_buf_free(&user);
		return NULL;
	}
	v[h->n] = account;
	return &v[h->n++];
}

static int
keep(struct gather *gather, struct gatherer *own,
    const struct mk_folder *folder, const struct mk_scores *scores)
{
	struct mk_histogram_account *account;

	merge(&own->found.all, scores);
	if (!gather->by_account || is_empty(scores))
		return 0;
	account = account_of(gather, &own->found, folder);
	if (account == NULL)
		return -1;
	merge(&account->scores, scores);
	return 0;
}

/* ---- the walk */

static void
visit(void *data, const struct mk_folder *folder,
    struct mk_index_record *record, unsigned worker)
{
	struct gather *gather = data;
	struct mk_spamscan *scan = gather->scan;
	struct gather_in in = {
		.scan = scan, .own = &gather->gatherers[worker],
		.limit = mk_spamscan_limit(scan, folder->mailbox),
		.in_junk = mk_spamscan_is_junk(scan, folder),
		.pass = { .rootfd = scan->rootfd, .root = scan->root,
		    .folder = folder, .now_s = scan->now_s, .dry_run = true,
		    .problems = &scan->problems, MK_PASS },
	};

	/* Whatever the ledger says of changes: all is to be counted. */
	if (mk_pass_open(&in.pass, record) == 0 &&
	    mk_pass_ledger(&in.pass, 0, record) != -1) {
		list(&in, 0);
		list(&in, 1);
		if (keep(gather, in.own, folder, &in.scores) == -1)
			mk_pass_trouble(&in.pass, "count", "");
	}
	mk_pass_close(&in.pass);
}

static unsigned
want(void *data, const struct mk_folder *folder)
{
	const struct gather *gather = data;
	struct mk_spamscan *scan = gather->scan;
	const struct mk_patterns patterns = {
	    .list = &scan->conf->keys.folders };
	struct mk_error err;
	int rv = mk_spamscan_wants(scan, folder->mailbox);

	if (rv == 1 && !mk_spamscan_is_junk(scan, folder))
		rv = mk_folder_match(&patterns, folder->layout, folder->name);
	if (rv == -1) {
		mk_fail_sys(&err, "match %s", folder->path);
		mk_problems_tell(&scan->problems, &err);
	}
	return rv == 1 ? MK_WATCH_CUR | MK_WATCH_NEW : 0;
}

static void
problem(void *data, const struct mk_error *err)
{
	const struct gather *gather = data;

	mk_problems_tell(&gather->scan->problems, err);
}

static void
gatherers_free(struct gatherer *gatherers, unsigned n)
{
	unsigned i;

	for (i = 0; gatherers != NULL && i < n; i++) {
		mk_sys_dir_free(&gatherers[i].reader);
		mk_source_free(gatherers[i].source);
		mk_histogram_free(&gatherers[i].found);
	}
	free(gatherers);
}

static struct gatherer *
gatherers_new(unsigned n, struct mk_error *err)
{
	struct gatherer *gatherers = calloc(n, sizeof *gatherers);
	unsigned i;

	if (gatherers == NULL) {
		mk_fail_sys(err, "count");
		return NULL;
	}
	for (i = 0; i < n; i++)
		gatherers[i].reader.fd = -1;
	for (i = 0; i < n; i++) {
		gatherers[i].source = mk_source_new(err);
		if (gatherers[i].source == NULL) {
			gatherers_free(gatherers, n);
			return NULL;
		}
	}
	return gatherers;
}

/* Put what a worker has found to the rest. */
static int
add(struct mk_histogram *h, struct mk_histogram *found, struct mk_error *err)
{
	size_t n = h->n + found->n;
	struct mk_histogram_account *v;

	merge(&h->all, &found->all);
	if (found->n == 0)
		return 0;
	v = realloc(h->accounts, n * sizeof *v);
	if (v == NULL)
		return mk_fail_sys(err, "count");
	memcpy(v + h->n, found->accounts, found->n * sizeof *v);
	h->accounts = v;
	h->n = h->cap = n;
	found->n = 0;			/* they are handed over */
	return 0;
}

int
mk_histogram_walk(struct mk_histogram *h, struct mk_spamscan *scan,
    const struct mk_walk *walk, struct mk_walk_result *result,
    struct mk_error *err)
{
	struct gather gather = { .scan = scan, .by_account = h->by_account };
	const struct mk_walk_ops ops = {
		.data = &gather, .want = want, .visit = visit,
		.problem = problem,
	};
	unsigned i;
	int rv;

	gather.gatherers = gatherers_new(walk->threads, err);
	if (gather.gatherers == NULL)
		return -1;
	rv = mk_walk(walk, &ops, result, err);
	for (i = 0; i < walk->threads && rv == 0; i++)
		rv = add(h, &gather.gatherers[i].found, err);
	gatherers_free(gather.gatherers, walk->threads);
	return rv;
}

void
mk_histogram_free(struct mk_histogram *h)
{
	size_t i;

	for (i = 0; i < h->n; i++) {
		free(h->accounts[i].mailbox);
		free(h->accounts[i].user);
	}
	free(h->accounts);
	h->accounts = NULL;
	h->n = h->cap = 0;
}
