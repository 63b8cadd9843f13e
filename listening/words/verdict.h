/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a model or the rules say of one listener turn, before it is put into the figures people see.
 */
#ifndef HK_LISTENING_WORDS_VERDICT_H
#define HK_LISTENING_WORDS_VERDICT_H

#include "listening/listening.h"
#include "listening/words/signals.h"

typedef struct verdict {
    float main[LISTEN_MAINS]; /* sums to 1 */
    float reflection, question, open, input, advice, validation;
    float emotional_reaction[2], interpretation[2], exploration[2]; /* at least 1; at least 2 */
    float session_reflection, session_input;                        /* the heads of the balance */
} verdict;

/* Rules and word lists alone: no weights. */
void rules_verdict(const signals *s, verdict *ret);

/* Chance that input in this turn was neither asked for nor permitted, by phrases: 1 or near 0. */
float unasked_share(const signals *s);

#endif
