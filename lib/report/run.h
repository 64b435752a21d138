/*
 * report/run - one run of mailkeep-report, from the questions to the page.
 *
 * Nothing is changed but the file that is asked for.  The other programs are
 * asked first, with the rights of the start; then the mail root, Exim's logs
 * and the database are opened, and rotate's history, which is root's, is read;
 * then we become the owner of the mail, confine ourselves, and read all that.
 * The file is written with the owner's rights.
 *
 * A part that fails is told of in one line, and the report is made without it.
 */
#ifndef MK_REPORT_RUN_H
#define MK_REPORT_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/options.h"
#include "report/conf.h"
#include "report/text.h"

struct mk_report_args {
	const char *output;		/* FILE; NULL: standard output */
	bool text;			/* --text */
	/* what only main() may ask */
	const char *self;		/* argv[0] */
	const char *host;		/* its name */
	struct mk_text_style style;
	bool terminal;			/* standard output is one */
};

/* The exit status. */
int mk_report_main(const struct mk_options *opt,
    const struct mk_report_args *args, const struct mk_report_conf *conf,
    int64_t now_s);

#endif
