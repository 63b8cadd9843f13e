/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Spoken words from text, however it was written down: the same tokens for "You're", "youre" and "you are",
 * for "Mm-hmm" and "mhm", with punctuation beside the words instead of between them, so that a recogniser's
 * lower-case stream and a careful transcript look nearly alike.
 */
#ifndef HK_LISTENING_WORDS_TEXT_H
#define HK_LISTENING_WORDS_TEXT_H

#include "base/slice.h"

#define TEXT_TOKENS_MAX 400  /* words of one turn that are read; AnnoMI's longest turn has about 300 */
#define TEXT_CHARS_MAX  4096 /* their letters */
#define TEXT_WORD_MAX   24   /* letters of one word that are kept */

enum {                 /* punctuation that follows a word */
       TEXT_ASKS = 1,  /* ? */
       TEXT_STOPS = 2, /* . ; : */
       TEXT_COMMA = 4,
       TEXT_LOUD = 8, /* ! */
       TEXT_DASH = 16,
};

typedef struct text_token {
    uint32_t hash;    /* of the letters */
    uint32_t stem;    /* hash of the stem */
    uint32_t source;  /* first byte in the text given */
    uint32_t classes; /* word classes, lexicon.h */
    uint16_t at, n;   /* letters in text_tokens.chars */
    uint8_t after;    /* TEXT_ASKS ... */
    uint16_t plain;   /* plain phrases that begin here, plain.h */
} text_token;

typedef struct text_tokens {
    uint32_t n, chars_n;
    uint32_t source_end; /* bytes of the text that were read */
    text_token token[TEXT_TOKENS_MAX];
    char chars[TEXT_CHARS_MAX];
} text_tokens;

/* Fills ret with the tokens of text. Classes and plain stay 0: the lexicon and plain.h fill them. */
void text_read(hk_slice text, text_tokens *ret);

uint32_t text_hash(const char *p, size_t n);
/* The hash of a word's stem: plural, -ed, -ing, -ly and a doubled letter are cut (a small part of Porter
 * 1980). */
uint32_t text_stem(const char *p, size_t n);
/* Two hashes into one; order matters. */
uint32_t text_join(uint32_t a, uint32_t b);

#endif
