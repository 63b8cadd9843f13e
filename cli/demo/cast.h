/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The people of a demo place: none of them is real, and each says so in the name.
 */
#ifndef HK_CLI_DEMO_CAST_H
#define HK_CLI_DEMO_CAST_H

#include "base/slice.h"

/* One password for all of them, printed and shown: demo people have no secrets. */
#define DEMO_PASSWORD "a demo has no secrets"

/* Seeds a place that was just made: administrator by the invitation, place key, staff with certificates, the
 * team's key, and one client who has talked before. Writes the people to people_file (the form of GET
 * /api/demo) and the place key to key_file. Says on standard error what went wrong. */
hk_err cast_seed(const char *url, const char *invitation, const char *people_file, const char *key_file);
/* Before each run: the demo listeners are on duty for the next hours, and the team's key is renewed when it
 * ends soon. */
hk_err cast_on_duty(const char *url);
/* Prints who there is and how to come in as them. */
hk_err cast_print(const char *url);

#endif
