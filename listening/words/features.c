/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * From words and signals to hashed features. Every feature is a hash that starts from its block and kind, so
 * that a word at the start and the same word anywhere differ. Counts are cut into steps: a linear model can
 * then follow any curve.
 */
#include "listening/words/features.h"

#include <string.h>

/* Kinds of features, the first thing hashed. Changing one makes older weights files useless. */
enum {
    KIND_WORD = 0x101,
    KIND_CHARS = 0x202,
    KIND_PATTERN = 0x303,
    KIND_FIRST = 0x404,
    KIND_LAST = 0x505,
    KIND_MARK = 0x606,
    KIND_SPEAKER = 0x707,
    KIND_COUNT = 0x808,
    KIND_CROSS = 0x909,
    KIND_PHRASE = 0xA0A,
    KIND_TAKEN = 0xB0B,
    KIND_PAIR = 0xC0C,
    KIND_ANSWER = 0xD0D,
    KIND_BEFORE = 0xE0E,
};

#define EDGE 0x51ED270Bu /* before the first word and after the last */

static void emit(features *f, uint32_t hash)
{
    hash |= hash == 0; /* 0 means empty in `seen` */
    uint32_t at = hash & (FEATURES_SEEN - 1);
    while (f->seen[at] != 0) {
        if (f->seen[at] == hash)
            return;
        at = (at + 1) & (FEATURES_SEEN - 1);
    }
    if (f->n == FEATURES_MAX)
        return;
    f->seen[at] = hash;
    f->hash[f->n++] = hash;
}

static void emit_words(const text_tokens *t, features *f)
{
    uint32_t n = t->n;
    for (uint32_t i = 0; i <= n; i++) {
        uint32_t h0 = i < n ? t->token[i].hash : EDGE;
        uint32_t h1 = i >= 1 ? t->token[i - 1].hash : EDGE;
        if (i < n)
            emit(f, text_join(KIND_WORD, h0));
        uint32_t two = text_join(h1, h0);
        emit(f, text_join(KIND_WORD + 1, two));
        if (i >= 1)
            emit(f, text_join(KIND_WORD + 2, text_join(i >= 2 ? t->token[i - 2].hash : EDGE, two)));
    }
}

static void emit_chars(const text_tokens *t, features *f)
{
    for (uint32_t i = 0; i < t->n; i++) {
        char w[TEXT_WORD_MAX + 2];
        size_t n = t->token[i].n;
        if (n < 3)
            continue;
        w[0] = w[n + 1] = ' ';
        memcpy(w + 1, t->chars + t->token[i].at, n);
        for (size_t k = 3; k <= 5; k++)
            for (size_t from = 0; from + k <= n + 2; from++)
                emit(f, text_join(KIND_CHARS, text_hash(w + from, k)));
    }
}

/* A word as what it is: itself when it carries grammar, else taken over, a feeling, a number or any other. */
static uint32_t pattern_of(const context *c, const text_token *k)
{
    bool taken = stem_set_has(&c->speaker[0], k->stem);
    if (k->classes & WORD_FEELING)
        return taken ? 0xFE17u : 0xFE01u;
    if (k->classes & (WORD_FUNCTION | WORD_BACK))
        return k->hash;
    if (k->n == 1)
        return 0x11u;
    if (taken)
        return 0x0E17u;
    if (k->classes & WORD_TEACH)
        return 0x7EAC01u;
    if (k->classes & WORD_ADVISE)
        return 0xAD01u;
    if (k->classes & WORD_PRAISE)
        return 0x9001u;
    if (k->classes & WORD_JUDGE)
        return 0x1D6Eu;
    return 0xC0u;
}

static void emit_patterns(const context *c, const text_tokens *t, features *f)
{
    uint32_t p[TEXT_TOKENS_MAX + 2];
    uint32_t n = 0;
    p[n++] = EDGE;
    for (uint32_t i = 0; i < t->n; i++)
        p[n++] = pattern_of(c, &t->token[i]);
    p[n++] = EDGE;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t h = KIND_PATTERN;
        for (uint32_t k = 0; k < 4 && i + k < n; k++) {
            h = text_join(h, p[i + k]);
            if (k > 0)
                emit(f, h);
        }
        h = text_join(KIND_PATTERN + 1, p[i]); /* one left out: "you _ not" */
        if (i + 2 < n)
            emit(f, text_join(h, p[i + 2]));
    }
}

