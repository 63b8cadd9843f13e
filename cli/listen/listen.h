/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * `hearken listen`: says how somebody listened in a conversation, on this machine alone.
 */
#ifndef HK_CLI_LISTEN_LISTEN_H
#define HK_CLI_LISTEN_LISTEN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "listening/listening.h"

/* 0 done; 1 the input is bad or a file fails; 2 asked for wrongly. */
int hk_cmd_listen(int argc, char **argv, char *file);

/* The readable account for a person. */
void account_print(FILE *to, const listen_turn *turns, size_t n, const listen_code *codes,
                   const listen_session *session, bool has_model);

/* Weights from a file: the one given, or when NULL the first found beside the program, where it was installed
 * or in the tree it was built in. HK_NOT_THERE: none there; HK_BAD: no weights file or a damaged one. The
 * bytes belong to the process until it ends. */
hk_err weights_load(const char *given, listen_model *ret);

#endif
