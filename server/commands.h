/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The commands of `hearkend`. Each is given the settings and the words that were left, and returns the exit
 * code: 0 done, 1 it went wrong, 2 it was asked for wrongly.
 */
#ifndef HK_SERVER_COMMANDS_H
#define HK_SERVER_COMMANDS_H

#include "server/config.h"
#include "store/store.h"

enum { EXIT_DONE = 0, EXIT_WENT_WRONG = 1, EXIT_ASKED_WRONGLY = 2 };

int hkd_serve(const config *c, int argc, char **argv);
int hkd_init(const config *c, int argc, char **argv);
int hkd_backup(const config *c, int argc, char **argv);
int hkd_restore(const config *c, int argc, char **argv);
int hkd_check(const config *c, int argc, char **argv);
int hkd_audit(const config *c, int argc, char **argv);

/* The database with every feature's room. On failure says why on standard error. beside: read only, while
 * another process serves. */
hk_err hkd_open(const config *c, bool beside, store **ret);
/* With somebody to wake when jobs were answered (store_options.answered). */
hk_err hkd_open_serving(const config *c, void (*answered)(void *ctx), void *ctx, store **ret);

/* The key that seals sign-in records: 32 bytes in a file of its own, mode 600. make: draws it when there is
 * none. */
hk_err hkd_key(const config *c, bool make, uint8_t ret[static 32]);

#endif
