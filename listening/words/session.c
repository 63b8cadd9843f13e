/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The session: sums of what the turns were, the balance with its interval, and the moments worth a second
 * look. A moment is kept only where the evidence is strong; the best of each kind stays.
 */
#include "listening/words/engine.h"

#define SURE                 0.65f  /* EVIDENCE.md: moments */
#define LONG_ANSWER_WORDS    25     /* EVIDENCE.md: opening */
#define INTERVAL_90          1.645f /* the normal distribution's two-sided 90 % */
#define INTERVAL_MODEL_ERROR 0.05f  /* EVIDENCE.md: interval */

void tally_start(tally *t)
{
    *t = (tally){.timed = true, .last_start_ms = LISTEN_NO_TIME};
}

void tally_time(tally *t, const listen_turn *turn)
{
    if (turn->start_ms == LISTEN_NO_TIME)
        t->timed = false;
    if (t->timed && t->turns > 0) {
        int64_t took = turn->start_ms - t->last_start_ms;
        if (took < 0)
            t->timed = false;
        else if (t->last_who == LISTEN_LISTENER)
            t->listener_ms += took;
        else
            t->speaker_ms += took;
    }
    t->last_start_ms = turn->start_ms;
    t->last_who = turn->who;
    t->turns++;
}

static void keep(tally *t, listen_moment_kind kind, uint32_t turn, float sureness)
{
    if (sureness > t->best[kind].sureness)
        t->best[kind] = (listen_moment){.turn = turn, .kind = kind, .sureness = sureness};
}

void tally_speaker(tally *t, uint32_t words)
{
    t->speaker_words += words;
    if (t->pending_open && words >= LONG_ANSWER_WORDS)
        keep(t, LISTEN_MOMENT_OPENING, t->pending_open - 1, t->pending_open_sureness);
    t->pending_open = 0;
}

static void keep_strengths(tally *t, uint32_t turn, const signals *s, const listen_code *c)
{
    if (c->reflection >= SURE && s->words >= 6)
        keep(t, LISTEN_MOMENT_REFLECTION, turn, c->reflection);
    if (c->validation >= SURE && c->input < 0.35f)
        keep(t, LISTEN_MOMENT_VALIDATION, turn, c->validation);
    t->pending_open = 0;
    if (c->question >= SURE && c->open >= 0.8f) {
        t->pending_open = turn + 1;
        t->pending_open_sureness = c->question * c->open;
    }
}

/* What a plain phrase says for itself. */
static void keep_plain(tally *t, uint32_t turn, const listen_engine *e, const listen_code *c)
{
    const text_tokens *words = &e->tokens;
    bool advises = plain_advice(words, c->reflection) < words->n && unasked_share(&e->signals) >= SURE;
    if (advises && c->unasked < SURE)
        keep(t, LISTEN_MOMENT_ADVICE_UNASKED, turn, SURE);
    if (plain_bright_side(words, &e->context.last) < words->n)
        keep(t, LISTEN_MOMENT_AT_LEAST, turn, 0.8f);
}

static void keep_second_looks(tally *t, uint32_t turn, const listen_engine *e, const listen_code *c)
{
    const signals *s = &e->signals;
    if (c->unasked >= SURE)
        keep(t, LISTEN_MOMENT_ADVICE_UNASKED, turn, c->unasked);
    keep_plain(t, turn, e, c);
    if (s->asks >= 3)
        keep(t, LISTEN_MOMENT_STACKED, turn, 0.7f + 0.05f * (float)(s->asks < 8 ? s->asks : 8) - 0.15f);
    bool names_feeling = s->feeling > 0 || s->phrases & PHRASE_VALIDATE;
    if (s->speaker_feeling >= 2 && !names_feeling && s->overlap == 0 && s->words >= 4 &&
        c->reflection < 0.35f && c->question < 0.5f)
        keep(t, LISTEN_MOMENT_FEELING_PASSED, turn,
             0.55f + 0.05f * (float)(s->speaker_feeling < 4 ? s->speaker_feeling : 4));
    if (s->phrases & PHRASE_OWN_STORY && s->i >= 4 && s->words >= 20 && s->i > 2 * s->you)
        keep(t, LISTEN_MOMENT_OWN_STORY, turn, 0.7f);
}

