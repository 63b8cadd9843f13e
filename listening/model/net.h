/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A convolution of width three over the words of a turn, its tables multiplied out: for every known word (and
 * every word class) the file holds what it adds to each filter at its left, middle and right place. A turn
 * then costs a few additions a word and no matrix product.
 */
#ifndef HK_LISTENING_MODEL_NET_H
#define HK_LISTENING_MODEL_NET_H

#include "listening/listening.h"
#include "listening/words/signals.h"

#define NET_FILTERS_MAX 192
#define NET_HIDDEN_MAX  128
#define NET_PLACES      3  /* left, middle, right */
#define NET_MARKS       32 /* word classes and marks that have a row of their own */

/* What three words in a row add at each place: word i stands at i mod 3. */
typedef struct net_scratch {
    int32_t word[3][NET_PLACES][NET_FILTERS_MAX];
} net_scratch;

/* Bytes of the net's part of the file, from the header's sizes. HK_BAD: sizes that cannot be. */
hk_err net_bytes(const listen_model *m, size_t *ret);

/* The word classes and marks of token i, one bit each. */
uint32_t net_marks(const context *c, const text_tokens *t, uint32_t i);

/* The net's floats are numbers that sums can hold. */
bool net_sane(const listen_model *m);

/* Adds the net's share to the heads' sums. */
void net_add(const listen_model *m, const context *c, const text_tokens *t, net_scratch *scratch,
             float *heads);

#endif
