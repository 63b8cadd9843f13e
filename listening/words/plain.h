/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Plain phrases for the hints: so plain that they speak for themselves, whatever weights think of a draft
 * that short. The wider lists of the lexicon feed the models, which weigh them; a hint has nobody to weigh
 * it.
 */
#ifndef HK_LISTENING_WORDS_PLAIN_H
#define HK_LISTENING_WORDS_PLAIN_H

#include "listening/words/text.h"

#define PLAIN_WORDS_MAX 8    /* words of the longest phrase */
#define PLAIN_SLOTS     2048 /* a power of two, more than twice the phrases */

typedef enum plain_kind { /* bits of text_token.plain: what begins at that word */
                          PLAIN_IS_ADVICE = 1 << 0,
                          PLAIN_IS_PERHAPS_ADVICE = 1 << 1, /* or how it is for somebody: "you have to" */
                          PLAIN_IS_NO_ADVICE = 1 << 2,      /* the same words where they advise nothing */
                          PLAIN_IS_JUDGING = 1 << 3,
                          PLAIN_IS_NO_JUDGING = 1 << 4,
                          PLAIN_IS_AT_LEAST = 1 << 5,
                          PLAIN_IS_OWN_BRIGHT_SIDE = 1 << 6, /* said of oneself it may be given back */
                          PLAIN_IS_ASKED = 1 << 7,           /* for practical help */
                          PLAIN_IS_PRESENCE = 1 << 8,        /* "I am here": no feeling needs naming */
                          PLAIN_IS_FEELING = 1 << 9,
                          PLAIN_IS_GRAVE = 1 << 10,    /* danger, or where help is: nobody is taught then */
                          PLAIN_IS_SAID = 1 << 11,     /* "says", "told": what follows is somebody's */
                          PLAIN_IS_RELATIVE = 1 << 12, /* "everything": what follows says which */
} plain_kind;

typedef struct plain_table {
    uint32_t hash[PLAIN_SLOTS]; /* 0: empty */
    uint32_t kinds[PLAIN_SLOTS];
} plain_table;

void plain_fill(plain_table *ret);
void plain_mark(const plain_table *table, text_tokens *t);

/* Where the first phrase of the kind begins, from token `from` on; t->n: nowhere. */
uint32_t plain_find(const text_tokens *t, plain_kind kind, uint32_t from);

static inline bool plain_has(const text_tokens *t, plain_kind kind)
{
    return plain_find(t, kind, 0) < t->n;
}

/* Is it denied shortly before ("it is not your fault")? */
bool plain_denied(const text_tokens *t, uint32_t at);

/* Where the first phrase of the kind begins, from token `from` on, that is the listener's own word: not of
 * the kind `except` (0: none), not denied, and not somebody else's word given back ("she says you should").
 */
uint32_t plain_own(const text_tokens *t, plain_kind kind, plain_kind except, uint32_t from);

/* Questions side by side, with one mark at the end or none: "did he ring, and have you slept". */
uint32_t plain_questions(const text_tokens *t);

/* Where advice begins. given_back: how likely it is the speaker's own words that come back (a probability).
 */
uint32_t plain_advice(const text_tokens *t, float given_back);

/* Where a bright side is held over something, by the listener and not by the speaker before. */
uint32_t plain_bright_side(const text_tokens *t, const text_tokens *spoken);

#endif
