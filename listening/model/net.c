/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The net's part of the weights file:
 *
 *   words: vocab u32, rising: hashes of the known words (text_hash)
 *   bias: filters f32; step: filters f32 (of the tables below)
 *   word rows:  (vocab + 1) x NET_PLACES x filters i8; the last row is for unknown words
 *   mark rows:  NET_MARKS   x NET_PLACES x filters i8
 *   hidden: hidden x 2 x filters i8 over (greatest, mean) of each filter; bias hidden f32, step hidden f32
 *   out: heads x hidden i8; step heads f32 (biases stand with the heads)
 *
 * word i adds its row at place p to the filters at word i + 1 - p; filters are squashed at 0 from below.
 */
#include "listening/model/model.h"
#include "listening/model/weights.h"

#define VOCAB_MAX 65536u

enum {                  /* marks beyond the word classes (bits 0 to 17) */
       MARK_TAKEN = 18, /* the speaker just said this word */
       MARK_ASKS,
       MARK_STOPS,
       MARK_COMMA,
       MARK_FIRST,
       MARK_LAST,
       MARK_NUMBER,
};

hk_err net_bytes(const listen_model *m, size_t *ret)
{
    size_t v = m->view.vocab, f = m->view.filters, h = m->view.hidden;
    *ret = 0;
    if (v == 0)
        return f == 0 && h == 0 ? HK_OK : HK_BAD;
    if (v > VOCAB_MAX || f == 0 || f > NET_FILTERS_MAX || h == 0 || h > NET_HIDDEN_MAX)
        return HK_BAD;
    *ret = 4 * v + 8 * f + (v + 1 + NET_MARKS) * NET_PLACES * f + h * 2 * f + 8 * h + MODEL_HEADS * h +
           4 * MODEL_HEADS;
    return HK_OK;
}

/* Where the parts of the net lie. */
typedef struct parts {
    const uint8_t *filter_params, *hidden_params, *out_steps;
    const int8_t *words, *marks, *hidden, *out;
} parts;

static parts parts_of(const listen_model *m)
{
    size_t v = m->view.vocab, f = m->view.filters, h = m->view.hidden;
    parts p = {.filter_params = m->view.net + 4 * v};
    p.words = (const int8_t *)p.filter_params + 8 * f;
    p.marks = p.words + (v + 1) * NET_PLACES * f;
    p.hidden = p.marks + (size_t)NET_MARKS * NET_PLACES * f;
    p.hidden_params = (const uint8_t *)p.hidden + h * 2 * f;
    p.out = (const int8_t *)p.hidden_params + 8 * h;
    p.out_steps = (const uint8_t *)p.out + (size_t)MODEL_HEADS * h;
    return p;
}

bool net_sane(const listen_model *m)
{
    if (m->view.vocab == 0)
        return true;
    parts p = parts_of(m);
    return weights_sane(p.filter_params, (size_t)2 * m->view.filters) &&
           weights_sane(p.hidden_params, (size_t)2 * m->view.hidden) &&
           weights_sane(p.out_steps, MODEL_HEADS);
}

