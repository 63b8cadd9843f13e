/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes as a weights file, with magic, size and checksum put right so that the rest is reached: what is
 * taken must give probabilities between 0 and 1 and touch nothing outside the file. A little file stands in
 * when the bytes are too few: its rows and params are the bytes over and over.
 */
#ifdef FUZZ_MUTANT /* the reader with a bug put in, to show that it would be caught */
#include FUZZ_MUTANT
#else
#include "listening/model/model.c"
#endif

#include <stdlib.h>

#include "listening/words/engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool fine)
{
    if (!fine)
        __builtin_trap();
}

static void write_u32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

/* A file of the right size whose body repeats the bytes. */
static uint8_t *file_of(const uint8_t *bytes, size_t n, size_t *ret_n)
{
    size_t body =
        (size_t)4 * (MODEL_HEADS * (1 + BLOCKS) + MODEL_KNOTS) + ((size_t)1 << ROWS_BITS_MIN) * MODEL_HEADS;
    uint8_t *p = calloc(1, HEADER_BYTES + body);
    must(p != NULL);
    for (size_t i = 0; n > 0 && i < body; i++)
        p[HEADER_BYTES + i] = bytes[i % n];
    for (size_t k = 0; k < MODEL_KNOTS; k++) /* knots that rise, unless the bytes' first says no */
        if (n > 0 && bytes[0] != '!')
            write_u32(p + HEADER_BYTES + 4 * (MODEL_HEADS * (1 + BLOCKS) + k), k ? 0x3F000000u : 0);
    memcpy(p, "HKLM", 4);
    write_u32(p + 4, FILE_VERSION);
    write_u32(p + 12, (uint32_t)(HEADER_BYTES + body));
    memcpy(p + 16, "en", 2);
    write_u32(p + 20, ROWS_BITS_MIN);
    write_u32(p + 24, MODEL_HEADS);
    write_u32(p + 8, crc32_of(p + HEADER_BYTES, body));
    *ret_n = HEADER_BYTES + body;
    return p;
}

static void is_probability(float p)
{
    must(p >= 0.0f && p <= 1.0f);
}

static void listens(const listen_model *m)
{
    static _Alignas(64) unsigned char memory[LISTEN_ENGINE_BYTES];
    listen_engine *e;
    must(listen_engine_init(memory, sizeof memory, "en", m, &e) == HK_OK);
    listen_turn turns[] = {
        {.who = LISTEN_SPEAKER, .text = HK_LIT("I am so tired."), .start_ms = LISTEN_NO_TIME},
        {.who = LISTEN_LISTENER,
         .text = HK_LIT("You are worn out, aren't you?"),
         .start_ms = LISTEN_NO_TIME}};
    listen_code codes[2];
    listen_session s;
    must(listen_conversation(e, turns, 2, codes, &s) == HK_OK);
    is_probability(codes[1].reflection);
    is_probability(codes[1].question);
    is_probability(codes[1].input);
    is_probability(codes[1].unasked);
    must(s.listening_balance >= -1.0f && s.listening_balance <= 1.0f);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    listen_model m;
    if (listen_model_open(hk_slice_of(bytes, n), &m) == HK_OK)
        listens(&m);
    size_t file_n;
    uint8_t *file = file_of(bytes, n, &file_n);
    if (listen_model_open(hk_slice_of(file, file_n), &m) == HK_OK)
        listens(&m);
    free(file);
    return 0;
}
