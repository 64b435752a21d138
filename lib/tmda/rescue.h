/*
 * tmda/rescue - due messages that are not to be removed: of senders who are on
 * a list by now, and for recipients whom --user does not name.
 *
 * A sender with several messages waiting mostly confirms one of them, and the
 * others die of age, unseen.  What is found here stays, until the
 * administrator releases it or says rescue = "no"; or it is released.
 *
 * A night's run says so only where it finds a message that has become due since
 * its section was last told of; so each is told of once, and cron does not mail
 * the same line every night.  A section's time is in the state-dir, in
 * "tmda-told", under a hash of what the section is called and of its directory:
 * a new one has none, and one that failed keeps its old one.  The report's
 * column "rescued" counts all of them, every time.  It is no failure: the exit
 * status is what it was.
 */
#ifndef MK_TMDA_RESCUE_H
#define MK_TMDA_RESCUE_H

#include "tmda/tmda.h"

struct mk_tmda_senders;

/* All who are on QUEUE's lists; one that is not there lists nobody.  NULL where
 * any can't be read. */
struct mk_tmda_senders *mk_tmda_lists_load(const struct mk_tmda_queue *queue,
    struct mk_error *err);

/*
 * Take out of QUEUE's groups what is not to be removed: into queue->rescued
 * what is rescued; queue->senders gets the senders of what is left, where they
 * are to be appended to a list.  Where lists can't be read, or a message
 * can't, what that concerns stays and is told.
 */
void mk_tmda_sort_out(struct mk_tmda *t, struct mk_tmda_queue *queue);

/* -1, EX_NOINPUT: --user matches nobody. */
int mk_tmda_nobody(struct mk_error *err);

/* Take the messages, not the responses, out of QUEUE's groups, all of them, and
 * count them as COLUMN. */
void mk_tmda_spare_messages(struct mk_tmda *t, struct mk_tmda_queue *queue,
    unsigned column);

/* Whether MSG is of somebody who is among SENDERS (NULL: nobody is), by its
 * Return-Path or by its X-Primary-Address; which of them, or NULL. */
struct mk_tmda_message;
const char *mk_tmda_listed(const struct mk_tmda_senders *senders,
    const struct mk_tmda_message *msg);

/* Say what was rescued in the section, where that is news. */
void mk_tmda_rescued_tell(const struct mk_tmda *t);

/* Whether a message of a queue of LIFETIME_S, whose age counts since SINCE_S,
 * has become due after TOLD_S (0: not known). */
bool mk_tmda_is_news(int64_t since_s, int64_t lifetime_s, int64_t told_s);

/* Find section CONF's time in the TEXT of that file; 0: it is not there. */
int64_t mk_tmda_told_find(const struct mk_buf *text,
    const struct mk_tmda_conf *conf);

/* Add it.  0 or -1 (ENOMEM). */
int mk_tmda_told_add(struct mk_buf *text, const struct mk_tmda_conf *conf,
    int64_t told_s);

#endif