static uint32_t word_row(const listen_model *m, uint32_t hash)
{
    uint32_t low = 0, high = m->view.vocab;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        uint32_t there = weights_u32(m->view.net + (size_t)4 * middle);
        if (there == hash)
            return middle;
        if (there < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return m->view.vocab;
}

uint32_t net_marks(const context *c, const text_tokens *t, uint32_t i)
{
    const text_token *k = &t->token[i];
    uint32_t marks = k->classes;
    marks |= (uint32_t)stem_set_has(&c->speaker[0], k->stem) << MARK_TAKEN;
    marks |= (uint32_t)((k->after & TEXT_ASKS) != 0) << MARK_ASKS;
    marks |= (uint32_t)((k->after & TEXT_STOPS) != 0) << MARK_STOPS;
    marks |= (uint32_t)((k->after & TEXT_COMMA) != 0) << MARK_COMMA;
    marks |= (uint32_t)(i == 0) << MARK_FIRST;
    marks |= (uint32_t)(i + 1 == t->n) << MARK_LAST;
    marks |= (uint32_t)(t->chars[k->at] == '#') << MARK_NUMBER;
    return marks;
}

static void add_row(const int8_t *row, uint32_t filters, int32_t place[NET_PLACES][NET_FILTERS_MAX])
{
    for (uint32_t p = 0; p < NET_PLACES; p++)
        for (uint32_t f = 0; f < filters; f++)
            place[p][f] += row[p * filters + f];
}

/* What word i adds at each place. */
static void lay_word(const listen_model *m, const parts *net, const context *c, const text_tokens *t,
                     uint32_t i, net_scratch *s)
{
    size_t row = NET_PLACES * (size_t)m->view.filters;
    int32_t(*place)[NET_FILTERS_MAX] = s->word[i % 3];
    memset(place, 0, sizeof s->word[0]);
    add_row(net->words + word_row(m, t->token[i].hash) * row, m->view.filters, place);
    uint32_t set = net_marks(c, t, i);
    for (uint32_t b = 0; b < NET_MARKS; b++)
        if (set >> b & 1)
            add_row(net->marks + b * row, m->view.filters, place);
}

/* Greatest and mean of each filter over the words. */
static void pool(const listen_model *m, const parts *net, const context *c, const text_tokens *t,
                 net_scratch *s, float *ret)
{
    static const int32_t NOBODY[NET_FILTERS_MAX];
    uint32_t filters = m->view.filters;
    float bias[NET_FILTERS_MAX], step[NET_FILTERS_MAX];
    for (uint32_t f = 0; f < filters; f++) {
        bias[f] = weights_f32(net->filter_params, f);
        step[f] = weights_f32(net->filter_params, filters + f);
        ret[f] = ret[filters + f] = 0;
    }
    lay_word(m, net, c, t, 0, s);
    for (uint32_t i = 0; i < t->n; i++) {
        if (i + 1 < t->n)
            lay_word(m, net, c, t, i + 1, s);
        const int32_t *before = i > 0 ? s->word[(i - 1) % 3][0] : NOBODY;
        const int32_t *here = s->word[i % 3][1];
        const int32_t *after = i + 1 < t->n ? s->word[(i + 1) % 3][2] : NOBODY;
        for (uint32_t f = 0; f < filters; f++) {
            float out = bias[f] + step[f] * (float)(here[f] + after[f] + before[f]);
            out = out > 0 ? out : 0;
            ret[f] = out > ret[f] ? out : ret[f];
            ret[filters + f] += out;
        }
    }
    for (uint32_t f = 0; f < filters; f++)
        ret[filters + f] /= (float)t->n;
}

/* The sum of n products, in order. */
static float product(const float *a, const int8_t *b, uint32_t n)
{
    float sum = 0;
    for (uint32_t k = 0; k < n; k++)
        sum += a[k] * (float)b[k];
    return sum;
}

void net_add(const listen_model *m, const context *c, const text_tokens *t, net_scratch *s, float *heads)
{
    uint32_t filters = m->view.filters, hidden = m->view.hidden;
    if (t->n == 0)
        return;
    parts net = parts_of(m);
    float pooled[2 * NET_FILTERS_MAX], between[NET_HIDDEN_MAX];
    pool(m, &net, c, t, s, pooled);
    for (uint32_t h = 0; h < hidden; h++) {
        float sum = product(pooled, net.hidden + (size_t)h * 2 * filters, 2 * filters);
        float out = weights_f32(net.hidden_params, h) + weights_f32(net.hidden_params, hidden + h) * sum;
        between[h] = out > 0 ? out : 0;
    }
    for (uint32_t h = 0; h < MODEL_HEADS; h++)
        heads[h] += weights_f32(net.out_steps, h) * product(between, net.out + (size_t)h * hidden, hidden);
}
