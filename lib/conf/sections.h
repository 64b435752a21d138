/*
 * conf/sections - every section of mailkeep.conf, whose program it may be.
 *
 * All programs share one file, and each checks all of it: a program gives
 * mk_config_load this beside its own bindings.  Here alone the tables of
 * several engines meet; with them comes the object that each table is in, so
 * that one must not call the rest of its engine.
 */
#ifndef MK_CONF_SECTIONS_H
#define MK_CONF_SECTIONS_H

#include "base/config.h"

/* Ended by NULL. */
extern const struct mk_section *const mk_all_sections[];

#endif
