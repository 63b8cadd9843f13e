/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes as an envelope or as first words: what parses is written again to the same bytes, and fits only a
 * chain with exactly its members.
 */
#ifdef FUZZ_MUTANT /* the reader with a bug put in, to show that it would be caught */
#include FUZZ_MUTANT
#else
#include "vault/public_message.c"
#endif
#include <sodium.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool fine)
{
    if (!fine)
        __builtin_trap();
}

static void an_envelope(hk_slice bytes)
{
    static uint8_t again[VAULT_ENVELOPE_BYTES_MAX];
    static vault_chain chain;
    vault_envelope e;
    if (vault_envelope_parse(bytes, &e) != HK_OK)
        return;
    hk_writer w = hk_writer_of(again, sizeof again);
    hk_write_bytes(&w, (uint8_t[]){1, 1, e.type, 0}, 4);
    hk_write_bytes(&w, e.conv.b, 16);
    hk_write_u32(&w, e.epoch);
    hk_write_bytes(&w, e.sender.b, 16);
    hk_write_bytes(&w, e.stream.b, 16);
    hk_write_u32(&w, e.n);
    hk_write_u53(&w, e.seen_pos);
    hk_write_bytes(&w, e.seen_hash, 32);
    hk_write_bytes(&w, e.mid.b, 16);
    must(w.n == VAULT_HEADER_BYTES);
    hk_write_slice(&w, e.nonce);
    hk_write_u32(&w, (uint32_t)e.ct.n);
    hk_write_slice(&w, e.ct);
    hk_write_u8(&w, e.tag_count);
    hk_write_slice(&w, e.tags);
    must(!w.bad && hk_slice_eq(hk_writer_done(&w), bytes));
    must(vault_padded_length_ok(e.ct.n - VAULT_AEAD_BYTES));
    chain.conv = e.conv;
    chain.epoch = e.epoch;
    chain.member_count = e.tag_count;
    for (size_t i = 0; i < e.tag_count; i++)
        memcpy(chain.members[i].account.b, e.tags.p + i * 48, 16);
    if (vault_envelope_fits(&chain, &e) == HK_OK)
        must(vault_chain_member(&chain, &e.sender) != NULL);
    chain.member_count--;
    must(vault_envelope_fits(&chain, &e) != HK_OK);
    for (size_t i = 1; i < e.tag_count; i++)
        must(memcmp(e.tags.p + (i - 1) * 48, e.tags.p + i * 48, 16) < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    vault_first_words f;
    hk_slice all = hk_slice_of(bytes, n);
    must(sodium_init() >= 0);
    an_envelope(all);
    if (vault_first_words_parse(all, &f) == HK_OK) {
        must(vault_member_check(&f.from) == HK_OK);
        must(f.before_tag.n + f.tag.n == n && f.before_nonce.n + 24 + 4 + f.ct.n == f.before_tag.n);
    }
    return 0;
}
