/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * At most one hint about a draft, and mostly none: only what is likely and would matter to the one who reads
 * the message. Order is by how much it can hurt. Nothing is said where people speak of danger.
 */
#include "listening/words/engine.h"

#define TURNS_LOOKED_AT 20
#define WORDS_ENOUGH    3    /* below that a draft is not a sentence yet */
#define SURE            0.7f /* EVIDENCE.md: hints */
#define GIVEN_BACK      0.5f /* the same: from here it counts as the speaker's own words given back */

/* From here to the end of its sentence. */
static void span(const listen_engine *e, uint32_t at, listen_hint *h)
{
    const text_tokens *t = &e->tokens;
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

static bool hint_at(listen_hint *h, listen_hint_kind kind, float sureness, const listen_engine *e,
                    uint32_t at)
{
    hint(h, kind, sureness, e);
    span(e, at, h);
    return true;
}

/* What hurts: a verdict on the person, a bright side over a pain. */
static bool hurts(const listen_engine *e, listen_hint *h)
{
    const text_tokens *t = &e->tokens;
    uint32_t at = plain_own(t, PLAIN_IS_JUDGING, PLAIN_IS_NO_JUDGING, 0);
    if (at < t->n)
        return hint_at(h, LISTEN_HINT_JUDGING, 0.75f, e, at);
    at = plain_bright_side(t, &e->context.last);
    if (at < t->n)
        return hint_at(h, LISTEN_HINT_AT_LEAST, 0.75f, e, at);
    return false;
}

/* A phrase of one's own past, or a long draft about oneself in which the other does not occur. */
static bool own_story(const listen_engine *e, listen_hint *h)
{
    const signals *s = &e->signals;
    if (s->speaker_asks > 0 || s->i < 3 || s->i <= s->you)
        return false;
    if (s->phrases & PHRASE_OWN_STORY && s->words >= 14) {
        uint32_t bit = (uint32_t)__builtin_ctz(PHRASE_OWN_STORY);
        return hint_at(h, LISTEN_HINT_OWN_STORY, 0.7f, e, s->phrase_at[bit]);
    }
    bool meets = s->phrases & (PHRASE_VALIDATE | PHRASE_REFLECT | PHRASE_PERMISSION) ||
                 s->question_forms > 0 || plain_has(&e->tokens, PLAIN_IS_PRESENCE);
    if (s->you == 0 && s->words >= 16 && !meets && s->speaker_words > 0 && e->verdict.reflection < GIVEN_BACK)
        return hint(h, LISTEN_HINT_OWN_STORY, 0.7f, e);
    return false;
}

/* What takes over: advice nobody asked for, one's own story. */
static bool takes_over(const listen_engine *e, listen_hint *h)
{
    const signals *s = &e->signals;
    const text_tokens *t = &e->tokens;
    float unasked = e->verdict.input * unasked_share(s);
    /* A plain phrase of advice that nobody asked for speaks for itself, whatever the weights think of so
     * short a draft. */
    uint32_t at = plain_advice(t, e->verdict.reflection);
    if (at < t->n && unasked_share(s) >= SURE)
        return hint_at(h, LISTEN_HINT_ADVICE_UNASKED, unasked > SURE ? unasked : SURE, e, at);
    if (own_story(e, h))
        return true;
    if (unasked >= SURE && e->verdict.advice >= SURE)
        return hint(h, LISTEN_HINT_ADVICE_UNASKED, unasked, e);
    return false;
}

static bool asks_much(const listen_engine *e, listen_hint *h)
{
    const signals *s = &e->signals;
    if (s->asks >= 3 || plain_questions(&e->tokens) >= 3)
        return hint(h, LISTEN_HINT_MANY_QUESTIONS, s->asks >= 3 ? 0.9f : SURE, e);
    bool closed = e->verdict.question >= SURE && e->verdict.open < 0.35f;
    if (closed && e->context.closed_run >= 2)
        return hint(h, LISTEN_HINT_CLOSED_RUN, e->verdict.question, e);
    return false;
}

/* "I am so ashamed": a feeling named of oneself, and not denied. */
static bool speaker_names_feeling(const text_tokens *t)
{
    for (uint32_t at = plain_find(t, PLAIN_IS_FEELING, 0); at < t->n;
         at = plain_find(t, PLAIN_IS_FEELING, at + 1))
        if (!plain_denied(t, at))
            return true;
    return false;
}

static bool misses(const listen_engine *e, listen_hint *h)
{
    const signals *s = &e->signals;
    if (s->words >= 5 && s->overlap_run * 10 >= s->words * 8 && s->asks == 0)
        return hint(h, LISTEN_HINT_PARROTING, 0.8f, e);
    bool meets = s->feeling + s->hard + s->overlap + s->question_forms + s->asks > 0 ||
                 s->phrases & (PHRASE_VALIDATE | PHRASE_REFLECT) || plain_has(&e->tokens, PLAIN_IS_PRESENCE);
    if (s->words >= 6 && !meets && s->since_request > 0 && e->verdict.reflection < SURE &&
        speaker_names_feeling(&e->context.last))
        return hint(h, LISTEN_HINT_FEELING_PASSED, SURE, e);
    return false;
}

/* The context that these turns leave behind. */
static void walk(listen_engine *e, const listen_turn *turns, size_t n)
{
    listen_code code;
    listen_start(e);
    for (size_t i = n > TURNS_LOOKED_AT ? n - TURNS_LOOKED_AT : 0; i < n; i++) {
        listen_add(e, &turns[i], &code);
        if (turns[i].who == LISTEN_SPEAKER && plain_has(&e->tokens, PLAIN_IS_ASKED))
            e->context.since_request = 0;
    }
}

void listen_hint_draft(listen_engine *e, const listen_turn *turns, size_t n, hk_slice draft, listen_hint *ret)
{
    *ret = (listen_hint){.kind = LISTEN_HINT_NONE};
    e->set_aside = e->context;
    tally kept = e->tally;
    walk(e, turns, n);
    engine_judge(e, draft);
    bool grave = plain_has(&e->tokens, PLAIN_IS_GRAVE) || plain_has(&e->context.last, PLAIN_IS_GRAVE);
    if (e->tokens.n >= WORDS_ENOUGH && !grave)
        (void)(hurts(e, ret) || takes_over(e, ret) || asks_much(e, ret) ||
               misses(e, ret)); /* the first that fits */
    e->context = e->set_aside;
    e->tally = kept;
}
