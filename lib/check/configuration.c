/* check/configuration - the configuration, and the files named in it. */
#include <errno.h>
#include <glob.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/duration.h"
#include "blacklist/origin.h"
#include "blacklist/publish.h"
#include "check/dirs.h"
#include "check/rules.h"
#include "check/where.h"

#define AREA	"configuration"

/* Who else reads it, where a password stands in it. */
static void
look_password(struct mk_check *check, const struct mk_where *where,
    const char *conninfo, const char *section, size_t nth)
{
	const char *scheme = conninfo == NULL ? NULL : strstr(conninfo, "://");
	const char *at = scheme == NULL ? NULL : strchr(scheme, '@');
	const char *colon = scheme == NULL ? NULL : strchr(scheme + 3, ':');
	char *place, *file, *advice;
	struct stat st;

	if (conninfo == NULL || (strstr(conninfo, "password=") == NULL &&
	    strstr(conninfo, "password =") == NULL &&
	    (at == NULL || colon == NULL || colon > at)))
		return;
	place = mk_where_key(where, check, section, nth, "conninfo");
	if (place == NULL)
		return;
	file = mk_look_text(check, "%.*s", (int)strlen(place), place);
	if (file != NULL && strrchr(file, ':') != NULL)
		*strrchr(file, ':') = '\0';
	if (file != NULL && file[0] != '\0' && stat(file, &st) == 0 &&
	    (st.st_mode & S_IROTH) != 0) {
		advice = mk_look_text(check, "chmod o-r %s; or put the "
		    "password into a service file or .pgpass", file);
		mk_check_add(check, MK_WARNING, AREA, place, advice,
		    "a password stands in conninfo, and anybody can read %s",
		    file);
		free(advice);
	}
	free(file);
	free(place);
}

static void
look_files(struct mk_check *check, const struct mk_where *where)
{
	const struct mk_check_conf *conf = check->conf;
	struct stat st;
	size_t i;

	for (i = 0; i < where->text.files_n; i++)
		if (stat(where->text.files[i], &st) == 0)
			mk_look_guarded(check, AREA, where->text.files[i],
			    where->text.files[i], &st, "can have programs "
			    "that root starts do anything");
	look_password(check, where, conf->accounts.conninfo, "accounts", 0);
	for (i = 0; i < conf->feeds_n; i++)
		look_password(check, where, conf->feeds[i].conninfo,
		    "blacklist.feed", i);
}

/* Whether the file, directory or pattern PATH leads to something; *MTIME_S is
 * that of one that is a file. */
static int
find(const char *path, int64_t *mtime_s)
{
	struct stat st;
	glob_t found = { 0 };
	int rv;

	*mtime_s = -1;
	if (stat(path, &st) == 0) {
		if (S_ISREG(st.st_mode))
			*mtime_s = (int64_t)st.st_mtime;
		return S_ISFIFO(st.st_mode) ? 0 : access(path, R_OK) == 0 ?
		    0 : errno;
	}
	rv = errno;
	if (strpbrk(path, "*?[") == NULL)
		return rv;
	if (glob(path, 0, NULL, &found) == 0)
		rv = 0;
	globfree(&found);
	return rv;
}

static void
look_feed(struct mk_check *check, const struct mk_where *where, size_t i)
{
	const struct mk_feed *feed = &check->conf->feeds[i];
	int64_t mtime_s;
	char *place, age[32];
	int rv;

	if (feed->file[0] == '\0' || strcmp(feed->file, "-") == 0)
		return;
	place = mk_where_key(where, check, "blacklist.feed", i, "file");
	rv = find(feed->file, &mtime_s);
	if (rv != 0)
		mk_check_add(check, feed->optional || (rv == EACCES &&
		    !check->root) ? MK_NOTE : MK_ERROR, AREA, place,
		    feed->optional ? "it is optional: nothing" : rv == EACCES ?
		    "let root read it" : "have it fetched or written, or set "
		    "optional = yes", "blacklist feed \"%s\": %s: %s",
		    feed->name, feed->file, strerror(rv));
	else if (feed->max_age_s > 0 && mtime_s != -1 &&
	    check->now_s - mtime_s > feed->max_age_s)
		mk_check_add(check, feed->optional ? MK_WARNING : MK_ERROR,
		    AREA, place, "look why it is fetched no more",
		    "blacklist feed \"%s\": %s has not been written for %s, "
		    "which is more than its max-age", feed->name, feed->file,
		    mk_duration_format(age, sizeof age, (check->now_s -
		    mtime_s) / 3600 * 3600));
	free(place);
}

