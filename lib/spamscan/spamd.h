/*
 * spamscan/spamd - ask SpamAssassin's spamd for a message's score.
 *
 * The SPAMC protocol 1.5 over a unix socket or TCP; spamd ends each connection
 * with its answer, so there is one a message.  The functions below may be
 * called from any thread, and as many messages are in flight as threads call:
 * it is the caller's to call from no more than .connections.
 *
 * spamd is told whose message it is (the header User) as .user says; nothing
 * where the name has blanks or control characters or is longer than 255 bytes.
 * Source: spamd/PROTOCOL of SpamAssassin 4.0.1; exact strings measured.
 */
#ifndef MK_SPAMSCAN_SPAMD_H
#define MK_SPAMSCAN_SPAMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "base/error.h"
#include "base/sandbox.h"

enum mk_spamd_user { MK_USER_EMAIL, MK_USER_LOCAL_PART, MK_USER_NONE };

struct mk_spamd_conf {
	char *socket;			/* "/run/spamd.sock", "127.0.0.1:783",
					 * "[::1]:783", "host"; "" none */
	int64_t connections;		/* messages in flight */
	int64_t timeout_s;		/* for one message, all stages */
	int64_t max_size;		/* bytes; a longer one is not sent */
	int user;			/* enum mk_spamd_user */
};

/* The section spamscan { spamd { ... } }. */
extern const struct mk_section mk_spamd_section;

struct mk_spamd;

/*
 * Find the address, before the program confines itself: host names are looked
 * up now, which may wait for the DNS as long as resolv.conf(5) lets it.
 * Nothing is connected, and a path need not be there yet.  NULL: EX_CONFIG
 * where CONF's socket is no address, is not set, or is a path to something
 * else; EX_TEMPFAIL where it has no address; EX_NOPERM where it can't be
 * reached.
 */
struct mk_spamd *mk_spamd_open(const struct mk_spamd_conf *conf,
    struct mk_error *err);
void mk_spamd_close(struct mk_spamd *spamd);		/* NULL is fine */

/*
 * Allow connections to it: to its path, or to its port (of any host: the
 * sandbox knows no more).  0 or -1.
 */
int mk_spamd_allow(const struct mk_spamd *spamd, struct mk_sandbox *sandbox,
    struct mk_error *err);

/*
 * The score of the message TEXT (LEN bytes, from 1 to .max_size: else
 * EX_SOFTWARE) for the account EMAIL (may be NULL), in hundredths of a point,
 * rounded down.  DEADLINE_MS, of the monotonic clock, bounds it beside the
 * timeout (INT64_MAX: does not).  0; or -1, EX_TEMPFAIL and a text that names
 * the socket and the stage: connect, send, answer.  An answer that is not in
 * every byte what the protocol says, cut short, or beyond 5,000 points is no
 * answer, and neither is one that came before all was sent.  mk_stopped()
 * ends the wait.
 */
int mk_spamd_check(struct mk_spamd *spamd, const char *email,
    const char *text, size_t len, int64_t deadline_ms, int64_t *hundredths,
    struct mk_error *err);

/*
 * Tell spamd that the message is SPAM, or ham (TELL, "Set: local").  0, also
 * where it learned nothing new: it does not say whether it knew the message or
 * could not learn.  -1 as above; EX_UNAVAILABLE where spamd was started
 * without --allow-tell.
 */
int mk_spamd_tell(struct mk_spamd *spamd, const char *email, bool spam,
    const char *text, size_t len, int64_t deadline_ms, struct mk_error *err);

/*
 * Whether spamd answers: PING.  0; or -1, EX_TEMPFAIL, with a text as above.
 */
int mk_spamd_ping(struct mk_spamd *spamd, struct mk_error *err);

#endif