static void emit_places(const text_tokens *t, features *f)
{
    uint32_t h = KIND_FIRST, n = t->n;
    for (uint32_t i = 0; i < 4 && i < n; i++) {
        h = text_join(h, t->token[i].hash);
        emit(f, h);
    }
    for (uint32_t i = 1; i < 5 && i < n; i++)
        emit(f, text_join(KIND_FIRST + 1, t->token[i].hash));
    h = KIND_LAST;
    for (uint32_t i = 0; i < 3 && i < n; i++) {
        h = text_join(h, t->token[n - 1 - i].hash);
        emit(f, h);
    }
    for (uint32_t i = 0; i < 10 && i < n; i++)
        emit(f, text_join(KIND_LAST + 1, t->token[n - 1 - i].hash));
    for (uint32_t i = 0; i < n; i++) {
        if (t->token[i].after & TEXT_ASKS)
            emit(f, text_join(KIND_MARK, t->token[i].hash));
        if (t->token[i].after & (TEXT_ASKS | TEXT_STOPS) && i + 1 < n)
            emit(f, text_join(KIND_MARK + 1, t->token[i + 1].hash));
    }
    if (n > 0) {
        emit(f, text_join(KIND_MARK + 2, t->token[n - 1].after));
        emit(f, text_join(KIND_MARK + 3, text_join(t->token[n - 1].after, n > 12 ? 3 : n > 4 ? 2 : 1)));
    }
}

static void emit_speaker(const context *c, const text_tokens *t, features *f)
{
    const text_tokens *last = &c->last;
    uint32_t from = last->n > 60 ? last->n - 60 : 0;
    for (uint32_t i = from; i < last->n; i++) {
        emit(f, text_join(KIND_SPEAKER, last->token[i].hash));
        if (i > from)
            emit(f, text_join(KIND_SPEAKER + 1, text_join(last->token[i - 1].hash, last->token[i].hash)));
    }
    for (uint32_t i = 0; i < t->n; i++)
        if (word_is_content(&t->token[i]) && stem_set_has(&c->speaker[0], t->token[i].stem))
            emit(f, text_join(KIND_TAKEN, t->token[i].stem));
}

/* 0 1 2 3 4-5 6-8 9-12 13-18 19-27 28-40 41-60 61-90 91- : steps that widen by half. */
static uint32_t step(uint32_t v)
{
    static const uint32_t EDGES[] = {1, 2, 3, 4, 6, 9, 13, 19, 28, 41, 61, 91};
    uint32_t s = 0;
    while (s < HK_COUNT(EDGES) && v >= EDGES[s])
        s++;
    return s;
}

static uint32_t at_most(uint32_t v, uint32_t max)
{
    return v < max ? v : max;
}

/* Eighths of b that a makes up; 9 when b is 0. */
static uint32_t share(uint32_t a, uint32_t b)
{
    return b == 0 ? 9 : at_most(a * 8 / b, 8);
}

static void emit_cross(features *f, uint32_t what, uint32_t a, uint32_t b)
{
    emit(f, text_join(KIND_CROSS + what, a * 64 + b));
}

