/*
 * base/completion - a program's options as a script for shells.
 *
 * An option's argument completes by its name in the table: FILE, ARCHIVE and
 * DB are files, DIR a directory, and one with words is one of them; all others
 * are left to the user.  The arguments of the program itself go by its
 * synopsis: "MAILDIR ..." and "TMDADIR ..." are directories, "FEED ...",
 * "LOG ..." and "FILE ..." files.
 */
#ifndef MK_BASE_COMPLETION_H
#define MK_BASE_COMPLETION_H

#include <stddef.h>
#include <stdio.h>

#include "base/options.h"

/*
 * Write to OUT what SHELL, "bash", "zsh" or "fish", is to read for PROGRAM with
 * its N OPTIONS.  0; or -1: there is no such shell.
 */
int mk_completion_print(const char *shell, const struct mk_program *program,
    const struct mk_option *const *options, size_t n, FILE *out);

#endif
