/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Running `hearkend` from `hearken`: finding it, asking it something, starting and ending it.
 */
#ifndef HK_CLI_DEMO_PROGRAM_H
#define HK_CLI_DEMO_PROGRAM_H

#include <sys/types.h>

#include "base/slice.h"

#define PROGRAM_WORDS_MAX  40
#define PROGRAM_ANSWER_MAX 4096

/* Where hearkend lies: beside this program, or in the build tree's server/. HK_NOT_THERE. */
hk_err program_find(char *ret, size_t cap);
/* Where the built pages lie: beside the build tree, or where they are installed. HK_NOT_THERE. */
hk_err program_find_web(char *ret, size_t cap);
/* Runs it to its end; what it printed goes to ret, NUL-terminated. HK_REFUSED: it ended with another code
 * than 0. */
hk_err program_ask(const char *const *words, char ret[static PROGRAM_ANSWER_MAX]);
hk_err program_start(const char *const *words, pid_t *ret);
/* SIGTERM, and then waits; its exit code, or -1. */
int program_end(pid_t pid);

#endif