static void emit_counts(const signals *s, features *f)
{
    uint32_t asks = s->asks > 0 ? 2 : s->question_forms > 0 ? 1 : 0;
    uint32_t length = step(s->words), spoken = step(s->speaker_words);
    const uint32_t counts[] = {
        length,
        at_most(s->asks, 3),
        s->last_asks,
        s->punctuation > 0,
        spoken,
        share(s->words, s->words + s->speaker_words),
        share(s->overlap, s->content),
        at_most(s->overlap, 6),
        share(s->overlap_wide, s->content),
        share(s->overlap_own, s->content),
        share(s->you * 4, s->words),
        share(s->i * 4, s->words),
        share(s->we * 4, s->words),
        share(s->others * 4, s->words),
        at_most(s->feeling, 3),
        at_most(s->feeling_new, 3),
        at_most(s->speaker_feeling, 3),
        at_most(s->hedge, 4),
        share(s->teach * 3, s->words),
        at_most(s->teach, 5),
        share(s->advise * 3, s->words),
        at_most(s->advise, 5),
        at_most(s->judge, 3),
        at_most(s->minimise, 4),
        at_most(s->praise, 3),
        at_most(s->thanks, 3),
        share(s->back, s->words),
        at_most(s->hard, 3),
        at_most(s->not, 4),
        at_most(s->numbers, 4),
        at_most(s->inversions, 4),
        at_most(s->wh, 3),
        s->wh_first,
        s->aux_first,
        step(s->after_last_question),
        at_most(s->question_forms, 3),
        at_most(s->mirrored, 4),
        at_most(s->overlap_run, 6),
        share(s->content, s->words),
        at_most(s->speaker_asks, 2),
        at_most(s->turn, 3),
        at_most(s->since_request, 3),
        at_most(s->since_permission, 3),
        at_most(s->loud, 2),
        share(s->speaker_back, s->speaker_words),
    };
    for (uint32_t i = 0; i < HK_COUNT(counts); i++)
        emit(f, text_join(KIND_COUNT, i * 64 + counts[i]));
    emit_cross(f, 10, s->punctuated, asks * 8 + s->last_asks * 4 + s->wh_first * 2 + s->aux_first);
    emit_cross(f, 11, s->punctuated, asks * 16 + at_most(length, 12));
    emit_cross(f, 12, s->punctuated, at_most(s->asks, 3) * 4 + at_most(s->question_forms, 3));
    emit_cross(f, 13, s->punctuated * 2 + s->last_asks,
               at_most(s->inversions, 2) * 8 + at_most(s->wh, 2) * 2 + (s->asks > 0));
    emit_cross(f, 14, s->punctuated * 2 + s->last_asks, at_most(s->after_last_question, 15));
    for (uint32_t bit = 0; bit < HK_COUNT(s->phrase_count); bit++) {
        if (s->phrase_count[bit] == 0)
            continue;
        emit(f, text_join(KIND_PHRASE, bit * 8 + at_most(s->phrase_count[bit], 3)));
        emit(f, text_join(KIND_PHRASE + 1, bit * 2 + ((s->first_phrases >> bit) & 1)));
        emit(f, text_join(KIND_PHRASE + 2, bit * 2 + ((s->last_phrases >> bit) & 1)));
        emit_cross(f, 16 + bit, asks, at_most(length, 12));
    }
    emit_cross(f, 0, length, asks);
    emit_cross(f, 1, share(s->overlap, s->content), at_most(length / 2, 6));
    emit_cross(f, 2, share(s->you * 4, s->words), asks);
    emit_cross(f, 3, at_most(s->you, 3), at_most(s->overlap, 3));
    emit_cross(f, 4, at_most(s->you, 3), at_most(s->teach, 3));
    emit_cross(f, 5, at_most(s->feeling, 2), at_most(s->you, 2) * 3 + asks);
    emit_cross(f, 6, s->wh_first * 2 + s->aux_first, at_most(length, 12));
    emit_cross(f, 7, share(s->words, s->words + s->speaker_words), at_most(s->you, 2) * 3 + asks);
    emit_cross(f, 8, at_most(s->advise, 3), at_most(s->teach, 3) * 4 + at_most(s->you, 3));
    emit_cross(f, 9, share(s->overlap, s->content), share(s->teach * 3, s->words));
}

/* What the listener said before: a question goes on over an "mhm", teaching comes in runs. */
static void emit_before(const context *c, const signals *s, features *f)
{
    const previous_turn *last = &c->previous;
    uint32_t asks = s->last_asks ? 2 : s->asks > 0 ? 1 : 0, length = step(s->words);
    uint32_t brief = s->speaker_words < 4, cut = (last->after & TEXT_DASH) != 0;
    if (c->listener_turns == 0)
        return;
    uint32_t was = (last->asks * 2u + last->reflects) * 4 + at_most(last->teach, 3);
    emit(f, text_join(KIND_BEFORE, was));
    emit(f, text_join(KIND_BEFORE + 1, was * 8 + brief * 4 + asks));
    emit(f, text_join(KIND_BEFORE + 2, (step(last->words) * 16 + length) * 2 + brief));
    emit(f, text_join(KIND_BEFORE + 3, ((last->asks * 2u + cut) * 2 + brief) * 4 + asks));
    emit(f, text_join(KIND_BEFORE + 4, last->after * 4 + asks));
    emit(f, text_join(KIND_BEFORE + 5, share(c->asked, c->listener_turns)));
    emit(f, text_join(KIND_BEFORE + 6, share(c->taught, c->listener_turns) * 4 + at_most(s->teach, 3)));
}

