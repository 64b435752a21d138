/* spamscan/conf - the configuration of mailkeep-spamscan. */
#include "spamscan/conf.h"

#include <string.h>

#include "mail/folder.h"
#include "mail/msgname.h"

#define VERSION		1		/* of how scores are read: to be raised
					 * where that changes */

#define FIELD(f)	offsetof(struct mk_spamscan_keys, f)
static const struct mk_key keys[] = {
	{ "limit", MK_DECIMAL, "7", "0", "5000", NULL, FIELD(limit) },
	{ "action", MK_ENUM, "junk", NULL, NULL, "junk|report",
	    FIELD(action) },
	{ "delete-above", MK_DECIMAL, "0", "0", "5000", NULL,
	    FIELD(delete_above) },
	{ "junk-folder", MK_STRING, "Junk", NULL, NULL, NULL,
	    FIELD(junk_folder) },
	{ "folder", MK_LIST, "INBOX", NULL, NULL, NULL, FIELD(folders) },
	{ "max-age", MK_DURATION, "7d", "1m", "36500d", NULL,
	    FIELD(max_age_s) },
	{ "source", MK_LIST, "header,spamd", NULL, NULL, NULL,
	    FIELD(source) },
	{ "archive", MK_PATH, NULL, NULL, NULL, NULL, FIELD(archive) },
	{ "learn", MK_BOOL, "no", NULL, NULL, NULL, FIELD(learn) },
	{ "max-runtime", MK_DURATION, "4m", "1s", "7d", NULL,
	    FIELD(max_runtime_s) },
	MK_KEY_END
};
#undef FIELD

static int
source_of(const char *word)
{
	return strcmp(word, "header") == 0 ? MK_SOURCE_HEADER :
	    strcmp(word, "spamd") == 0 ? MK_SOURCE_SPAMD : 0;
}

/* Whether a folder can be called so, in both layouts. */
static bool
is_beside_inbox(const char *name)
{
	struct mk_buf place = { 0 };
	bool fits = mk_folder_place(MK_MAILDIRPP, name, &place) == 0 &&
	    place.len > 0 && mk_folder_place(MK_FS, name, &place) == 0;

	mk_buf_free(&place);
	return fits;
}

static int
check(void *data, struct mk_error *err)
{
	const struct mk_spamscan_keys *conf = data;
	int seen = 0, source;
	size_t i;

	if (conf->source.n == 0)
		return mk_fail(err, EX_CONFIG, "source: names none: write "
		    "{\"header\", \"spamd\"}, or one of them");
	for (i = 0; i < conf->source.n; i++) {
		source = source_of(conf->source.v[i]);
		if (source == 0)
			return mk_fail(err, EX_CONFIG, "source: \"%s\" is "
			    "neither header nor spamd", conf->source.v[i]);
		if ((seen & source) != 0)
			return mk_fail(err, EX_CONFIG, "source: \"%s\" is "
			    "named twice", conf->source.v[i]);
		seen |= source;
	}
	if (conf->folders.n == 0)
		return mk_fail(err, EX_CONFIG, "folder: names none: write "
		    "{\"INBOX\"}");
	if (!is_beside_inbox(conf->junk_folder))
		return mk_fail(err, EX_CONFIG, "junk-folder: \"%s\" cannot be "
		    "the name of a folder beside the inbox",
		    conf->junk_folder);
	if (conf->delete_above > 0 && conf->action == MK_ACTION_REPORT)
		return mk_fail(err, EX_CONFIG, "delete-above goes with "
		    "action = \"junk\"");
	if (conf->archive != NULL && conf->delete_above == 0)
		return mk_fail(err, EX_CONFIG, "archive is for what "
		    "delete-above removes: set that, too");
	return 0;
}

const struct mk_section mk_spamscan_section = {
	.name = "spamscan", .keys = keys,
	.size = sizeof(struct mk_spamscan_keys), .check = check,
};

void
mk_spamscan_sources(const struct mk_spamscan_keys *conf, int sources[3])
{
	size_t i;

	for (i = 0; i < conf->source.n && i < 2; i++)
		sources[i] = source_of(conf->source.v[i]);
	sources[i] = 0;
}

static uint64_t
mix(uint64_t h, const char *word)
{
	return (h ^ mk_msgname_hash(word, strlen(word) + 1)) *
	    UINT64_C(0x9e3779b97f4a7c15);
}

static uint64_t
mix_list(uint64_t h, const struct mk_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		h = mix(h, list->v[i]);
	return mix(h, "");
}

uint64_t
mk_spamscan_fingerprint(const struct mk_spamscan_conf *conf)
{
	uint64_t h = VERSION;
	size_t i;

	h = mix_list(h, &conf->keys.source);
	h = mix_list(h, &conf->keys.folders);
	h = mix(h, conf->keys.junk_folder);
	h = mix(h, conf->keys.learn ? "learn" : "");
	/* Whether accounts without one are scanned. */
	h = mix(h, conf->keys.limit > 0 ? "limit" : "");
	for (i = 0; i < conf->trust_n; i++) {
		h = mix(h, conf->trust[i].host);
		h = mix_list(h, &conf->trust[i].dialect);
		h = mix_list(h, &conf->trust[i].received_by);
		h = mix(h, conf->trust[i].stripped ? "stripped" : "");
	}
	h = mix(h, conf->spamd.socket);
	h = (h ^ (uint64_t)conf->spamd.max_size) *
	    UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

int
mk_spamscan_check(const struct mk_spamscan_conf *conf, struct mk_error *err)
{
	bool socket = conf->spamd.socket[0] != '\0';
	int sources[3] = { 0 };

	mk_spamscan_sources(&conf->keys, sources);
	if (conf->trust_n == 0 && !socket)
		return mk_fail(err, EX_CONFIG, "spamscan: nothing tells a "
		    "score: name who writes it, spamscan { trust \"HOST\" { "
		    "} }, or where spamd listens, spamscan { spamd { socket = "
		    "... } }");
	if (sources[1] != 0)
		return 0;
	if (sources[0] == MK_SOURCE_SPAMD && !socket)
		return mk_fail(err, EX_CONFIG, "spamscan: source = {\"spamd\"} "
		    "wants spamd { socket = ... }");
	if (sources[0] == MK_SOURCE_HEADER && conf->trust_n == 0)
		return mk_fail(err, EX_CONFIG, "spamscan: source = "
		    "{\"header\"} wants trust \"HOST\" { }");
	return 0;
}
