/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What can be counted in one listener turn without any model: its questions, its words of advice and feeling,
 * how much of it takes up what the speaker said. The features of the models, the rules path and the hints all
 * start from these.
 */
#ifndef HK_LISTENING_WORDS_SIGNALS_H
#define HK_LISTENING_WORDS_SIGNALS_H

#include "listening/lexicon/lexicon.h"

#define CONTEXT_TURNS 3   /* speaker turns that are remembered */
#define CONTEXT_STEMS 256 /* different content stems of one turn */

typedef struct stem_set {
    uint32_t n;
    uint32_t stem[CONTEXT_STEMS];
} stem_set;

/* The listener's turn before this one: what a question cut short leaves, what a lecture goes on from. */
typedef struct previous_turn {
    uint32_t words, teach, after; /* after: the marks at its end */
    bool asks, reflects;
} previous_turn;

/* What came before the turn in question. */
typedef struct context {
    uint32_t listener_turns;         /* before this one */
    uint32_t speaker_turns;          /* in all */
    uint32_t since_request;          /* speaker turns since one that asked for advice; big when none did */
    uint32_t since_permission;       /* listener turns since one that asked permission; big when none */
    uint32_t closed_run;             /* closed questions in a row until now */
    stem_set speaker[CONTEXT_TURNS]; /* newest first */
    stem_set own;                    /* the listener's previous turn */
    previous_turn previous;          /* the same, counted */
    uint32_t asked, taught;          /* listener turns that asked, and that taught */
    text_tokens last;                /* the speaker's last turn */
    text_tokens next;                /* what the speaker answers, when that is known already */
    bool answered;
    bool last_is_fresh; /* nobody spoke since */
    bool punctuated;    /* somebody's turn had a mark: this transcript writes them */
} context;

typedef struct signals {
    uint32_t words, content, numbers;
    uint32_t you, i, we, others, feeling, feeling_new, hedge, teach, advise, judge, minimise, praise, thanks,
        back, hard, not ;
    uint32_t asks, last_asks, loud, punctuation; /* question marks; the last mark is one; ... */
    uint32_t inversions;                         /* "do you", "is it": forms that ask */
    uint32_t wh;                                 /* what, how ... where they ask */
    uint32_t wh_first, aux_first;                /* the first words ask */
    uint32_t after_last_question;                /* words after the last asking form */
    uint32_t phrases;                            /* all kinds seen */
    uint32_t first_phrases;                      /* kinds that begin among the first three words */
    uint32_t last_phrases;                       /* kinds that begin among the last four words */
    uint32_t phrase_count[12];                   /* by bit */
    uint32_t phrase_at[12];                      /* token of the first, by bit */
    uint32_t overlap, overlap_wide,
        overlap_own;      /* content words that the speaker just said; said lately; own */
    uint32_t mirrored;    /* "my X" come back as "your X" */
    uint32_t overlap_run; /* longest run of words taken over as they were */
    uint32_t speaker_words, speaker_feeling, speaker_asks, speaker_hard, speaker_back;
    uint32_t turn; /* listener turns before this one */
    uint32_t since_request, since_permission;
    uint32_t punctuated; /* this turn or one before it has a mark: no question mark then means something */
    uint32_t question_forms; /* separate questions, by marks or forms */
} signals;

void context_clear(context *c);
/* The speaker said this (marked tokens). */
void context_speaker(context *c, const lexicon *l, const text_tokens *t);
/* The listener said this. */
void context_listener(context *c, const signals *s, const text_tokens *t);

bool word_is_content(const text_token *k);
bool stem_set_has(const stem_set *s, uint32_t stem);
void signals_read(const lexicon *l, const context *c, const text_tokens *t, signals *ret);

#endif
