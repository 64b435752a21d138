/*
 * blacklist/publish - all outputs, or none.
 *
 * Each output that is not what it should be is written beside its place,
 * synced, read back and tried as the reader; only when all of them are ready
 * are they renamed into their places, and should one rename fail, those done
 * before are undone.  So a reader meets at any moment a whole old file or a
 * whole new one, also after a kill.  What a killed run left beside is removed
 * by the next.
 *
 * Beside NAME lie, for a while, ".NAME.lock", ".NAME.new" and ".NAME.old", a
 * second link to the old file, to undo with.  Who holds the lock owns the
 * other two, so runs of two configurations that publish one NAME are kept
 * apart, and what is found there under the lock is left over.  The lock is of
 * mode 0600: nobody else can hold it and so stop the publishing.
 */
#ifndef MK_BLACKLIST_PUBLISH_H
#define MK_BLACKLIST_PUBLISH_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"
#include "blacklist/reader.h"
#include "blacklist/output.h"

struct mk_target {			/* a configured output */
	const struct mk_output *output;
	struct mk_outfile at;		/* open; owned by mk_targets */
	bool current;			/* set by mk_targets_compare */
	char *path;			/* what .at.path and .at.name are in */
};

struct mk_targets {
	struct mk_target v[MK_OUTPUTS];	/* databases before the host list */
	size_t n;
	uid_t owner;			/* of the host, or (uid_t)-1 */
};

/*
 * Open the directories of FILES, by enum mk_output_id ("" or NULL: not
 * wanted); paths are made absolute.  A directory that another account than
 * root, ourselves or OWNER (uid; (uid_t)-1 none) could write to is refused,
 * EX_NOPERM (a sticky one too): whoever can rename there can put a list of
 * his own in our place.  A group may write where it is root's, ours or the
 * own group of OWNER, and /etc/group names no other member; the directories
 * above, and ACLs, are not looked at.  EX_CONFIG: two outputs with one path,
 * a path that is a link (a rename would replace the link, not the file) or
 * anything else but a regular file, a name of ours as above.  0 or -1.
 */
int mk_targets_open(struct mk_targets *targets, char *const *files,
    uid_t owner, struct mk_error *err);

/*
 * The absolute path of the database that the host list looks into, and its
 * *LOOKUP, as in struct mk_content: the first of cdb, dbm and text that is
 * wanted.  Lasts as long as TARGETS.  NULL, and *LOOKUP too: there is none.
 */
const char *mk_targets_database(const struct mk_targets *targets,
    const char **lookup);

/*
 * Set .current in each: the file in place is what CONTENT makes, has the mode
 * 0644, and is root's, ours or OWNER's.  Reads only.  0, or -1 where one cannot
 * be read for another reason than damage.
 */
int mk_targets_compare(struct mk_targets *targets,
    const struct mk_content *c, struct mk_error *err);

/*
 * Whether each file is there and usable as a database or list at all; a host
 * list also names the database that is configured.  False, and *WHY (may be
 * NULL) says which is not.
 */
bool mk_targets_usable(const struct mk_targets *targets,
    struct mk_error *why);

/* Set .current in those that are usable, whatever they have and whosever they
 * are; whether there are some. */
bool mk_targets_keep(struct mk_targets *targets);

/*
 * Publish those that are not .current, and leave .current as it is.  Mode
 * 0644.  Where root replaces a file it keeps the owner and group of the old
 * one, if that is root's or OWNER's; a file of anybody else's, who could
 * rewrite the new one, becomes root's.  AIDE may be NULL.
 * -1 with nothing changed, unless the text says otherwise: a new file stays
 * where there was none before (the reader needs one), or where the file system
 * has no hard links to undo with.  EX_TEMPFAIL: another run publishes the same
 * place.
 */
int mk_targets_publish(struct mk_targets *targets,
    const struct mk_content *c, struct mk_reader_aide *aide,
    struct mk_error *err);

void mk_targets_close(struct mk_targets *targets);

#endif