/* The program of a command for sh, where it is told by its path. */
static void
look_command(struct mk_check *check, const struct mk_where *where)
{
	const char *command = check->conf->blacklist.on_change;
	char *place, *path;
	struct stat st;

	if (command[0] != '/')
		return;
	place = mk_where_key(where, check, "blacklist", 0, "on-change");
	path = mk_look_text(check, "%.*s", (int)strcspn(command, " \t;|&<>"),
	    command);
	if (path == NULL)
		goto out;
	if (stat(path, &st) == -1)
		mk_check_add(check, MK_ERROR, AREA, place, "write it, or "
		    "correct on-change", "on-change: %s: %s", path,
		    strerror(errno));
	else if (!S_ISREG(st.st_mode) || access(path, X_OK) == -1)
		mk_check_add(check, MK_ERROR, AREA, place, "make it "
		    "executable (chmod +x), or correct on-change",
		    "on-change: %s is no program that can be run", path);
	else
		mk_look_guarded(check, AREA, place, path, &st,
		    "can run what they like as root");
out:
	free(path);
	free(place);
}

/* As mailkeep-blacklist opens them, which trusts no directory of others. */
static void
look_targets(struct mk_check *check, const struct mk_where *where)
{
	struct mk_owner owner = mk_look_owner(check);
	struct mk_targets targets;
	struct mk_error err;
	char *place;

	if (mk_targets_open(&targets, check->conf->blacklist.outputs,
	    owner.uid, &err) == -1) {
		place = mk_where_key(where, check, "blacklist", 0, "");
		mk_check_add(check, err.status == EX_NOPERM && !check->root ?
		    MK_NOTE : MK_ERROR, AREA, place, "until then "
		    "mailkeep-blacklist publishes nothing", "%s", err.text);
		free(place);
	}
	mk_targets_close(&targets);
}

static void
look_outputs(struct mk_check *check, const struct mk_where *where)
{
	static const char *const keys[MK_OUTPUTS] = {
		[MK_OUT_CDB] = "cdb", [MK_OUT_DBM] = "dbm",
		[MK_OUT_HOSTLIST] = "hostlist", [MK_OUT_TEXT] = "text",
		[MK_OUT_PLAIN] = "plain", [MK_OUT_POSTFIX] = "postfix",
		[MK_OUT_NFT] = "nft", [MK_OUT_RBLDNSD] = "rbldnsd",
	};
	char *const *outputs = check->conf->blacklist.outputs;
	char *place, *dir, *advice;
	struct stat st;
	size_t i, n = 0, fine = 0;

	for (i = 0; i < MK_OUTPUTS; i++) {
		if (outputs[i][0] == '\0')
			continue;
		place = mk_where_key(where, check, "blacklist", 0, keys[i]);
		dir = mk_look_parent(check, outputs[i]);
		advice = mk_look_text(check, "install -d %s",
		    dir == NULL ? "" : dir);
		if (dir != NULL && (stat(dir, &st) == -1 ||
		    !S_ISDIR(st.st_mode)))
			mk_check_add(check, MK_ERROR, AREA, place, advice,
			    "blacklist.%s: there is no directory %s for %s",
			    keys[i], dir, outputs[i]);
		else if (stat(outputs[i], &st) == 0 && !S_ISREG(st.st_mode))
			mk_check_add(check, MK_ERROR, AREA, place, "name a "
			    "file", "blacklist.%s: %s is no file", keys[i],
			    outputs[i]);
		else
			fine++;
		n++;
		free(advice);
		free(dir);
		free(place);
	}
	if (n > 0 && fine == n)
		look_targets(check, where);
}

static void
look_blacklist(struct mk_check *check, const struct mk_where *where)
{
	const struct mk_blacklist_conf *conf = &check->conf->blacklist;
	char *place;
	size_t i;

	if (check->conf->feeds_n > MK_FEEDS_MAX)
		mk_check_add(check, MK_ERROR, AREA, check->conf->file, "let a "
		    "directory or a pattern be one feed", "%zu feeds are too "
		    "many: at most %d", check->conf->feeds_n, MK_FEEDS_MAX);
	for (i = 0; i < check->conf->feeds_n; i++)
		look_feed(check, where, i);
	for (i = 0; i < conf->allow.n; i++) {
		if (access(conf->allow.v[i], R_OK) == 0)
			continue;
		place = mk_where_key(where, check, "blacklist", 0, "allow");
		mk_check_add(check, MK_ERROR, AREA, place, "write it: without "
		    "it nothing is published", "allow: %s: %s",
		    conf->allow.v[i], strerror(errno));
		free(place);
	}
	look_outputs(check, where);
	look_command(check, where);
	if (conf->reader[0] != '\0' && getpwnam(conf->reader) == NULL) {
		place = mk_where_key(where, check, "blacklist", 0, "reader");
		mk_check_add(check, MK_ERROR, AREA, place, "correct it: "
		    "Debian's Exim is Debian-exim", "reader: there is no user "
		    "%s", conf->reader);
		free(place);
	}
}

