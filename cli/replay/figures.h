/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a replay found, for a person or as one line of JSON.
 */
#ifndef HK_CLI_REPLAY_FIGURES_H
#define HK_CLI_REPLAY_FIGURES_H

#include <stdio.h>

#include "cli/replay/pair.h"

typedef struct replay_figures {
    int64_t conversations;
    replay_tally *tally; /* its latencies are sorted by printing */
    int64_t lost;
    double talk_s;
    double talk_cpu_s; /* processor time of this program in it */
} replay_figures;

/* Everything sent was opened by the other side, once, in order, unaltered; and something was sent at all. */
bool figures_are_good(const replay_figures *f);
void figures_print(const replay_figures *f, bool json, FILE *to);

#endif
