/* tmda/select - which sections this run goes by. */
#include "tmda/select.h"

#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/nearest.h"

/* What a section of options says: the defaults. */
static char lifetime[] = "14d", empty[] = "", command[] = MK_TMDA_COMMAND;
static char confirmed[] = "lists/confirmed", whitelist[] = "lists/whitelist";
static char *lists[] = { confirmed, whitelist, NULL };

static int
make_one_off(struct mk_tmda_conf *conf, const struct mk_tmda_args *args,
    struct mk_error *err)
{
	struct mk_error why;
	int64_t older_s = MK_TMDA_LIFETIME_S;

	*conf = (struct mk_tmda_conf){
		.mailbox_dir = empty, .config = empty, .global_config = empty,
		.pending_lifetime = lifetime,
		.rescue_lists = { lists, 2 }, .release_command = command,
		.delete_append = empty, .archive = empty,
	};
	if (args->older_than != NULL) {
		if (mk_duration_parse(args->older_than, &older_s, &why) == -1)
			return mk_fail(err, EX_USAGE, "--older-than: %s",
			    why.text);
		if (older_s > MK_TMDA_LIFETIME_MAX_S)
			return mk_fail(err, EX_USAGE, "--older-than: at most "
			    "36500d");
		conf->pending_lifetime = args->older_than;
	}
	/* Nothing that is younger goes, and no response of the last day. */
	conf->responses_lifetime_s = older_s < MK_TMDA_RESPONSE_MIN_S ?
	    MK_TMDA_RESPONSE_MIN_S : older_s;
	return 0;
}

static int
unknown(const struct mk_tmda_args *args, const struct mk_tmda_all_conf *conf,
    struct mk_error *err)
{
	const char **names = calloc(conf->queues_n + 1, sizeof *names);
	const char *nearest = NULL;
	size_t i;

	if (names != NULL) {
		for (i = 0; i < conf->queues_n; i++)
			names[i] = conf->queues[i].name;
		nearest = mk_nearest(args->queue, names);
	}
	mk_fail(err, EX_USAGE, "--queue: the configuration has no tmda "
	    "\"%s\"%s%s%s", args->queue, nearest == NULL ? "" :
	    "; did you mean \"", nearest == NULL ? "" : nearest,
	    nearest == NULL ? "" : "\"?");
	free(names);
	return -1;
}

int
mk_tmda_one_archive(const struct mk_tmda_conf *a, const struct mk_tmda_conf *b,
    struct mk_error *err)
{
	return mk_fail(err, EX_CONFIG, "tmda \"%s\" and \"%s\" have one "
	    "archive: give each its own, so that --restore knows where it "
	    "belongs", a->name, b->name);
}

/* Archives of a run are called by mailboxes, in a directory of the run's. */
static int
check_archives(const struct mk_tmda_conf *queues, size_t n,
    struct mk_error *err)
{
	size_t i, j;

	for (i = 0; i < n; i++)
		for (j = 0; j < i; j++)
			if (queues[i].archive[0] != '\0' && strcmp(
			    queues[i].archive, queues[j].archive) == 0)
				return mk_tmda_one_archive(&queues[j],
				    &queues[i], err);
	return 0;
}

static int
fill(struct mk_tmda_conf *queues, const struct mk_options *opt,
    const struct mk_tmda_args *args, const struct mk_tmda_all_conf *conf,
    size_t *n, struct mk_error *err)
{
	size_t i;

	for (i = 0; i < opt->args_n; i++) {
		if (make_one_off(&queues[i], args, err) == -1)
			return -1;
		queues[i].name = queues[i].dir = opt->args[i];
		(*n)++;
	}
	if (*n > 0)
		return 0;
	for (i = 0; i < conf->queues_n; i++)
		if (args->queue == NULL ||
		    strcmp(args->queue, conf->queues[i].name) == 0)
			queues[(*n)++] = conf->queues[i];
	if (*n == 0 && args->queue != NULL)
		return unknown(args, conf, err);
	if (*n == 0)
		return mk_fail(err, EX_CONFIG, "there is no queue, so nothing "
		    "is done: write tmda \"NAME\" { dir = \"/var/mail/.tmda\" "
		    "} into the configuration, or say --older-than AGE "
		    "TMDADIR");
	return check_archives(queues, *n, err);
}

struct mk_tmda_conf *
mk_tmda_select(const struct mk_options *opt, const struct mk_tmda_args *args,
    const struct mk_tmda_all_conf *conf, size_t *n, struct mk_error *err)
{
	struct mk_tmda_conf *queues = calloc(opt->args_n + conf->queues_n + 1,
	    sizeof *queues);

	*n = 0;
	if (queues == NULL)
		mk_fail_sys(err, "queues");
	else if (fill(queues, opt, args, conf, n, err) == 0)
		return queues;
	free(queues);
	return NULL;
}
