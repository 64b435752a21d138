/*
 * check/logrotate - which logs logrotate rotates.
 */
#ifndef MK_CHECK_LOGROTATE_H
#define MK_CHECK_LOGROTATE_H

/*
 * The line of TEXT, a file of logrotate's, that names LOG, by its path or by a
 * pattern; 0: none does.  Source: logrotate.conf(5).
 */
unsigned mk_logrotate_names(const char *text, const char *log);

#endif
