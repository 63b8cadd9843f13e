/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Counting: one pass over the words, then the overlap with what the speaker said. Everything is exact and
 * needs no weights.
 */
#include "listening/words/signals.h"

#include <string.h>

#define LONG_AGO 1000

bool word_is_content(const text_token *k)
{
    return !(k->classes & WORD_FUNCTION) && !(k->classes & WORD_BACK) && k->n > 1;
}

bool stem_set_has(const stem_set *s, uint32_t stem)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (s->stem[i] == stem)
            return true;
    return false;
}

static void stem_set_add(stem_set *s, const text_tokens *t)
{
    for (uint32_t i = 0; i < t->n && s->n < CONTEXT_STEMS; i++)
        if ((word_is_content(&t->token[i]) || t->token[i].classes & WORD_FEELING) &&
            !stem_set_has(s, t->token[i].stem))
            s->stem[s->n++] = t->token[i].stem;
}

void context_clear(context *c)
{
    memset(c, 0, sizeof *c);
    c->since_request = c->since_permission = LONG_AGO;
}

void context_speaker(context *c, const lexicon *l, const text_tokens *t)
{
    memmove(&c->speaker[1], &c->speaker[0], sizeof c->speaker - sizeof c->speaker[0]);
    c->speaker[0].n = 0;
    stem_set_add(&c->speaker[0], t);
    c->last = *t;
    c->last_is_fresh = true;
    for (uint32_t i = 0; i < t->n; i++)
        c->punctuated |= (t->token[i].after & (TEXT_ASKS | TEXT_STOPS)) != 0;
    c->speaker_turns++;
    if (c->since_request < LONG_AGO)
        c->since_request++;
    if (c->since_permission < LONG_AGO)
        c->since_permission++;
    for (uint32_t i = 0; i < t->n; i++)
        if (lexicon_phrases(l, t, i) & PHRASE_REQUEST)
            c->since_request = 0;
}

void context_listener(context *c, const signals *s, const text_tokens *t)
{
    c->own.n = 0;
    stem_set_add(&c->own, t);
    c->previous = (previous_turn){.words = s->words,
                                  .teach = s->teach,
                                  .after = t->n > 0 ? t->token[t->n - 1].after : 0,
                                  .asks = s->question_forms > 0,
                                  .reflects = (s->first_phrases & PHRASE_REFLECT) != 0};
    c->asked += c->previous.asks;
    c->taught += s->teach > 1;
    c->listener_turns++;
    c->last_is_fresh = false;
    c->answered = false;
    c->punctuated = s->punctuated;
    if (s->phrases & PHRASE_PERMISSION)
        c->since_permission = 0;
}

/* "do you", "is there", "did that": a form that asks even without its mark. */
static bool inverts(const text_tokens *t, uint32_t i)
{
    static const char *const SUBJECTS[] = {"you", "it", "that", "this", "there",    "he",     "she",   "they",
                                           "we",  "i",  "your", "any",  "anything", "anyone", "things"};
    if (!(t->token[i].classes & WORD_AUX) || i + 1 >= t->n)
        return false;
    const text_token *next = &t->token[i + 1];
    bool subject = false;
    for (size_t k = 0; k < HK_COUNT(SUBJECTS); k++)
        subject |= strlen(SUBJECTS[k]) == next->n && memcmp(t->chars + next->at, SUBJECTS[k], next->n) == 0;
    if (!subject || i == 0)
        return subject;
    /* "what you did it ..." turns no order round: before an asking auxiliary stands no subject of its own. */
    const text_token *before = &t->token[i - 1];
    return !(before->classes & (WORD_YOU | WORD_I | WORD_WE | WORD_OTHERS)) || before->after & ~TEXT_DASH;
}

/* what/how ... that ask: at the start, after a mark or a linking word, or before an auxiliary. */
static bool wh_asks(const text_tokens *t, uint32_t i)
{
    if (!(t->token[i].classes & WORD_WH))
        return false;
    if (i < 2 || t->token[i - 1].after & (TEXT_ASKS | TEXT_STOPS))
        return true;
    return i + 2 < t->n && t->token[i + 1].classes & WORD_AUX &&
           t->token[i + 2].classes & (WORD_YOU | WORD_OTHERS);
}

static void count_classes(const text_token *k, signals *s)
{
    uint32_t c = k->classes;
    s->you += (c & WORD_YOU) != 0;
    s->i += (c & WORD_I) != 0;
    s->we += (c & WORD_WE) != 0;
    s->others += (c & WORD_OTHERS) != 0;
    s->feeling += (c & WORD_FEELING) != 0;
    s->hedge += (c & WORD_HEDGE) != 0;
    s->teach += (c & WORD_TEACH) != 0;
    s->advise += (c & WORD_ADVISE) != 0;
    s->judge += (c & WORD_JUDGE) != 0;
    s->minimise += (c & WORD_MINIMISE) != 0;
    s->praise += (c & WORD_PRAISE) != 0;
    s->thanks += (c & WORD_THANKS) != 0;
    s->back += (c & WORD_BACK) != 0;
    s->hard += (c & WORD_HARD) != 0;
    s->not += (c & WORD_NOT) != 0;
    s->asks += (k->after & TEXT_ASKS) != 0;
    s->loud += (k->after & TEXT_LOUD) != 0;
    s->punctuation += k->after != 0;
}