void tally_listener(tally *t, const listen_engine *e, const listen_code *c)
{
    const signals *s = &e->signals;
    const verdict *v = &e->verdict;
    uint32_t turn = t->turns - 1;
    t->listener_turns++;
    t->listener_words += s->words;
    t->reflections += c->reflection;
    t->questions += c->question;
    t->open_questions += c->question * c->open;
    t->inputs += c->input;
    t->unasked += c->unasked;
    float lean = v->session_reflection - v->session_input;
    t->balance += lean;
    t->balance_squared += lean * lean;
    t->doubt +=
        v->session_reflection * (1 - v->session_reflection) + v->session_input * (1 - v->session_input);
    if (!plain_has(&e->tokens, PLAIN_IS_GRAVE) && !plain_has(&e->context.last, PLAIN_IS_GRAVE)) {
        keep_strengths(t, turn, s, c);
        keep_second_looks(t, turn, e, c);
    }
    if (c->main == LISTEN_QUESTION && c->open < 0.5f && c->question >= SURE)
        t->closed_run++;
    else
        t->closed_run = 0;
    if (t->closed_run >= 3)
        keep(t, LISTEN_MOMENT_CLOSED_RUN, turn,
             0.6f + 0.05f * (float)(t->closed_run < 8 ? t->closed_run : 8));
}

static float clamp(float x)
{
    return x < -1.0f ? -1.0f : x > 1.0f ? 1.0f : x;
}

/* The turns are a sample of how this listener listens, and each code is uncertain: both widen the interval.
 */
static void balance_interval(const tally *t, listen_session *s)
{
    s->listening_balance_low = -1.0f;
    s->listening_balance_high = 1.0f;
    if (t->listener_turns == 0)
        return;
    float n = (float)t->listener_turns, mean = t->balance / n;
    float spread = t->balance_squared / n - mean * mean;
    float variance =
        ((spread > 0 ? spread : 0) + t->doubt / n) / n + INTERVAL_MODEL_ERROR * INTERVAL_MODEL_ERROR;
    float half = INTERVAL_90 * exact_sqrt(variance);
    s->listening_balance = clamp(mean);
    s->listening_balance_low = clamp(mean - half);
    s->listening_balance_high = clamp(mean + half);
}

/* Of two at the same turn the surer one stays. */
static void add_moment(const listen_moment *m, uint32_t from, listen_session *s)
{
    for (uint32_t i = 0; i < s->moments_n; i++)
        if (s->moments[i].turn == m->turn) {
            if (m->sureness > s->moments[i].sureness && i >= from)
                s->moments[i] = *m;
            return;
        }
    if (s->moments_n == LISTEN_MOMENTS_MAX)
        return;
    uint32_t at = s->moments_n++;
    for (; at > from && s->moments[at - 1].turn > m->turn; at--)
        s->moments[at] = s->moments[at - 1];
    s->moments[at] = *m;
}

static void add_moments(const tally *t, bool strengths, listen_session *s)
{
    uint32_t from = s->moments_n;
    for (size_t kind = 0; kind < HK_COUNT(t->best); kind++) {
        const listen_moment *m = &t->best[kind];
        if (m->sureness > 0 && listen_moment_is_strength(m->kind) == strengths)
            add_moment(m, from, s);
    }
}

void tally_session(const tally *t, listen_session *s)
{
    *s = (listen_session){.listener_turns = t->listener_turns,
                          .too_short = t->listener_turns < LISTEN_TURNS_ENOUGH,
                          .reflections = t->reflections,
                          .questions = t->questions,
                          .open_questions = t->open_questions,
                          .inputs = t->inputs,
                          .unasked = t->unasked,
                          .talk_share = -1.0f,
                          .word_share = -1.0f};
    balance_interval(t, s);
    if (t->timed && t->listener_ms + t->speaker_ms > 0)
        s->talk_share = (float)((double)t->listener_ms / (double)(t->listener_ms + t->speaker_ms));
    if (t->listener_words + t->speaker_words > 0)
        s->word_share = (float)((double)t->listener_words / (double)(t->listener_words + t->speaker_words));
    add_moments(t, true, s);
    add_moments(t, false, s);
}
