/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * At most one hint about a draft, and mostly none: only what is likely and would matter to the one who reads
 * the message. Order is by how much it can hurt.
 */
#include "listening/words/engine.h"

#define TURNS_LOOKED_AT 20
#define WORDS_ENOUGH    3    /* below that a draft is not a sentence yet */
#define SURE            0.7f /* EVIDENCE.md: hints */
#define GIVEN_BACK      0.5f /* the same: from here it counts as the speaker's own words given back */

static uint32_t bit_number(uint32_t bit)
{
    return (uint32_t)__builtin_ctz(bit);
}

/* From the phrase of this kind to the end of its sentence. */
static void span_phrase(const listen_engine *e, uint32_t phrase, listen_hint *h)
{
    const text_tokens *t = &e->tokens;
    uint32_t at = e->signals.phrase_at[bit_number(phrase)];
    h->from = t->token[at].source;
    h->to = t->source_end;
    for (uint32_t i = at; i + 1 < t->n; i++)
        if (t->token[i].after & (TEXT_STOPS | TEXT_ASKS | TEXT_LOUD)) {
            h->to = t->token[i + 1].source;
            return;
        }
}

static bool hint(listen_hint *h, listen_hint_kind kind, float sureness, const listen_engine *e)
{
    *h = (listen_hint){.kind = kind, .to = e->tokens.source_end, .sureness = sureness};
    return true;
}

/* What hurts: a verdict on the person, a bright side over a pain. */
static bool hurts(const listen_engine *e, listen_hint *h)
{
    const signals *s = &e->signals;
    if (s->phrases & PHRASE_JUDGE && s->you > 0 && e->verdict.reflection < SURE) {
        hint(h, LISTEN_HINT_JUDGING, 0.75f, e);
        span_phrase(e, PHRASE_JUDGE, h);
        return true;
    }
    bool something_hard = s->speaker_feeling + s->speaker_hard > 0;
    if (s->phrases & PHRASE_AT_LEAST && something_hard && e->verdict.reflection < SURE) {
        hint(h, LISTEN_HINT_AT_LEAST, 0.75f, e);
        span_phrase(e, PHRASE_AT_LEAST, h);
        return true;
    }
    return false;
}

/* What takes over: advice nobody asked for, one's own story. */
static bool takes_over(const listen_engine *e, listen_hint *h)
{
    const signals *s = &e->signals;
    float unasked = e->verdict.input * unasked_share(s);
    /* A plain phrase of advice that nobody asked for speaks for itself, whatever the weights think of so
     * short a draft, unless they hear it as the speaker's own words given back. */
    bool says_so =
        s->phrases & PHRASE_ADVISE && unasked_share(s) >= SURE && e->verdict.reflection < GIVEN_BACK;
    if (says_so || (unasked >= SURE && e->verdict.advice >= SURE)) {
        hint(h, LISTEN_HINT_ADVICE_UNASKED, unasked > SURE ? unasked : SURE, e);
        if (s->phrases & PHRASE_ADVISE)
            span_phrase(e, PHRASE_ADVISE, h);
        return true;
    }
    if (s->phrases & PHRASE_OWN_STORY && s->i >= 4 && s->words >= 20 && s->i > 2 * s->you) {
        hint(h, LISTEN_HINT_OWN_STORY, 0.7f, e);
        span_phrase(e, PHRASE_OWN_STORY, h);
        return true;
    }
    return false;
}

static bool asks_much(const listen_engine *e, listen_hint *h)
{
    const signals *s = &e->signals;
    if (s->asks >= 3)
        return hint(h, LISTEN_HINT_MANY_QUESTIONS, 0.9f, e);
    bool closed = e->verdict.question >= SURE && e->verdict.open < 0.35f;
    if (closed && e->context.closed_run >= 2)
        return hint(h, LISTEN_HINT_CLOSED_RUN, e->verdict.question, e);
    return false;
}

static bool misses(const listen_engine *e, listen_hint *h)
{
    const signals *s = &e->signals;
    if (s->words >= 5 && s->overlap_run * 10 >= s->words * 8 && s->asks == 0)
        return hint(h, LISTEN_HINT_PARROTING, 0.8f, e);
    bool names = s->feeling > 0 || s->phrases & (PHRASE_VALIDATE | PHRASE_REFLECT);
    if (s->speaker_feeling >= 2 && s->words >= 8 && !names && s->overlap == 0 && s->question_forms == 0)
        return hint(h, LISTEN_HINT_FEELING_PASSED, 0.7f, e);
    return false;
}

/* The context that these turns leave behind. */
static void walk(listen_engine *e, const listen_turn *turns, size_t n)
{
    listen_code code;
    listen_start(e);
    for (size_t i = n > TURNS_LOOKED_AT ? n - TURNS_LOOKED_AT : 0; i < n; i++)
        listen_add(e, &turns[i], &code);
}

void listen_hint_draft(listen_engine *e, const listen_turn *turns, size_t n, hk_slice draft, listen_hint *ret)
{
    *ret = (listen_hint){.kind = LISTEN_HINT_NONE};
    e->set_aside = e->context;
    tally kept = e->tally;
    walk(e, turns, n);
    engine_judge(e, draft);
    if (e->tokens.n >= WORDS_ENOUGH)
        (void)(hurts(e, ret) || takes_over(e, ret) || asks_much(e, ret) ||
               misses(e, ret)); /* the first that fits */
    e->context = e->set_aside;
    e->tally = kept;
}
