/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The path without weights: sums of signals, squashed. It answers when no model is loaded, and shows what a
 * model is worth (its figures stand beside the model's in MODEL_CARD.md).
 */
#include "listening/words/verdict.h"

#include "listening/model/exact.h"

static float bit(uint32_t set, uint32_t mask)
{
    return set & mask ? 1.0f : 0.0f;
}

static float capped(uint32_t v, uint32_t max)
{
    return (float)(v < max ? v : max);
}

static float share_of(uint32_t a, uint32_t b)
{
    return b ? (float)a / (float)b : 0.0f;
}

static float question_score(const signals *s)
{
    float v = -3.0f;
    if (s->asks > 0)
        v = s->last_asks ? 3.5f : 2.5f;
    else if (s->wh_first || s->aux_first)
        v = 1.5f;
    else if (s->question_forms > 0 && s->after_last_question < 14)
        v = 0.7f;
    else if ((s->first_phrases & PHRASE_OPEN) && s->words > 3 && !s->punctuation)
        v = -0.5f;
    if (s->words <= 2 && s->asks == 0)
        v -= 2.0f;
    return v;
}

static float input_score(const signals *s)
{
    float v =
        -3.2f + 0.45f * capped(s->teach, 5) + 0.18f * capped(s->advise, 6) + 0.25f * capped(s->numbers, 3);
    v += 1.3f * bit(s->phrases, PHRASE_ADVISE) + 0.6f * capped(s->phrase_count[4], 3) +
         0.9f * bit(s->phrases, PHRASE_PERMISSION);
    v += s->words > 30 ? 0.8f : s->words < 6 ? -1.5f : 0.0f;
    v -= 0.8f * bit(s->first_phrases, PHRASE_REFLECT) + 0.8f * (s->asks > 0 ? 1.0f : 0.0f);
    v += s->speaker_asks ? 0.8f : 0.0f;
    return v;
}

static float reflection_score(const signals *s)
{
    float v = -2.6f + 1.5f * bit(s->first_phrases, PHRASE_REFLECT) + 0.5f * bit(s->phrases, PHRASE_REFLECT);
    v += 0.5f * capped(s->you, 3) + 1.6f * share_of(s->overlap, s->content) + 0.5f * capped(s->mirrored, 2);
    v += 0.4f * capped(s->feeling, 2) + 0.2f * capped(s->hedge, 2);
    v -= 1.3f * (s->asks > 0 ? 1.0f : 0.0f) + 0.35f * capped(s->teach, 4) +
         0.9f * bit(s->phrases, PHRASE_ADVISE);
    v -= 1.0f * bit(s->phrases, PHRASE_JUDGE) + 0.6f * bit(s->phrases, PHRASE_DOUBT) +
         1.0f * bit(s->phrases, PHRASE_AT_LEAST);
    v -= 0.5f * capped(s->judge, 2) + 0.5f * capped(s->i, 3) + 0.4f * capped(s->praise, 2);
    v -= s->words < 4 ? 2.5f : s->words > 45 ? 0.8f : 0.0f;
    return v;
}

float unasked_share(const signals *s)
{
    bool permitted = s->phrases & PHRASE_PERMISSION || s->since_permission < 3;
    bool requested = s->since_request < 3;
    return permitted || requested ? 0.05f : 1.0f;
}

static void spread(verdict *v)
{
    float weight[LISTEN_MAINS] = {v->reflection * (1 - v->question * 0.5f), v->question, v->input,
                                  (1 - v->reflection) * (1 - v->question) * (1 - v->input)};
    float sum = 0;
    for (int k = 0; k < LISTEN_MAINS; k++)
        sum += weight[k];
    for (int k = 0; k < LISTEN_MAINS; k++)
        v->main[k] = weight[k] / sum;
}

void rules_verdict(const signals *s, verdict *v)
{
    *v = (verdict){0};
    v->question = exact_sigmoid(question_score(s));
    v->input = exact_sigmoid(input_score(s));
    v->reflection = exact_sigmoid(reflection_score(s)) * (1 - v->input);
    v->open = s->wh > 0 || (s->first_phrases & PHRASE_OPEN) ? 0.75f : s->inversions > 0 ? 0.25f : 0.5f;
    if (s->phrases & PHRASE_CLOSED && s->aux_first)
        v->open = 0.2f;
    v->advice = v->input * (s->phrases & PHRASE_ADVISE ? 0.85f : 0.2f);
    v->validation =
        exact_sigmoid(-2.6f + 2.6f * bit(s->phrases, PHRASE_VALIDATE) + 0.5f * capped(s->praise, 2) -
                      1.5f * bit(s->phrases, PHRASE_AT_LEAST | PHRASE_JUDGE));
    float warm =
        exact_sigmoid(-2.0f + 1.8f * bit(s->phrases, PHRASE_VALIDATE) + 0.5f * capped(s->feeling, 3));
    v->emotional_reaction[0] = warm;
    v->emotional_reaction[1] = warm * 0.25f;
    float story = exact_sigmoid(-1.5f + 1.6f * bit(s->phrases, PHRASE_OWN_STORY) + 0.15f * capped(s->i, 8));
    v->interpretation[0] = story;
    v->interpretation[1] = story * 0.9f;
    float asks = s->question_forms > 0 && s->words < 60 ? v->question : 0.3f * v->question;
    v->exploration[0] = asks * 0.8f;
    v->exploration[1] = asks * 0.6f;
    v->session_reflection = v->reflection;
    v->session_input = v->input;
    spread(v);
}
