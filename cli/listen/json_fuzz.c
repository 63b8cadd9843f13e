/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes as JSON: what is taken has somebody who speaks, text in UTF-8, and no time before the beginning.
 */
#ifdef FUZZ_MUTANT /* the reader with a bug put in, to show that it would be caught */
#include FUZZ_MUTANT
#else
#include "cli/listen/json.c"
#endif

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool fine)
{
    if (!fine)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    hk_arena arena;
    hk_arena_init(&arena, (size_t)8 << 20);
    transcript t = {.arena = &arena};
    transcript_problem problem = {0};
    hk_err err = transcript_read_json(hk_slice_of(bytes, n), &t, &problem);
    must(err == HK_OK || err == HK_NO_MEMORY ||
         (err == HK_BAD && problem.line + problem.turn > 0 && problem.expected));
    for (size_t i = 0; err == HK_OK && i < t.n; i++) {
        const utterance *u = &t.list[i];
        must(u->name.n > 0);
        must((u->start_ms == LISTEN_NO_TIME || u->start_ms >= 0) && hk_utf8_valid(u->text));
    }
    hk_arena_done(&arena);
    return 0;
}
