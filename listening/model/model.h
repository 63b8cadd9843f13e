/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Weights to verdicts: linear heads over hashed features, and a small convolution over the words. The layout
 * of the file is described in model.c.
 */
#ifndef HK_LISTENING_MODEL_MODEL_H
#define HK_LISTENING_MODEL_MODEL_H

#include "listening/model/exact.h"
#include "listening/model/net.h"
#include "listening/words/features.h"
#include "listening/words/verdict.h"

enum model_head {
    HEAD_MAIN,                                  /* four, in the order of listen_main: a softmax */
    HEAD_REFLECTION = HEAD_MAIN + LISTEN_MAINS, /* the rest: one sigmoid each */
    HEAD_QUESTION,
    HEAD_INPUT,
    HEAD_OPEN,
    HEAD_ADVICE, /* input of that kind */
    HEAD_VALIDATION,
    HEAD_EMOTIONAL_1, /* emotional reaction at least 1 */
    HEAD_EMOTIONAL_2,
    HEAD_INTERPRETATION_1,
    HEAD_EXPLORATION_1,
    HEAD_EXPLORATION_2,
    HEAD_SESSION_REFLECTION,
    HEAD_SESSION_INPUT,
    HEAD_TRAP, /* a lecture or a slight in the shape of a reflection; learned from written lines */
    MODEL_HEADS,
};

#define MODEL_KNOTS 17 /* of the calibration of the gated reflection: p = 0, 1/16 ... 1 */

void model_verdict(const listen_model *m, const context *c, const text_tokens *t, const features *f,
                   net_scratch *scratch, verdict *ret);

/* The sums before squashing, for the parity test against training. */
void model_logits(const listen_model *m, const context *c, const text_tokens *t, const features *f,
                  net_scratch *scratch, float ret[static MODEL_HEADS]);

#endif
