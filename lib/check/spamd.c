/* check/spamd - does spamd answer, and is any score ever believed? */
#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "check/check.h"
#include "check/look.h"
#include "spamscan/conf.h"
#include "spamscan/spamd.h"

#define AREA		"spamd"
#define LIMIT_S		10		/* PING costs spamd nothing */
#define SLOW_MS		2000

static bool
has_source(const struct mk_check *check, int source)
{
	int sources[3] = { 0 };

	mk_spamscan_sources(&check->conf->spamscan, sources);
	return sources[0] == source || sources[1] == source;
}

/* May the account that mailkeep-spamscan becomes connect to the path? */
static void
check_rights(struct mk_check *check, const char *path)
{
	struct mk_owner owner = mk_look_owner(check);
	int errnum = mk_look_may(check, &owner, path, W_OK);

	if (errnum == -1)
		mk_check_add(check, MK_NOTE, AREA, path,
		    "run mailkeep-check as root", "whether %s may connect "
		    "was not tried", owner.name);
	else if (errnum != 0 && errnum != ENOENT)
		mk_check_add(check, MK_ERROR, AREA, path,
		    "start spamd with --socketmode=0666, or "
		    "--socketgroup=GROUP --socketmode=0660, and let the "
		    "account search the directories above",
		    "%s may not connect: %s", owner.uid == (uid_t)-1 ?
		    "this account" : owner.name, strerror(errnum));
}

static void
ping(struct mk_check *check, const struct mk_spamd_conf *conf)
{
	struct mk_spamd_conf hurried = *conf;
	struct mk_spamd *spamd;
	struct mk_error err;
	int64_t began_ms, took_ms;
	int rv = -1;

	if (hurried.timeout_s > LIMIT_S)
		hurried.timeout_s = LIMIT_S;
	began_ms = mk_clock_ms();
	spamd = mk_spamd_open(&hurried, &err);
	if (spamd != NULL)
		rv = mk_spamd_ping(spamd, &err);
	mk_spamd_close(spamd);
	took_ms = mk_clock_ms() - began_ms;
	if (rv == -1)
		mk_check_add(check, MK_ERROR, AREA, conf->socket,
		    "start it (systemctl start spamd), or correct socket in "
		    "spamscan { spamd { } }; until then mail waits for its "
		    "score", "%s", err.text);
	else if (took_ms > SLOW_MS)
		mk_check_add(check, MK_WARNING, AREA, conf->socket,
		    "give it more children (--max-children), or look at its "
		    "log", "it answers, after %" PRId64 ".%03" PRId64 " s",
		    took_ms / 1000, took_ms % 1000);
	else
		mk_check_add(check, MK_FINE, AREA, conf->socket, "",
		    "it answers");
}

/* Headers count only where a rule says whose. */
static void
check_trust(struct mk_check *check, const char *place)
{
	if (check->conf->trust_n > 0 || !has_source(check, MK_SOURCE_HEADER))
		return;
	if (!has_source(check, MK_SOURCE_SPAMD))
		mk_check_add(check, MK_WARNING, AREA, place,
		    "name who writes the scores: spamscan { trust \"HOST\" { "
		    "} }", "source is header alone, and no trust rule: no "
		    "score is ever believed");
	else if (check->conf->spamd.socket[0] != '\0')
		mk_check_add(check, MK_NOTE, AREA, place, "",
		    "no trust rule: scores in headers are not believed, all "
		    "mail is given to spamd");
}

void
mk_check_spamd(struct mk_check *check)
{
	const struct mk_spamd_conf *conf = &check->conf->spamd;
	const char *place = check->conf->file != NULL ? check->conf->file :
	    "spamscan";

	check_trust(check, place);
	if (conf->socket[0] == '\0') {
		if (has_source(check, MK_SOURCE_SPAMD))
			mk_check_add(check, MK_NOTE, AREA, place, "",
			    check->conf->trust_n > 0 ? "no socket: spamd is "
			    "not asked, scores in headers alone count" :
			    "neither trust nor spamd: mailkeep-spamscan is "
			    "not set up");
		return;
	}
	if (!has_source(check, MK_SOURCE_SPAMD)) {
		mk_check_add(check, MK_NOTE, AREA, conf->socket, "",
		    "source has no spamd: it is not asked");
		return;
	}
	if (conf->socket[0] == '/')
		check_rights(check, conf->socket);
	ping(check, conf);
}
