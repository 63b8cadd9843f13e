/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Word classes: which words carry a feeling, open a question, advise, teach, praise. Lists and their sources
 * stand in lexicon.c. A word may belong to several classes.
 */
#ifndef HK_LISTENING_LEXICON_H
#define HK_LISTENING_LEXICON_H

#include "listening/words/text.h"

enum {
    WORD_FUNCTION = 1 << 0, /* carries grammar, not topic: kept as itself in patterns */
    WORD_FEELING = 1 << 1,  /* names a feeling */
    WORD_WH = 1 << 2,       /* what, how, why ... */
    WORD_AUX = 1 << 3,      /* do, can, is ...: turned round they ask */
    WORD_YOU = 1 << 4,
    WORD_I = 1 << 5,
    WORD_WE = 1 << 6,
    WORD_NOT = 1 << 7,
    WORD_BACK = 1 << 8, /* mhm, yeah, right: I am here, go on */
    WORD_PRAISE = 1 << 9,
    WORD_HEDGE = 1 << 10,    /* maybe, sounds, seems: tentative */
    WORD_TEACH = 1 << 11,    /* research, risk, percent: the language of information */
    WORD_ADVISE = 1 << 12,   /* should, try, need: the language of advice */
    WORD_JUDGE = 1 << 13,    /* selfish, lazy, excuse */
    WORD_MINIMISE = 1 << 14, /* just, only, least, lucky */
    WORD_THANKS = 1 << 15,
    WORD_HARD = 1 << 16,   /* hard, tough, difficult, a lot: weight without a feeling's name */
    WORD_OTHERS = 1 << 17, /* he, she, people, everybody */
};

enum { /* phrases: of the listener, but for PHRASE_REQUEST, which is the speaker's */
       PHRASE_PERMISSION = 1 << 0, /* "is it ok if i", "would you like to hear" */
       PHRASE_REQUEST = 1 << 1,    /* "what should i do", "any advice" */
       PHRASE_REFLECT = 1 << 2,    /* "it sounds like", "so you" */
       PHRASE_TAG = 1 << 3,        /* "is that right": makes a question of a statement */
       PHRASE_ADVISE = 1 << 4,     /* "you should", "have you tried" */
       PHRASE_JUDGE = 1 << 5,      /* "your own fault" */
       PHRASE_AT_LEAST = 1 << 6,   /* "at least", "bright side" */
       PHRASE_OWN_STORY = 1 << 7,  /* "when i was", "happened to me" */
       PHRASE_VALIDATE = 1 << 8,   /* "makes sense", "no wonder" */
       PHRASE_OPEN = 1 << 9,       /* "tell me about", "what else" */
       PHRASE_CLOSED = 1 << 10,    /* "do you", "have you" */
       PHRASE_DOUBT = 1 << 11,     /* "you are telling me", "so basically" before one's own verdict */
};

#define PHRASE_WORDS_MAX 6    /* words of the longest phrase */
#define LEXICON_SLOTS    4096 /* a power of two, more than twice the words and phrases */

typedef struct lexicon {
    uint32_t hash[LEXICON_SLOTS]; /* 0: empty */
    uint32_t classes[LEXICON_SLOTS];
    uint32_t phrase_hash[LEXICON_SLOTS];
    uint32_t phrases[LEXICON_SLOTS];
} lexicon;

void lexicon_fill(lexicon *ret);
void lexicon_mark(const lexicon *l, text_tokens *t);
/* The kinds of phrase that begin at token `at`. */
uint32_t lexicon_phrases(const lexicon *l, const text_tokens *t, uint32_t at);

#endif