/* Which signals meet which: what a tree would find, as pairs that a linear model can weigh. */
static void emit_pairs(const signals *s, features *f)
{
    uint32_t asks = s->last_asks ? 2 : s->asks > 0 ? 1 : 0;
    uint32_t first = s->wh_first * 2 + s->aux_first;
    const uint32_t tells[] = {
        at_most(step(s->words) / 2, 6),
        asks,
        s->punctuated,
        share(s->overlap, s->content) / 2,
        at_most(s->you, 2),
        at_most(s->i, 2),
        at_most(s->teach, 2),
        at_most(s->advise, 2),
        at_most(s->feeling, 2),
        s->hedge > 0,
        (s->first_phrases & PHRASE_REFLECT) != 0,
        first,
        at_most(step(s->speaker_words) / 3, 4),
        s->speaker_asks > 0,
        s->praise > 0,
        share(s->back, s->words) / 3,
        (s->phrases & PHRASE_ADVISE) != 0,
        (s->phrases & PHRASE_VALIDATE) != 0,
        (s->last_phrases & PHRASE_TAG) != 0,
        at_most(s->question_forms, 2),
        at_most(s->mirrored, 2),
        at_most(step(s->after_last_question) / 2, 4),
        s->thanks > 0,
        (s->phrases & (PHRASE_JUDGE | PHRASE_DOUBT | PHRASE_AT_LEAST)) != 0,
        s->others > 1,
    };
    for (uint32_t a = 0; a < HK_COUNT(tells); a++)
        for (uint32_t b = a + 1; b < HK_COUNT(tells); b++)
            emit(f, text_join(KIND_PAIR, (a * 32 + b) * 256 + tells[a] * 16 + tells[b]));
}

/* "Yeah, exactly" follows a reflection, a story follows an open question, "no" a closed one. */
static void emit_answer(const context *c, const signals *s, features *f)
{
    const text_tokens *next = &c->next;
    if (!c->answered)
        return;
    uint32_t length = step(next->n), h = KIND_ANSWER, back = 0;
    uint32_t asks = s->last_asks ? 2 : s->asks > 0 ? 1 : 0;
    emit(f, text_join(KIND_ANSWER + 1, length));
    emit(f, text_join(KIND_ANSWER + 2, length * 64 + asks * 16 + at_most(step(s->words), 12)));
    for (uint32_t i = 0; i < next->n && i < 3; i++) {
        h = text_join(h, next->token[i].hash);
        emit(f, h);
        emit(f, text_join(KIND_ANSWER + 3, next->token[i].hash));
        emit(f, text_join(KIND_ANSWER + 4, text_join(next->token[i].hash, asks)));
        back += (next->token[i].classes & WORD_BACK) != 0;
    }
    emit(f, text_join(KIND_ANSWER + 5, back * 64 + at_most(length, 12)));
    emit(f, text_join(KIND_ANSWER + 6, (back * 8 + asks) * 64 + at_most(s->you, 2)));
    emit(f, text_join(KIND_ANSWER + 7,
                      (back > 0 ? 64u : 0u) + (s->first_phrases & PHRASE_REFLECT ? 8u : 0u) + asks));
}

void features_read(const context *c, const text_tokens *t, const signals *s, features *f)
{
    f->n = 0;
    memset(f->seen, 0, sizeof f->seen);
    emit_words(t, f);
    f->end[BLOCK_WORDS] = f->n;
    emit_chars(t, f);
    f->end[BLOCK_CHARS] = f->n;
    emit_patterns(c, t, f);
    f->end[BLOCK_PATTERN] = f->n;
    emit_places(t, f);
    f->end[BLOCK_PLACE] = f->n;
    emit_speaker(c, t, f);
    f->end[BLOCK_SPEAKER] = f->n;
    emit_counts(s, f);
    emit_before(c, s, f);
    f->end[BLOCK_COUNTS] = f->n;
    emit_pairs(s, f);
    f->end[BLOCK_PAIRS] = f->n;
    emit_answer(c, s, f);
    f->end[BLOCK_ANSWER] = f->n;
}
