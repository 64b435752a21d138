/* expire/select - which rules this run goes by. */
#include "expire/select.h"

#include <stdlib.h>
#include <string.h>

#include "base/duration.h"

static char one_off[] = "--folder";	/* the name of a rule of options */

static int
make_one_off(const struct mk_expire_args *args, struct mk_rule *rule,
    struct mk_error *err)
{
	struct mk_error why;

	*rule = (struct mk_rule){
		.name = one_off, .folders = args->folders, .subfolders = true,
		.unread = true, .max_messages = MK_UNSET_INT,
		.max_bytes = MK_UNSET_INT, .older_than_s = MK_UNSET_INT,
	};
	if (args->rule != NULL)
		return mk_fail(err, EX_USAGE, "--folder makes a rule of its "
		    "own: it does not go with --rule");
	if (args->folders.n == 0)
		return mk_fail(err, EX_USAGE, "--older-than and --age need "
		    "--folder NAME (rules have theirs in the configuration)");
	if (args->older_than == NULL)
		return mk_fail(err, EX_USAGE, "--folder needs --older-than "
		    "AGE, such as --older-than 10d");
	if (mk_duration_parse(args->older_than, &rule->older_than_s,
	    &why) == -1)
		return mk_fail(err, EX_USAGE, "--older-than: %s", why.text);
	if (args->age != NULL && (rule->age = mk_rule_age(args->age)) == -1)
		return mk_fail(err, EX_USAGE, "--age: \"%s\" is none of "
		    "in-folder, received, saved and name", args->age);
	return 0;
}

static int
unknown_rule(const struct mk_expire_args *args,
    const struct mk_expire_conf *conf, struct mk_error *err)
{
	const char **names = calloc(conf->rules_n + 1, sizeof *names);
	const char *nearest = NULL;
	size_t i;

	if (names != NULL) {
		for (i = 0; i < conf->rules_n; i++)
			names[i] = conf->rules[i].name;
		nearest = mk_nearest(args->rule, names);
	}
	mk_fail(err, EX_USAGE, "--rule: the configuration has no expire "
	    "\"%s\"%s%s%s", args->rule, nearest == NULL ? "" :
	    "; did you mean \"", nearest == NULL ? "" : nearest,
	    nearest == NULL ? "" : "\"?");
	free(names);
	return -1;
}

struct mk_rule *
mk_select_rules(const struct mk_expire_args *args,
    const struct mk_expire_conf *conf, bool with_paths, size_t *n,
    struct mk_error *err)
{
	struct mk_rule *rules;
	size_t i;
	bool named = false, left_out = false;

	*n = 0;
	rules = calloc(conf->rules_n + 1, sizeof *rules);
	if (rules == NULL) {
		mk_fail_sys(err, "rules");
		return NULL;
	}
	if (args->folders.n > 0 || args->older_than != NULL ||
	    args->age != NULL) {
		if (make_one_off(args, &rules[0], err) == -1)
			goto fail;
		*n = 1;
		return rules;
	}
	for (i = 0; i < conf->rules_n; i++) {
		if (args->rule != NULL &&
		    strcmp(args->rule, conf->rules[i].name) != 0)
			continue;
		named = true;
		if (conf->rules[i].path == NULL || with_paths)
			rules[(*n)++] = conf->rules[i];
		else
			left_out = true;
	}
	if (args->rule != NULL && !named) {
		unknown_rule(args, conf, err);
		goto fail;
	}
	if (*n == 0 && left_out) {
		mk_fail(err, EX_USAGE, "a rule with a path knows of no "
		    "mailbox: it goes with neither --user nor MAILDIR");
		goto fail;
	}
	if (*n == 0) {
		mk_fail(err, EX_CONFIG, "there is no rule, so nothing is "
		    "done: write expire \"NAME\" { ... } into the "
		    "configuration, or say --folder NAME --older-than AGE");
		goto fail;
	}
	if (*n > MK_RULES_MAX) {
		mk_fail(err, EX_CONFIG, "there are %zu rules; %d at most", *n,
		    MK_RULES_MAX);
		goto fail;
	}
	return rules;
fail:
	free(rules);
	return NULL;
}
