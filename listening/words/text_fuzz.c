/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes as a turn: every word lies inside its bounds, begins with a letter, a digit or a drawn face of
 * the text, and the words come in order.
 */
#ifdef FUZZ_MUTANT /* the reader with a bug put in, to show that it would be caught */
#include FUZZ_MUTANT
#else
#include "listening/words/text.c"
#endif

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool fine)
{
    if (!fine)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static text_tokens t;
    text_read(hk_slice_of(bytes, n), &t);
    must(t.n <= TEXT_TOKENS_MAX && t.chars_n <= TEXT_CHARS_MAX && t.source_end <= n);
    for (uint32_t i = 0; i < t.n; i++) {
        const text_token *k = &t.token[i];
        must(k->n > 0 && k->n <= TEXT_WORD_MAX && (uint32_t)k->at + k->n <= t.chars_n && k->source < n);
        must(i == 0 || k->source >= t.token[i - 1].source);
        size_t length;
        must(is_letter(code_point(hk_slice_of(bytes, n), k->source, &length)) ||
             emoticon(hk_slice_of(bytes, n), k->source, &length));
    }
    return 0;
}
