/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes as frames, read at once and read piece by piece: both see the same frames and the same end; no
 * frame reaches over its bytes; a message stays under its bounds and, as a whole, is UTF-8. The first byte
 * chooses the side.
 */
#ifdef FUZZ_MUTANT /* the reader with a bug put in, to show that it would be caught */
#include FUZZ_MUTANT
#else
#include "wire/frame.c"
#endif

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool fine)
{
    if (!fine)
        __builtin_trap();
}

#define FUZZ_FRAMES 64

typedef struct seen {
    struct {
        int opcode, code;
        size_t n;
    } frames[FUZZ_FRAMES];
    size_t count, used;
    int code; /* that broke it */
    uint8_t message[WIRE_MESSAGE_BYTES];
    size_t message_n;
} seen;

static void keep(seen *s, const wire_frame *f)
{
    s->frames[s->count].opcode = (int)f->opcode;
    s->frames[s->count].n = f->n;
    s->frames[s->count++].code = f->close_code;
    if (f->opcode >= WIRE_CLOSE)
        return;
    must(s->message_n + f->n <= sizeof s->message);
    memcpy(s->message + s->message_n, f->payload, f->n);
    s->message_n += f->n;
    if (f->last) {
        must(hk_utf8_valid(hk_slice_of(s->message, s->message_n)));
        s->message_n = 0;
    }
}

/* Reads with at most `step` more bytes visible at a time. */
static void read_all(uint8_t *bytes, size_t n, bool from_client, size_t step, seen *s)
{
    wire_frame_reader r = {.from_client = from_client};
    size_t visible = step < n ? step : n;
    *s = (seen){0};
    while (s->count < FUZZ_FRAMES) {
        wire_frame f;
        wire_frame_result result = wire_frame_next(&r, bytes + s->used, visible - s->used, &f);
        if (result == WIRE_FRAME_BROKEN) {
            must(f.close_code >= 1000);
            s->code = f.close_code;
            return;
        }
        if (result == WIRE_FRAME_WHOLE) {
            must(f.used <= visible - s->used && f.payload + f.n == bytes + s->used + f.used);
            keep(s, &f);
            s->used += f.used;
            continue;
        }
        must(f.used > visible - s->used && f.used <= WIRE_MESSAGE_BYTES + WIRE_FRAME_HEAD_MAX);
        if (visible == n)
            return;
        visible = n - visible > step ? visible + step : n;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static seen once, pieces;
    if (n < 2)
        return 0;
    uint8_t *copy = malloc(n - 1);
    if (!copy)
        return 0;
    memcpy(copy, bytes + 1, n - 1);
    read_all(copy, n - 1, bytes[0] & 1, n, &once);
    memcpy(copy, bytes + 1, n - 1);
    read_all(copy, n - 1, bytes[0] & 1, 1 + (bytes[0] >> 4), &pieces);
    must(once.count == pieces.count && once.code == pieces.code && once.used == pieces.used);
    must(memcmp(once.frames, pieces.frames, sizeof once.frames) == 0);
    free(copy);
    return 0;
}
