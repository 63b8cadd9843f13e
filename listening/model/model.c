/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The weights file, version 1, all little-endian:
 *
 *   header (64 bytes)
 *     0  "HKLM"           8  CRC-32 (IEEE 802.3) of everything from byte 64
 *     4  version, u32     12 size of the whole file, u32
 *     16 language, 4 bytes, NUL-filled ("en")
 *     20 rows_bits u32: the linear part has 2^rows_bits rows
 *     24 heads u32 (MODEL_HEADS)
 *     28 vocab u32, 32 filters u32, 36 hidden u32: the net; all 0 when there is none
 *     40 zeros
 *   head params: per head 1 + BLOCKS f32: bias, then one step per block
 *   calibration: MODEL_KNOTS f32, rising: what a gated reflection of k / 16 is worth
 *   rows: per row one i8 per head
 *   net: see net.c
 *
 * A head's sum is bias + sum over blocks of step * (sum of the rows' weights) / sqrt(features in the block).
 * The inner sums are integers, the outer ones floats in a fixed order: the same bits on every machine.
 */
#include "listening/model/model.h"
#include "listening/model/weights.h"

#define HEADER_BYTES  64u
#define FILE_VERSION  1u
#define ROWS_BITS_MIN 8u
#define ROWS_BITS_MAX 20u

static uint32_t crc32_of(const uint8_t *p, size_t n)
{
    uint32_t table[256];
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++)
            c = c & 1 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
        table[i] = c;
    }
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < n; i++)
        crc = table[(crc ^ p[i]) & 0xFF] ^ (crc >> 8);
    return ~crc;
}

/* The knots lie between 0 and 1 and never fall. */
static bool rises(const uint8_t *knots)
{
    float last = 0;
    for (size_t k = 0; k < MODEL_KNOTS; k++) {
        float knot = weights_f32(knots, k);
        if (!(knot >= last && knot <= 1.0f))
            return false;
        last = knot;
    }
    return true;
}

hk_err listen_model_open(hk_slice file, listen_model *ret)
{
    if (file.n < HEADER_BYTES || memcmp(file.p, "HKLM", 4) != 0 || weights_u32(file.p + 4) != FILE_VERSION ||
        weights_u32(file.p + 12) != file.n || weights_u32(file.p + 24) != MODEL_HEADS || file.p[19] != 0)
        return HK_BAD;
    listen_model m = {.bytes = file.p, .n = file.n};
    memcpy(m.language, file.p + 16, sizeof m.language);
    m.view.rows_bits = weights_u32(file.p + 20);
    m.view.heads = MODEL_HEADS;
    m.view.vocab = weights_u32(file.p + 28);
    m.view.filters = weights_u32(file.p + 32);
    m.view.hidden = weights_u32(file.p + 36);
    if (m.view.rows_bits < ROWS_BITS_MIN || m.view.rows_bits > ROWS_BITS_MAX)
        return HK_BAD;
    size_t params = (size_t)4 * (MODEL_HEADS * (1 + BLOCKS) + MODEL_KNOTS);
    size_t rows = ((size_t)1 << m.view.rows_bits) * MODEL_HEADS;
    size_t net;
    HK_TRY(net_bytes(&m, &net));
    if (file.n != HEADER_BYTES + params + rows + net)
        return HK_BAD;
    if (crc32_of(file.p + HEADER_BYTES, file.n - HEADER_BYTES) != weights_u32(file.p + 8))
        return HK_BAD;
    m.view.head_params = file.p + HEADER_BYTES;
    m.view.rows = m.view.head_params + params;
    m.view.net = m.view.rows + rows;
    if (!weights_sane(m.view.head_params, params / 4) ||
        !rises(m.view.head_params + params - 4 * MODEL_KNOTS) || !net_sane(&m))
        return HK_BAD;
    *ret = m;
    return HK_OK;
}

static void add_rows(const listen_model *m, const uint32_t *hashes, uint32_t n,
                     int32_t sums[static MODEL_HEADS])
{
    uint32_t mask = (1u << m->view.rows_bits) - 1;
    memset(sums, 0, MODEL_HEADS * sizeof *sums);
    for (uint32_t i = 0; i < n; i++) {
        const int8_t *row = (const int8_t *)m->view.rows + (size_t)(hashes[i] & mask) * MODEL_HEADS;
        for (int h = 0; h < MODEL_HEADS; h++)
            sums[h] += row[h];
    }
}

