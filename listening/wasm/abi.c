/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The listening engine as a WASM module: no import at all, so no clock, no file and no network can exist in
 * it. The page's worker lays turns into one buffer and takes an answer out of another; both hold what people
 * wrote and are wiped after each question.
 *
 *   input of a conversation: count u32, each turn: who u8, timed u8, start u53, length u32, text
 *   input of a hint:         the same, then the draft to the end
 *   answer of a conversation: the JSON of listen_json; of a hint: kind u8, from u32, to u32, sureness u32
 * (the float's bits). Errors are negative hk_err numbers.
 */
#include <stdlib.h>
#include <string.h>

#include "listening/listening.h"

#define EXPORTED __attribute__((visibility("default"), used))

#define INPUT_MAX       (16u << 20)
#define STACK_END       16  /* nothing lies at the very first bytes: NULL */
#define STACK_OWN_FRAME 256 /* of memset and of wipe_stack itself */

uint8_t *listening_weights(uint32_t n);
int32_t listening_open(void);
uint8_t *listening_input(uint32_t n);
uint8_t *listening_output(void);
int32_t listening_conversation(uint32_t n);
int32_t listening_hint(uint32_t n);
void listening_wipe(void);

/* The module is one worker's: these are all the state there is. */
static unsigned char engine_memory[LISTEN_ENGINE_BYTES] __attribute__((aligned(16)));
static listen_engine *engine;
static listen_model model;
static struct {
    uint8_t *p;
    size_t n;
} weights, input, output;

static bool grow(uint8_t **p, size_t *n, size_t wanted)
{
    if (wanted <= *n)
        return true;
    free(*p);
    *p = malloc(wanted);
    *n = *p == NULL ? 0 : wanted;
    return *p != NULL;
}

/* Room for a weights file of n bytes; NULL: there is none. */
EXPORTED uint8_t *listening_weights(uint32_t n)
{
    weights.n = 0;
    return grow(&weights.p, &weights.n, n) ? weights.p : NULL;
}

static hk_err lay_engine(void)
{
    memset(engine_memory, 0, sizeof engine_memory);
    return listen_engine_init(engine_memory, sizeof engine_memory, "en", weights.n > 0 ? &model : NULL,
                              &engine);
}

/* With the weights that were laid in, or with rules alone when there were none. */
EXPORTED int32_t listening_open(void)
{
    if (weights.n > 0) {
        hk_err err = listen_model_open(hk_slice_of(weights.p, weights.n), &model);
        if (err != HK_OK)
            return -(int32_t)err;
    }
    return -(int32_t)lay_engine();
}

EXPORTED uint8_t *listening_input(uint32_t n)
{
    return n <= INPUT_MAX && grow(&input.p, &input.n, n) ? input.p : NULL;
}

EXPORTED uint8_t *listening_output(void)
{
    return output.p;
}

/* The stack lies first in memory: from its end up to here nothing is in use any more. */
static __attribute__((noinline)) void wipe_stack(void)
{
    volatile uint8_t here = 0;
    memset((void *)(uintptr_t)STACK_END, 0, (uintptr_t)&here - STACK_OWN_FRAME - STACK_END);
}

/* After each question: the words, and what the engine made of them. */
EXPORTED void listening_wipe(void)
{
    if (input.p != NULL)
        memset(input.p, 0, input.n);
    if (output.p != NULL)
        memset(output.p, 0, output.n);
    wipe_stack();
    if (engine != NULL && lay_engine() != HK_OK)
        engine = NULL;
}

/* Turns of a question; the caller frees them. */
static hk_err read_turns(hk_reader *in, listen_turn **ret_turns, size_t *ret_n)
{
    size_t n = hk_read_u32(in);
    if (in->bad || n > LISTEN_TURNS_MAX)
        return HK_TOO_MUCH;
    listen_turn *turns = calloc(n > 0 ? n : 1, sizeof *turns);
    if (turns == NULL)
        return HK_NO_MEMORY;
    for (size_t i = 0; i < n && !in->bad; i++) {
        turns[i].who = hk_read_u8(in) == LISTEN_SPEAKER ? LISTEN_SPEAKER : LISTEN_LISTENER;
        bool timed = hk_read_u8(in) != 0;
        int64_t start_ms = hk_read_u53(in);
        turns[i].start_ms = timed ? start_ms : LISTEN_NO_TIME;
        turns[i].text = hk_read_bytes(in, hk_read_u32(in));
    }
    *ret_turns = turns;
    *ret_n = n;
    return in->bad ? HK_BAD : HK_OK;
}

static hk_err code_turns(const listen_turn *turns, size_t n, size_t *ret_n)
{
    listen_session session;
    listen_code *codes = calloc(n > 0 ? n : 1, sizeof *codes);
    if (codes == NULL)
        return HK_NO_MEMORY;
    hk_err err = listen_conversation(engine, turns, n, codes, &session);
    if (err == HK_OK && !grow(&output.p, &output.n, n * LISTEN_JSON_TURN_MAX + LISTEN_JSON_SESSION_MAX))
        err = HK_NO_MEMORY;
    if (err == HK_OK)
        err = listen_json(turns, n, codes, &session, (char *)output.p, output.n, ret_n);
    free(codes);
    return err;
}

EXPORTED int32_t listening_conversation(uint32_t n)
{
    if (engine == NULL || n > input.n)
        return -(int32_t)HK_BUSY;
    hk_reader in = hk_reader_of(hk_slice_of(input.p, n));
    listen_turn *turns = NULL;
    size_t count, written = 0;
    hk_err err = read_turns(&in, &turns, &count);
    if (err == HK_OK)
        err = hk_reader_finished(&in) ? code_turns(turns, count, &written) : HK_BAD;
    free(turns);
    return err == HK_OK ? (int32_t)written : -(int32_t)err;
}

EXPORTED int32_t listening_hint(uint32_t n)
{
    enum { ANSWER_BYTES = 1 + 4 + 4 + 4 };
    if (engine == NULL || n > input.n)
        return -(int32_t)HK_BUSY;
    if (!grow(&output.p, &output.n, ANSWER_BYTES))
        return -(int32_t)HK_NO_MEMORY;
    hk_reader in = hk_reader_of(hk_slice_of(input.p, n));
    listen_turn *turns = NULL;
    size_t count;
    hk_err err = read_turns(&in, &turns, &count);
    if (err == HK_OK) {
        listen_hint hint;
        uint32_t sureness;
        listen_hint_draft(engine, turns, count, hk_read_bytes(&in, in.left), &hint);
        memcpy(&sureness, &hint.sureness, sizeof sureness);
        hk_writer out = hk_writer_of(output.p, output.n);
        hk_write_u8(&out, (uint8_t)hint.kind);
        hk_write_u32(&out, hint.from);
        hk_write_u32(&out, hint.to);
        hk_write_u32(&out, sureness);
    }
    free(turns);
    return err == HK_OK ? ANSWER_BYTES : -(int32_t)err;
}
