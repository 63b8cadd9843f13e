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

static uint32_t u32_at(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static float f32_at(const uint8_t *p)
{
    uint32_t bits = u32_at(p);
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

static uint32_t word_row(const listen_model *m, uint32_t hash)
{
    uint32_t low = 0, high = m->view.vocab;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        uint32_t there = u32_at(m->view.net + (size_t)4 * middle);
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

/* What each word adds at each place. */
static void lay_words(const listen_model *m, const context *c, const text_tokens *t, const int8_t *words,
                      net_scratch *s)
{
    uint32_t filters = m->view.filters;
    const int8_t *marks = words + (size_t)(m->view.vocab + 1) * NET_PLACES * filters;
    for (uint32_t i = 0; i < t->n; i++) {
        memset(s->place[i], 0, sizeof s->place[i]);
        add_row(words + (size_t)word_row(m, t->token[i].hash) * NET_PLACES * filters, filters, s->place[i]);
        uint32_t set = net_marks(c, t, i);
        for (uint32_t b = 0; b < NET_MARKS; b++)
            if (set >> b & 1)
                add_row(marks + (size_t)b * NET_PLACES * filters, filters, s->place[i]);
    }
}

/* Greatest and mean of each filter over the words. */
static void pool(const text_tokens *t, const net_scratch *s, uint32_t filters, const uint8_t *params,
                 float *ret)
{
    for (uint32_t f = 0; f < filters; f++) {
        float bias = f32_at(params + (size_t)4 * f), step = f32_at(params + (size_t)4 * (filters + f));
        float greatest = 0, sum = 0;
        for (uint32_t i = 0; i < t->n; i++) {
            int32_t v = s->place[i][1][f] + (i + 1 < t->n ? s->place[i + 1][2][f] : 0) +
                        (i > 0 ? s->place[i - 1][0][f] : 0);
            float out = bias + step * (float)v;
            out = out > 0 ? out : 0;
            greatest = out > greatest ? out : greatest;
            sum += out;
        }
        ret[f] = greatest;
        ret[filters + f] = sum / (float)t->n;
    }
}

void net_add(const listen_model *m, const context *c, const text_tokens *t, net_scratch *s, float *heads)
{
    uint32_t filters = m->view.filters, hidden = m->view.hidden;
    if (t->n == 0)
        return;
    const uint8_t *params = m->view.net + (size_t)4 * m->view.vocab;
    const int8_t *words = (const int8_t *)params + (size_t)8 * filters;
    lay_words(m, c, t, words, s);
    float pooled[2 * NET_FILTERS_MAX], between[NET_HIDDEN_MAX];
    pool(t, s, filters, params, pooled);
    const int8_t *w1 = words + (size_t)(m->view.vocab + 1 + NET_MARKS) * NET_PLACES * filters;
    const uint8_t *b1 = (const uint8_t *)w1 + (size_t)hidden * 2 * filters;
    for (uint32_t h = 0; h < hidden; h++) {
        float sum = 0;
        for (uint32_t k = 0; k < 2 * filters; k++)
            sum += pooled[k] * (float)w1[(size_t)h * 2 * filters + k];
        float out = f32_at(b1 + (size_t)4 * h) + f32_at(b1 + (size_t)4 * (hidden + h)) * sum;
        between[h] = out > 0 ? out : 0;
    }
    const int8_t *w2 = (const int8_t *)b1 + (size_t)8 * hidden;
    const uint8_t *step = (const uint8_t *)w2 + (size_t)MODEL_HEADS * hidden;
    for (uint32_t h = 0; h < MODEL_HEADS; h++) {
        float sum = 0;
        for (uint32_t k = 0; k < hidden; k++)
            sum += between[k] * (float)w2[(size_t)h * hidden + k];
        heads[h] += f32_at(step + (size_t)4 * h) * sum;
    }
}
