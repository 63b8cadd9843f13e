/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What training sees: the features of every listener turn, made by the very code that runs later. Built as a
 * shared library by train.sh and called from features.py; no part of the product.
 */
#include "listening/words/engine.h"

#define MODEL_ABI __attribute__((visibility("default")))

MODEL_ABI size_t dump_engine_bytes(void);
MODEL_ABI uint32_t dump_conversation(void *memory, const uint8_t *packed, uint32_t n, uint32_t *out,
                                     uint32_t cap);
MODEL_ABI int dump_logits(void *memory, const uint8_t *model, uint32_t model_n, const uint8_t *packed,
                          uint32_t n, float *out, uint32_t cap);

size_t dump_engine_bytes(void)
{
    return listen_engine_size();
}

/* packed: per turn who (1 byte: 0 listener, 1 speaker, 2 listener who has no answer yet), length (u32,
 * big-endian), bytes. */
static bool next_turn(hk_reader *r, listen_turn *ret, bool *ret_waits)
{
    if (r->bad || r->left == 0)
        return false;
    uint8_t who = hk_read_u8(r);
    *ret_waits = who == 2;
    ret->who = who == 1 ? LISTEN_SPEAKER : LISTEN_LISTENER;
    ret->text = hk_read_bytes(r, hk_read_u32(r));
    ret->start_ms = LISTEN_NO_TIME;
    return !r->bad;
}

/* As listen_conversation does: the answer, where one follows. */
static void foresee(listen_engine *e, hk_reader rest, bool waits)
{
    listen_turn answer;
    bool other;
    if (!waits && next_turn(&rest, &answer, &other) && answer.who == LISTEN_SPEAKER)
        engine_foresee(e, answer.text);
}

/* Per listener turn: the ends of the blocks, the hashes, the number of words, per word its hash and marks,
 * then the signals as they lie. Returns the numbers written, or 0 when out is too small. */
uint32_t dump_conversation(void *memory, const uint8_t *packed, uint32_t n, uint32_t *out, uint32_t cap)
{
    listen_engine *e;
    if (listen_engine_init(memory, listen_engine_size(), "en", NULL, &e) != HK_OK)
        return 0;
    hk_reader r = hk_reader_of(hk_slice_of(packed, n));
    listen_turn turn;
    bool waits;
    uint32_t at = 0;
    while (next_turn(&r, &turn, &waits)) {
        if (turn.who == LISTEN_LISTENER) {
            foresee(e, r, waits);
            engine_judge(e, turn.text);
            features_read(&e->context, &e->tokens, &e->signals, &e->features);
            uint32_t need =
                BLOCKS + e->features.n + 1 + 2 * e->tokens.n + (uint32_t)(sizeof(signals) / 4) + 1;
            if (at + need > cap)
                return 0;
            for (int b = 0; b < BLOCKS; b++)
                out[at++] = e->features.end[b];
            memcpy(out + at, e->features.hash, e->features.n * sizeof *out);
            at += e->features.n;
            out[at++] = e->tokens.n;
            for (uint32_t i = 0; i < e->tokens.n; i++) {
                out[at++] = e->tokens.token[i].hash;
                out[at++] = net_marks(&e->context, &e->tokens, i);
            }
            out[at++] = (uint32_t)(sizeof(signals) / 4);
            memcpy(out + at, &e->signals, sizeof(signals));
            at += (uint32_t)(sizeof(signals) / 4);
        }
        listen_code code;
        listen_add(e, &turn, &code);
    }
    return at;
}

/* The sums of every listener turn as the engine makes them from these weights: for the parity check. */
int dump_logits(void *memory, const uint8_t *model, uint32_t model_n, const uint8_t *packed, uint32_t n,
                float *out, uint32_t cap)
{
    listen_engine *e;
    listen_model m;
    if (listen_model_open(hk_slice_of(model, model_n), &m) != HK_OK ||
        listen_engine_init(memory, listen_engine_size(), "en", &m, &e) != HK_OK)
        return -1;
    hk_reader r = hk_reader_of(hk_slice_of(packed, n));
    listen_turn turn;
    bool waits;
    uint32_t at = 0;
    while (next_turn(&r, &turn, &waits)) {
        if (turn.who == LISTEN_LISTENER) {
            foresee(e, r, waits);
            if (at + MODEL_HEADS > cap)
                return -1;
            engine_judge(e, turn.text);
            model_logits(&m, &e->context, &e->tokens, &e->features, &e->scratch, out + at);
            at += MODEL_HEADS;
        }
        listen_code code;
        listen_add(e, &turn, &code);
    }
    return (int)at;
}
