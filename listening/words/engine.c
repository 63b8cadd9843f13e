/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The way of a turn through the engine: text -> words -> signals -> features -> verdict -> code and tally.
 */
#include "listening/words/engine.h"

#include <assert.h>
#include <stdalign.h>

#define UNSURE_BELOW 0.65f /* EVIDENCE.md: unsure */

static_assert(sizeof(listen_engine) <= LISTEN_ENGINE_BYTES);

size_t listen_engine_size(void)
{
    return sizeof(listen_engine);
}

static bool speaks(const char *language, const listen_model *model)
{
    return language && strcmp(language, "en") == 0 && (!model || strcmp(model->language, language) == 0);
}

hk_err listen_engine_init(void *memory, size_t n, const char *language, const listen_model *model,
                          listen_engine **ret)
{
    if (!speaks(language, model))
        return HK_NOT_THERE;
    if (!memory || n < sizeof(listen_engine) || (uintptr_t)memory % alignof(listen_engine) != 0)
        return HK_NO_MEMORY;
    listen_engine *e = memory;
    memset(e, 0, sizeof *e);
    e->model = model;
    lexicon_fill(&e->words);
    plain_fill(&e->plain);
    listen_start(e);
    *ret = e;
    return HK_OK;
}

bool listen_engine_has_model(const listen_engine *e)
{
    return e->model != NULL;
}

static hk_slice bounded(hk_slice text)
{
    return hk_slice_part(text, 0, LISTEN_TEXT_MAX);
}

static void read_words(listen_engine *e, hk_slice text, text_tokens *ret)
{
    text_read(bounded(text), ret);
    lexicon_mark(&e->words, ret);
    plain_mark(&e->plain, ret);
}

void engine_judge(listen_engine *e, hk_slice text)
{
    read_words(e, text, &e->tokens);
    signals_read(&e->words, &e->context, &e->tokens, &e->signals);
    if (!e->model) {
        rules_verdict(&e->signals, &e->verdict);
        return;
    }
    features_read(&e->context, &e->tokens, &e->signals, &e->features);
    model_verdict(e->model, &e->context, &e->tokens, &e->features, &e->scratch, &e->verdict);
}

void engine_foresee(listen_engine *e, hk_slice answer)
{
    read_words(e, answer, &e->context.next);
    e->context.answered = true;
}

static listen_main likeliest(const verdict *v)
{
    listen_main best = LISTEN_REFLECTION;
    for (int k = 1; k < LISTEN_MAINS; k++)
        if (v->main[k] > v->main[best])
            best = (listen_main)k;
    return best;
}

static uint8_t level(const float at_least[2])
{
    if (at_least[0] < 0.5f)
        return 0;
    return at_least[1] >= 0.5f * at_least[0] ? 2 : 1;
}

static void code_from(const signals *s, const verdict *v, listen_code *ret)
{
    listen_main main = likeliest(v);
    *ret = (listen_code){
        .main = main,
        .reflection = v->reflection,
        .question = v->question,
        .open = v->open,
        .input = v->input,
        .advice = v->advice,
        .unasked = v->input * unasked_share(s),
        .validation = v->validation,
        .emotional_reaction = level(v->emotional_reaction),
        .interpretation = level(v->interpretation),
        .exploration = level(v->exploration),
        .grounding = s->content ? (float)s->overlap / (float)s->content : 0.0f,
        .unsure = v->main[main] < UNSURE_BELOW,
    };
}

void listen_start(listen_engine *e)
{
    context_clear(&e->context);
    tally_start(&e->tally);
}

void listen_add(listen_engine *e, const listen_turn *turn, listen_code *ret_code)
{
    *ret_code = (listen_code){.main = LISTEN_OTHER};
    tally_time(&e->tally, turn);
    if (turn->who == LISTEN_SPEAKER) {
        read_words(e, turn->text, &e->tokens);
        tally_speaker(&e->tally, e->tokens.n);
        context_speaker(&e->context, &e->words, &e->tokens);
        return;
    }
    engine_judge(e, turn->text);
    code_from(&e->signals, &e->verdict, ret_code);
    tally_listener(&e->tally, e, ret_code);
    context_listener(&e->context, &e->signals, &e->tokens);
    bool closed = ret_code->main == LISTEN_QUESTION && ret_code->open < 0.5f;
    e->context.closed_run = closed ? e->context.closed_run + 1 : 0;
}

hk_err listen_conversation(listen_engine *e, const listen_turn *turns, size_t n, listen_code *ret_codes,
                           listen_session *ret_session)
{
    if (n > LISTEN_TURNS_MAX)
        return HK_TOO_MUCH;
    listen_start(e);
    for (size_t i = 0; i < n; i++) {
        if (i + 1 < n && turns[i].who == LISTEN_LISTENER && turns[i + 1].who == LISTEN_SPEAKER)
            engine_foresee(e, turns[i + 1].text);
        listen_add(e, &turns[i], &ret_codes[i]);
    }
    tally_session(&e->tally, ret_session);
    return HK_OK;
}
