/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes as a commit, a consent or a leave: what parses is written again to the same bytes, members
 * ascend, the consents are those named; and whatever may begin or follow a chain carries its author's
 * signature.
 */
#ifdef FUZZ_MUTANT /* the reader with a bug put in, to show that it would be caught */
#include FUZZ_MUTANT
#else
#include "vault/public_commit.c"
#endif
#include <sodium.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool fine)
{
    if (!fine)
        __builtin_trap();
}

static void write_again(const vault_commit *c, hk_slice bytes)
{
    static uint8_t again[VAULT_COMMIT_BYTES_MAX];
    hk_writer w = hk_writer_of(again, sizeof again);
    hk_write_slice(&w, VAULT_D(VAULT_D_COMMIT));
    hk_write_bytes(&w, c->conv.b, 16);
    hk_write_u8(&w, c->kind);
    hk_write_u8(&w, c->flags);
    hk_write_u32(&w, c->epoch);
    hk_write_bytes(&w, c->prev, 32);
    hk_write_bytes(&w, c->author.b, 16);
    hk_write_bytes(&w, c->ckc, 32);
    hk_write_bytes(&w, c->first_hash, 32);
    hk_write_u8(&w, c->member_count);
    for (size_t i = 0; i < c->member_count; i++)
        vault_member_write(&w, &c->members[i]);
    hk_write_u8(&w, c->consent_count);
    for (size_t i = 0; i < c->consent_count; i++) {
        uint8_t hash[32];
        vault_consent_hash(hk_slice_of(c->consents[i].signed_bytes.p, VAULT_CONSENT_BYTES), hash);
        hk_write_bytes(&w, hash, 32);
    }
    must(hk_slice_eq(hk_writer_done(&w), c->signed_bytes));
    hk_write_slice(&w, c->signature);
    for (size_t i = 0; i < c->consent_count; i++) {
        hk_write_slice(&w, c->consents[i].signed_bytes);
        hk_write_slice(&w, c->consents[i].signature);
    }
    hk_write_u53(&w, c->note_seen_pos);
    hk_write_slice(&w, c->note_seen_hash);
    hk_write_slice(&w, c->note_tags);
    must(!w.bad && hk_slice_eq(hk_writer_done(&w), bytes));
}

static void a_commit(hk_slice bytes)
{
    static vault_commit c;
    static vault_chain next;
    vault_chain none = {0};
    if (vault_commit_parse(bytes, &c) != HK_OK) {
        must(vault_commit_check(&none, bytes, &next) != HK_OK);
        return;
    }
    write_again(&c, bytes);
    for (size_t i = 1; i < c.member_count; i++)
        must(memcmp(c.members[i - 1].account.b, c.members[i].account.b, 16) < 0);
    if (vault_commit_check(&none, bytes, &next) != HK_OK)
        return;
    const vault_member *author = vault_chain_member(&next, &c.author);
    must(author && next.epoch == 1 && next.member_count == c.member_count);
    must(crypto_sign_verify_detached(c.signature.p, c.signed_bytes.p, c.signed_bytes.n, author->ik) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    vault_consent consent;
    account_id who;
    static vault_chain chain;
    hk_slice all = hk_slice_of(bytes, n);
    must(sodium_init() >= 0);
    a_commit(all);
    if (vault_consent_parse(all, &consent) == HK_OK)
        must(n == VAULT_CONSENT_BYTES && consent.signature.n == 64 && consent.signed_bytes.n == 149);
    must(vault_leave_check(&chain, all, &who) != HK_OK); /* nobody is a member of nothing */
    return 0;
}
