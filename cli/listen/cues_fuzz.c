/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes as WebVTT or SRT: what is taken has names, words and times that do not run backwards, and no tag
 * is left.
 */
#ifdef FUZZ_MUTANT /* the reader with a bug put in, to show that it would be caught */
#include FUZZ_MUTANT
#else
#include "cli/listen/cues.c"
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
    bool written_out = n > 0 && memmem(bytes, n, "&lt;", 4); /* then '<' is a sign somebody meant */
    hk_err err = transcript_read_cues(hk_slice_of(bytes, n), &t, &problem);
    must(err == HK_OK || err == HK_NO_MEMORY || (err == HK_BAD && problem.line > 0 && problem.expected));
    for (size_t i = 0; err == HK_OK && i < t.n; i++) {
        const utterance *u = &t.list[i];
        must(u->name.n > 0);
        must(u->text.n > 0 && u->start_ms >= 0 && (i == 0 || u->start_ms >= t.list[i - 1].start_ms));
        must(written_out || hk_slice_find(u->text, (uint8_t)'<') == u->text.n);
    }
    hk_arena_done(&arena);
    return 0;
}
