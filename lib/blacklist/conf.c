/* blacklist/conf - the section blacklist of mailkeep.conf, and its feeds. */
#include "blacklist/conf.h"

#include <string.h>

#include "blacklist/line.h"

#define FIELD(f)	offsetof(struct mk_feed, f)
static const struct mk_key feed_keys[] = {
	{ "file", MK_STRING, "", NULL, NULL, NULL, FIELD(file) },
	{ "format", MK_ENUM, "auto", NULL, NULL, MK_FORMAT_WORDS,
	    FIELD(format) },
	{ "min-count", MK_INT, "0", "0", NULL, NULL, FIELD(min_count) },
	{ "column", MK_STRING, "", NULL, NULL, NULL, FIELD(column) },
	{ "reason-column", MK_STRING, "", NULL, NULL, NULL,
	    FIELD(reason_column) },
	{ "host-bits", MK_ENUM, "reject", NULL, NULL, "reject|mask",
	    FIELD(host_bits) },
	{ "max-age", MK_DURATION, "0s", NULL, NULL, NULL, FIELD(max_age_s) },
	{ "max-size", MK_SIZE, "512MiB", "1B", NULL, NULL, FIELD(max_size) },
	{ "optional", MK_BOOL, "no", NULL, NULL, NULL, FIELD(optional) },
	{ "allow-empty", MK_BOOL, "no", NULL, NULL, NULL,
	    FIELD(allow_empty) },
	{ "reason", MK_STRING, "", NULL, NULL, NULL, FIELD(reason) },
	{ "conninfo", MK_STRING, "", NULL, NULL, NULL, FIELD(conninfo) },
	{ "query", MK_STRING, "", NULL, NULL, NULL, FIELD(query) },
	{ "connect-timeout", MK_DURATION, "10s", "1s", NULL, NULL,
	    FIELD(connect_timeout_s) },
	{ "statement-timeout", MK_DURATION, "60s", "1s", NULL, NULL,
	    FIELD(statement_timeout_s) },
	MK_KEY_END
};
#undef FIELD

static int
check_feed(void *data, struct mk_error *err)
{
	const struct mk_feed *feed = data;
	bool from_query = feed->query[0] != '\0';

	if (from_query == (feed->file[0] != '\0'))
		return mk_fail(err, EX_CONFIG, "wants a file or a query, and "
		    "not both");
	if (from_query != (feed->conninfo[0] != '\0') && !from_query)
		return mk_fail(err, EX_CONFIG, "a conninfo goes with a query");
	if (strpbrk(feed->name, ",:") != NULL)
		return mk_fail(err, EX_CONFIG, "a feed's name holds no comma "
		    "and no colon");
	return 0;
}

#define FIELD(f)	offsetof(struct mk_blacklist_conf, f)
static const struct mk_key blacklist_keys[] = {
	{ "allow", MK_LIST, NULL, NULL, NULL, NULL, FIELD(allow) },
	{ "never", MK_LIST, NULL, NULL, NULL, NULL, FIELD(never) },
	{ "cdb", MK_STRING, "", NULL, NULL, NULL,
	    FIELD(outputs[MK_OUT_CDB]) },
	{ "dbm", MK_STRING, "", NULL, NULL, NULL,
	    FIELD(outputs[MK_OUT_DBM]) },
	{ "hostlist", MK_STRING, "", NULL, NULL, NULL,
	    FIELD(outputs[MK_OUT_HOSTLIST]) },
	{ "text", MK_STRING, "", NULL, NULL, NULL,
	    FIELD(outputs[MK_OUT_TEXT]) },
	{ "plain", MK_STRING, "", NULL, NULL, NULL,
	    FIELD(outputs[MK_OUT_PLAIN]) },
	{ "postfix", MK_STRING, "", NULL, NULL, NULL,
	    FIELD(outputs[MK_OUT_POSTFIX]) },
	{ "nft", MK_STRING, "", NULL, NULL, NULL,
	    FIELD(outputs[MK_OUT_NFT]) },
	{ "rbldnsd", MK_STRING, "", NULL, NULL, NULL,
	    FIELD(outputs[MK_OUT_RBLDNSD]) },
	{ "never-private", MK_BOOL, "yes", NULL, NULL, NULL,
	    FIELD(never_private) },
	{ "never-self", MK_BOOL, "yes", NULL, NULL, NULL,
	    FIELD(never_self) },
	{ "max-shrink", MK_PERCENT, "50%", NULL, NULL, NULL,
	    FIELD(max_shrink) },
	{ "min-prefix-v4", MK_INT, "8", "0", "32", NULL,
	    FIELD(min_prefix_v4) },
	{ "min-prefix-v6", MK_INT, "19", "0", "128", NULL,
	    FIELD(min_prefix_v6) },
	{ "max-lengths", MK_INT, "8", "1", "129", NULL, FIELD(max_lengths) },
	{ "reader", MK_STRING, "", NULL, NULL, NULL, FIELD(reader) },
	{ "on-change", MK_STRING, "", NULL, NULL, NULL, FIELD(on_change) },
	MK_KEY_END
};
#undef FIELD

static int
check_blacklist(void *data, struct mk_error *err)
{
	const struct mk_blacklist_conf *conf = data;
	const char *why;
	struct mk_net net;
	size_t i;

	for (i = 0; i < conf->never.n; i++)
		switch (mk_net_parse(conf->never.v[i],
		    strlen(conf->never.v[i]), &net, &why)) {
		case MK_NET_OK:
			break;
		case MK_NET_HOST_BITS:
			return mk_fail(err, EX_CONFIG, "never: \"%s\" has "
			    "bits set after its prefix length",
			    conf->never.v[i]);
		case MK_NET_BAD:
			return mk_fail(err, EX_CONFIG, "never: \"%s\": %s",
			    conf->never.v[i], why);
		}
	if (conf->outputs[MK_OUT_HOSTLIST][0] != '\0' &&
	    conf->outputs[MK_OUT_CDB][0] == '\0' &&
	    conf->outputs[MK_OUT_DBM][0] == '\0' &&
	    conf->outputs[MK_OUT_TEXT][0] == '\0')
		return mk_fail(err, EX_CONFIG, "hostlist: it names a database "
		    "for Exim to look into: set cdb, dbm or text, too");
	return 0;
}

const struct mk_section mk_feed_section = {
	.name = "blacklist.feed", .keys = feed_keys, .titled = true,
	.size = sizeof(struct mk_feed),
	.title_offset = offsetof(struct mk_feed, name), .check = check_feed,
};

const struct mk_section mk_blacklist_section = {
	.name = "blacklist", .keys = blacklist_keys,
	.size = sizeof(struct mk_blacklist_conf), .check = check_blacklist,
};
