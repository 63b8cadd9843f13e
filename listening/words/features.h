/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A listener turn as sparse features: hashes in blocks, each block averaged on its own. The one place where
 * features are made: training reads them from this code too (listening/train/dump.c), so that a model never
 * sees other features than it learned from.
 */
#ifndef HK_LISTENING_WORDS_FEATURES_H
#define HK_LISTENING_WORDS_FEATURES_H

#include "listening/words/signals.h"

enum feature_block {
    BLOCK_WORDS,   /* one to three words in a row */
    BLOCK_CHARS,   /* three to five letters inside a word */
    BLOCK_PATTERN, /* one to four words in a row, topic words replaced by what they are */
    BLOCK_PLACE,   /* the first and last words, marks */
    BLOCK_SPEAKER, /* words of the speaker's last turn */
    BLOCK_COUNTS,  /* signals, each in a few steps */
    BLOCK_PAIRS,   /* every two of the telling signals together */
    BLOCK_ANSWER,  /* how the speaker goes on, when that is known */
    BLOCKS,
};

#define FEATURES_MAX  12000 /* 400 words of 24 letters cannot make more: 3 + 4 + 22 each, then it is cut */
#define FEATURES_SEEN 16384

typedef struct features {
    uint32_t n;
    uint32_t end[BLOCKS]; /* block b is hash[b == 0 ? 0 : end[b - 1]] up to hash[end[b]] */
    uint32_t hash[FEATURES_MAX];
    uint32_t seen[FEATURES_SEEN]; /* each feature once */
} features;

void features_read(const context *c, const text_tokens *t, const signals *s, features *ret);

#endif
