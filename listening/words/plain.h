/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Plain phrases for the hints: so plain that they speak for themselves, whatever weights think of a draft
 * that short. The wider lists of the lexicon feed the models, which weigh them; a hint has nobody to weigh
 * it.
 */
#ifndef HK_LISTENING_WORDS_PLAIN_H
#define HK_LISTENING_WORDS_PLAIN_H

#include "listening/words/text.h"

/* One list, its phrases parted by '|'; '#' is any number. */
typedef const char *plain_list;

extern const plain_list PLAIN_ADVICE, PLAIN_PERHAPS_ADVICE, PLAIN_NO_ADVICE, PLAIN_JUDGING, PLAIN_NO_JUDGING,
    PLAIN_AT_LEAST, PLAIN_ASKED, PLAIN_PRESENCE, PLAIN_FEELING, PLAIN_GRAVE, PLAIN_OWN_BRIGHT_SIDE;

/* Where the first phrase of the list begins, from token `from` on; t->n: nowhere. */
uint32_t plain_find(const text_tokens *t, plain_list list, uint32_t from);

static inline bool plain_has(const text_tokens *t, plain_list list)
{
    return plain_find(t, list, 0) < t->n;
}

/* Is it denied shortly before ("it is not your fault")? */
bool plain_denied(const text_tokens *t, uint32_t at);

/* Where the first phrase of the list begins that is the listener's own word: no phrase of `except` (or NULL)
 * begins there, it is not denied, and not somebody else's word given back ("she says you should"). */
uint32_t plain_own(const text_tokens *t, plain_list list, plain_list except);

/* Where advice begins. given_back: how likely it is the speaker's own words that come back (a probability).
 */
uint32_t plain_advice(const text_tokens *t, float given_back);

/* Where a bright side is held over something, by the listener and not by the speaker before. */
uint32_t plain_bright_side(const text_tokens *t, const text_tokens *spoken);

#endif