static void count_phrases(const lexicon *l, const text_tokens *t, uint32_t i, signals *s)
{
    uint32_t kinds = lexicon_phrases(l, t, i);
    s->phrases |= kinds;
    if (i < 3)
        s->first_phrases |= kinds;
    if (i + 4 >= t->n)
        s->last_phrases |= kinds;
    for (uint32_t bit = 0; bit < HK_COUNT(s->phrase_count); bit++)
        if (kinds & (1u << bit)) {
            if (s->phrase_count[bit]++ == 0)
                s->phrase_at[bit] = i;
        }
}

static void count_questions(const text_tokens *t, signals *s)
{
    uint32_t last_form = 0, forms = 0;
    bool open_form = false;
    for (uint32_t i = 0; i < t->n; i++) {
        bool inverted = inverts(t, i), wh = wh_asks(t, i);
        s->inversions += inverted;
        s->wh += wh;
        s->wh_first |= wh && i < 3;
        s->aux_first |= inverted && i < 3;
        if ((inverted || wh) && (!open_form || i > last_form + 5)) {
            forms++; /* "what do you" is one form, not two */
            open_form = true;
        }
        if (inverted || wh)
            last_form = i;
        if (t->token[i].after & TEXT_ASKS)
            open_form = false;
    }
    s->after_last_question = forms ? t->n - 1 - last_form : 0;
    s->question_forms = s->asks > 0 ? s->asks : forms;
    s->last_asks = t->n > 0 && (t->token[t->n - 1].after & TEXT_ASKS) != 0;
}

/* The word as the other person would say it: my -> your, i -> you, me -> you. */
static uint32_t swapped(const text_token *k)
{
    static const char *const PAIRS[][2] = {{"i", "you"},      {"my", "your"},         {"me", "you"},
                                           {"mine", "yours"}, {"myself", "yourself"}, {"am", "are"}};
    for (size_t i = 0; i < HK_COUNT(PAIRS); i++)
        if (k->hash == text_hash(PAIRS[i][0], strlen(PAIRS[i][0])))
            return text_hash(PAIRS[i][1], strlen(PAIRS[i][1]));
    return k->hash;
}

/* Longest run of words taken over from the speaker's last turn, pronouns swapped; and swapped pairs. */
static void count_runs(const context *c, const text_tokens *t, signals *s)
{
    uint32_t spoken[TEXT_TOKENS_MAX];
    uint32_t n = c->last.n;
    for (uint32_t k = 0; k < n; k++)
        spoken[k] = swapped(&c->last.token[k]);
    for (uint32_t i = 0; i < t->n; i++)
        for (uint32_t k = 0; k < n; k++) {
            if (spoken[k] != t->token[i].hash)
                continue;
            uint32_t run = 1;
            while (i + run < t->n && k + run < n && spoken[k + run] == t->token[i + run].hash)
                run++;
            if (run > s->overlap_run)
                s->overlap_run = run;
            if (run >= 2 && spoken[k] != c->last.token[k].hash)
                s->mirrored++;
        }
}

static void count_overlap(const context *c, const text_tokens *t, signals *s)
{
    for (uint32_t i = 0; i < t->n; i++) {
        const text_token *k = &t->token[i];
        bool fresh = stem_set_has(&c->speaker[0], k->stem);
        if (k->classes & WORD_FEELING && !fresh)
            s->feeling_new++;
        if (!word_is_content(k))
            continue;
        bool lately = fresh;
        for (uint32_t b = 1; b < CONTEXT_TURNS && !lately; b++)
            lately = stem_set_has(&c->speaker[b], k->stem);
        s->content++;
        s->overlap += fresh;
        s->overlap_wide += lately;
        s->overlap_own += stem_set_has(&c->own, k->stem);
    }
}

void signals_read(const lexicon *l, const context *c, const text_tokens *t, signals *s)
{
    memset(s, 0, sizeof *s);
    s->words = t->n;
    for (uint32_t i = 0; i < t->n; i++) {
        count_classes(&t->token[i], s);
        count_phrases(l, t, i, s);
        s->numbers += t->chars[t->token[i].at] == '#';
    }
    count_questions(t, s);
    count_overlap(c, t, s);
    count_runs(c, t, s);
    s->speaker_words = c->last.n;
    for (uint32_t i = 0; i < c->last.n; i++) {
        const text_token *k = &c->last.token[i];
        s->speaker_feeling += (k->classes & WORD_FEELING) != 0;
        s->speaker_hard += (k->classes & WORD_HARD) != 0;
        s->speaker_back += (k->classes & WORD_BACK) != 0;
        s->speaker_asks += (k->after & TEXT_ASKS) != 0 || inverts(&c->last, i);
    }
    s->turn = c->listener_turns;
    s->punctuated = c->punctuated || s->punctuation > 0;
    s->since_request = c->since_request;
    s->since_permission = c->since_permission;
}