/* On the file system of the mail it takes the room that was to be made. */
static void
look_archive(struct mk_check *check, const struct mk_where *where,
    const char *section, size_t nth, const char *path)
{
	const struct mk_host *host = &check->conf->host;
	struct mk_owner owner = mk_look_owner(check);
	char *place = mk_where_key(where, check, section, nth, "archive");
	char *root = realpath(host->mail_root, NULL);
	char *real = realpath(path, NULL);
	struct mk_dir_use use = { .area = AREA, .place = place,
	    .name = "an archive", .path = path, .owner = &owner,
	    .made = true };
	struct stat st, mail;
	size_t len = root == NULL ? 0 : strlen(root);

	if (mk_dirs_look(check, &use, &st) && real != NULL && root != NULL) {
		if (strncmp(real, root, len) == 0 && (real[len] == '/' ||
		    real[len] == '\0'))
			mk_check_add(check, MK_WARNING, AREA, place, "put it "
			    "elsewhere", "the archive %s lies among the mail, "
			    "below mail-root", path);
		else if (stat(root, &mail) == 0 && mail.st_dev == st.st_dev)
			mk_check_add(check, MK_NOTE, AREA, place, "clean the "
			    "archive by hand, or put it elsewhere", "the "
			    "archive %s lies on the file system of the mail, "
			    "so that removing makes little room", path);
		if (nth == 0)
			mk_dirs_room(check, AREA, path);
	}
	free(real);
	free(root);
	free(place);
}

static void
look_archives(struct mk_check *check, const struct mk_where *where)
{
	const struct mk_check_conf *conf = check->conf;
	size_t i, j;

	for (i = 0; i < conf->rules_n; i++) {
		if (conf->rules[i].archive == NULL)
			continue;
		for (j = 0; j < i; j++)		/* they may share one */
			if (conf->rules[j].archive != NULL && strcmp(
			    conf->rules[j].archive,
			    conf->rules[i].archive) == 0)
				break;
		if (j == i)
			look_archive(check, where, "expire", i,
			    conf->rules[i].archive);
	}
	if (conf->spamscan.archive != NULL)
		look_archive(check, where, "spamscan", 0,
		    conf->spamscan.archive);
	for (i = 0; i < conf->queues_n; i++)
		if (conf->queues[i].archive[0] != '\0')
			look_archive(check, where, "tmda", i,
			    conf->queues[i].archive);
}

static void
look_metrics(struct mk_check *check, const struct mk_where *where)
{
	const char *metrics = check->conf->host.metrics;
	struct mk_owner owner = mk_look_owner(check);
	char *place, *dir;
	struct mk_dir_use use;
	struct stat st;

	if (metrics[0] == '\0')
		return;
	place = mk_where_key(where, check, "", 0, "metrics");
	dir = stat(metrics, &st) == 0 && S_ISDIR(st.st_mode) ?
	    mk_look_text(check, "%s", metrics) :
	    mk_look_parent(check, metrics);
	use = (struct mk_dir_use){ .area = AREA, .place = place, .path = dir,
	    .name = "the directory of the metrics", .owner = &owner };
	if (dir != NULL)
		mk_dirs_look(check, &use, &st);
	free(dir);
	free(place);
}

void
mk_check_configuration(struct mk_check *check)
{
	const struct mk_check_conf *conf = check->conf;
	struct mk_where where = { 0 };

	if (conf->file == NULL) {
		mk_check_add(check, MK_NOTE, AREA, MK_CONFIG_FILE, "write it; "
		    "mailkeep.conf(5) tells how", "there is none, so that no "
		    "program does anything");
		return;
	}
	mk_where_open(&where, check);
	look_files(check, &where);
	look_blacklist(check, &where);
	look_archives(check, &where);
	look_metrics(check, &where);
	mk_rules_look(check, &where);
	mk_check_add(check, MK_FINE, AREA, conf->file, "", "is understood: "
	    "rules %zu, feeds %zu, trusted scanners %zu, TMDA queues %zu",
	    conf->rules_n, conf->feeds_n, conf->trust_n, conf->queues_n);
	mk_where_close(&where);
}