/* What block b adds to the sums. */
static void add_block(const listen_model *m, const features *f, uint32_t b, float ret[static MODEL_HEADS])
{
    enum { PARAMS = 1 + BLOCKS };
    uint32_t from = b == 0 ? 0 : f->end[b - 1], n = f->end[b] - from;
    int32_t sums[MODEL_HEADS];
    if (n == 0)
        return;
    add_rows(m, f->hash + from, n, sums);
    float share = 1.0f / exact_sqrt((float)n);
    for (int h = 0; h < MODEL_HEADS; h++)
        ret[h] += weights_f32(m->view.head_params, PARAMS * (size_t)h + 1 + b) * (float)sums[h] * share;
}

void model_logits(const listen_model *m, const context *c, const text_tokens *t, const features *f,
                  net_scratch *scratch, float ret[static MODEL_HEADS])
{
    for (int h = 0; h < MODEL_HEADS; h++)
        ret[h] = weights_f32(m->view.head_params, (1 + BLOCKS) * (size_t)h);
    for (uint32_t b = 0; b < BLOCKS; b++)
        add_block(m, f, b, ret);
    if (m->view.vocab > 0)
        net_add(m, c, t, scratch, ret);
}

static void softmax(const float *z, float ret[static LISTEN_MAINS])
{
    float top = z[0], sum = 0;
    for (int k = 1; k < LISTEN_MAINS; k++)
        top = z[k] > top ? z[k] : top;
    for (int k = 0; k < LISTEN_MAINS; k++)
        sum += ret[k] = exact_exp(z[k] - top);
    for (int k = 0; k < LISTEN_MAINS; k++)
        ret[k] /= sum;
}

/* Between the knots straight lines. */
static float calibrated(const listen_model *m, float p)
{
    const uint8_t *knots = m->view.head_params + (size_t)4 * MODEL_HEADS * (1 + BLOCKS);
    float at = p * (MODEL_KNOTS - 1);
    uint32_t k = (uint32_t)at;
    if (k >= MODEL_KNOTS - 1)
        return weights_f32(knots, MODEL_KNOTS - 1);
    float low = weights_f32(knots, k), high = weights_f32(knots, k + 1);
    return low + (high - low) * (at - (float)k);
}

/* An answer may speak against a reflection, never for one: people say "yeah, I suppose" to a lecture too. */
static void hold_answer(const listen_model *m, const features *f, float z[static MODEL_HEADS])
{
    float answer[MODEL_HEADS] = {0};
    add_block(m, f, BLOCK_ANSWER, answer);
    if (answer[HEAD_REFLECTION] > 0)
        z[HEAD_REFLECTION] -= answer[HEAD_REFLECTION];
}

/* From where a trap is likelier than not, the name too loses what the trap head takes: it goes to the others
 * by their share. */
static void share_out(float main[static LISTEN_MAINS], float trap)
{
    float left = trap <= 0.5f ? 1.0f : 2.0f * (1.0f - trap);
    float kept = main[LISTEN_REFLECTION] * left, others = 1.0f - main[LISTEN_REFLECTION];
    if (others <= 0.0f)
        return;
    float grow = (1.0f - kept) / others;
    for (int k = 0; k < LISTEN_MAINS; k++)
        main[k] *= k == LISTEN_REFLECTION ? left : grow;
}

void model_verdict(const listen_model *m, const context *c, const text_tokens *t, const features *f,
                   net_scratch *scratch, verdict *v)
{
    float z[MODEL_HEADS], p[MODEL_HEADS];
    model_logits(m, c, t, f, scratch, z);
    hold_answer(m, f, z);
    for (int h = 0; h < MODEL_HEADS; h++)
        p[h] = exact_sigmoid(z[h]);
    float left = 1.0f - p[HEAD_TRAP]; /* of a reflection: the rest may be a lecture in its shape */
    *v = (verdict){
        .reflection = calibrated(m, p[HEAD_REFLECTION] * (1.0f - p[HEAD_INPUT]) * left),
        .question = p[HEAD_QUESTION],
        .open = p[HEAD_OPEN],
        .input = p[HEAD_INPUT],
        .advice = p[HEAD_ADVICE],
        .validation = p[HEAD_VALIDATION],
        .emotional_reaction = {p[HEAD_EMOTIONAL_1], p[HEAD_EMOTIONAL_1] * p[HEAD_EMOTIONAL_2]},
        .interpretation = {p[HEAD_INTERPRETATION_1], p[HEAD_INTERPRETATION_1]},
        .exploration = {p[HEAD_EXPLORATION_1], p[HEAD_EXPLORATION_1] * p[HEAD_EXPLORATION_2]},
        .session_reflection = p[HEAD_SESSION_REFLECTION] * (1.0f - p[HEAD_SESSION_INPUT]),
        .session_input = p[HEAD_SESSION_INPUT],
    };
    softmax(z + HEAD_MAIN, v->main);
    share_out(v->main, p[HEAD_TRAP]);
}
