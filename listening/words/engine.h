/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The engine's inside: what one listen_engine holds. Only the files of listening/ look here.
 */
#ifndef HK_LISTENING_WORDS_ENGINE_H
#define HK_LISTENING_WORDS_ENGINE_H

#include "listening/model/model.h"
#include "listening/words/features.h"
#include "listening/words/plain.h"
#include "listening/words/verdict.h"

/* A running session: sums, and the best moment of each kind so far. */
typedef struct tally {
    uint32_t turns, listener_turns;
    float reflections, questions, open_questions, inputs, unasked;
    float balance, balance_squared, doubt; /* sums of p - q, of its square, of p(1-p) + q(1-q) */
    uint64_t listener_words, speaker_words;
    int64_t listener_ms, speaker_ms, last_start_ms;
    listen_who last_who;
    bool timed;            /* every turn so far had a time that does not run backwards */
    uint32_t pending_open; /* listener turn + 1 of an open question that waits for its answer */
    float pending_open_sureness;
    uint32_t closed_run;    /* closed questions in a row */
    listen_moment best[10]; /* by kind; sureness 0: none */
} tally;

struct listen_engine {
    const listen_model *model; /* NULL: rules */
    lexicon words;
    plain_table plain;
    context context;
    context set_aside; /* while a draft is looked at */
    tally tally;
    text_tokens tokens;
    signals signals;
    features features;
    net_scratch scratch;
    verdict verdict;
};

/* Reads one listener turn against the context: tokens, signals and verdict of the engine are set. */
void engine_judge(listen_engine *e, hk_slice text);

/* The speaker's answer to the listener turn that is added next. */
void engine_foresee(listen_engine *e, hk_slice answer);

void tally_start(tally *t);
void tally_time(tally *t, const listen_turn *turn);
void tally_speaker(tally *t, uint32_t words);
void tally_listener(tally *t, const listen_engine *e, const listen_code *code);
void tally_session(const tally *t, listen_session *ret);

#endif
