/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * First words to a team (M8): sealed to the team's key, tagged so that everyone on the team can check who
 * wrote them and nobody can prove it. Then the listener's first commit, as the client judges it.
 *
 * What is sealed is the mid, then a body as in messages: the same words go into the conversation later under
 * the same mid.
 */
#include "vault/inside.h"
#include "vault/people.h"

#include <string.h>

static void write_front(const vault_account *me, const conversation_id *conv, const vault_team *team,
                        hk_writer *w)
{
    hk_write_slice(w, VAULT_D(VAULT_D_FIRST));
    hk_write_bytes(w, conv->b, HK_ID_BYTES);
    hk_write_bytes(w, team->team.b, HK_ID_BYTES);
    hk_write_u32(w, team->serial);
    hk_write_bytes(w, me->id.b, HK_ID_BYTES);
    hk_write_bytes(w, me->ik, VAULT_KEY_BYTES);
    hk_write_bytes(w, me->eks[0].pk, VAULT_KEY_BYTES);
    hk_write_u32(w, me->eks[0].serial);
    hk_write_bytes(w, me->eks[0].cert, VAULT_SIGNATURE_BYTES);
}

static hk_err first_tag(const uint8_t *secret, const uint8_t *pk, const vault_first_words *f,
                        const uint8_t *tk, hk_slice before_tag, uint8_t *ret)
{
    VAULT_KEY(shared);
    VAULT_KEY(p);
    uint8_t hash[VAULT_HASH_BYTES];
    HK_TRY(vault_shared(secret, pk, shared.b));
    vault_pair_key(shared.b, f->from.ek, tk, f->from.account.b, f->team.b, p.b);
    VAULT_HASH(hash, VAULT_D(VAULT_D_FIRSTTAG), before_tag);
    (void)crypto_auth(ret, hash, sizeof hash, p.b); /* cannot fail */
    return HK_OK;
}

hk_err vault_derive_first(const vault_account *me, const conversation_id *conv, const vault_team *team,
                          const vault_words *words, const uint8_t fk[static VAULT_KEY_BYTES],
                          const uint8_t ephemeral_seed[static VAULT_KEY_BYTES],
                          const uint8_t nonce[static VAULT_NONCE_BYTES], uint8_t *ret, size_t cap,
                          size_t *ret_n)
{
    uint8_t body[VAULT_PADDED_MAX], sealed_key[VAULT_KEY_BYTES + VAULT_SEAL_BYTES], tag[VAULT_TAG_BYTES];
    size_t padded;
    vault_first_words f = {.team = team->team};
    HK_TRY(vault_box_seal(VAULT_32(fk), team->tk, ephemeral_seed, sealed_key));
    HK_TRY(vault_body_write(words, HK_ID_SLICE(words->mid), body, &padded));
    hk_writer w = hk_writer_of(ret, cap);
    write_front(me, conv, team, &w);
    hk_write_bytes(&w, sealed_key, sizeof sealed_key);
    hk_slice aad = hk_writer_done(&w);
    hk_write_bytes(&w, nonce, VAULT_NONCE_BYTES);
    hk_write_u32(&w, (uint32_t)(padded + VAULT_AEAD_BYTES));
    if (w.bad || w.cap - w.n < padded + VAULT_AEAD_BYTES + VAULT_TAG_BYTES) {
        sodium_memzero(body, padded);
        return HK_TOO_MUCH;
    }
    vault_aead_seal(fk, nonce, VAULT_D(VAULT_D_FIRST), aad, hk_slice_of(body, padded), ret + w.n);
    w.n += padded + VAULT_AEAD_BYTES;
    sodium_memzero(body, padded);
    f.from.account = me->id;
    memcpy(f.from.ek, me->eks[0].pk, VAULT_KEY_BYTES);
    HK_TRY(first_tag(me->eks[0].secret, team->tk, &f, team->tk, hk_writer_done(&w), tag));
    hk_write_bytes(&w, tag, sizeof tag);
    *ret_n = w.n;
    return HK_OK;
}

hk_err vault_first_seal(const vault_account *me, const conversation_id *conv, const vault_team *team,
                        const vault_words *words, uint8_t *ret, size_t cap, size_t *ret_n)
{
    VAULT_KEY(fk);
    VAULT_KEY(seed);
    uint8_t nonce[VAULT_NONCE_BYTES];
    randombytes_buf(fk.b, sizeof fk.b);
    randombytes_buf(seed.b, sizeof seed.b);
    randombytes_buf(nonce, sizeof nonce);
    return vault_derive_first(me, conv, team, words, fk.b, seed.b, nonce, ret, cap, ret_n);
}

hk_err vault_first_open(const vault_team_key *key, hk_slice bytes, uint8_t *buffer, size_t cap,
                        vault_words *ret_words)
{
    VAULT_KEY(fk);
    uint8_t tag[VAULT_TAG_BYTES];
    vault_first_words f;
    HK_TRY(vault_first_words_parse(bytes, &f));
    if (cap < VAULT_PADDED_MAX)
        return HK_TOO_MUCH;
    if (!HK_ID_EQ(f.team, key->team) || f.serial != key->serial)
        return HK_REFUSED;
    HK_TRY(first_tag(key->secret, f.from.ek, &f, key->pk, f.before_tag, tag));
    if (sodium_memcmp(tag, f.tag.p, sizeof tag) != 0)
        return HK_REFUSED;
    HK_TRY(vault_box_open(f.sealed_key, key->pk, key->secret, fk.b));
    HK_TRY(vault_aead_open(fk.b, f.nonce.p, VAULT_D(VAULT_D_FIRST), f.before_nonce, f.ct, buffer));
    size_t n;
    HK_TRY(vault_unpad(buffer, f.ct.n - VAULT_AEAD_BYTES, &n));
    if (n < HK_ID_BYTES)
        return HK_REFUSED;
    HK_TRY(vault_body_read(hk_slice_of(buffer + HK_ID_BYTES, n - HK_ID_BYTES), ret_words));
    memcpy(ret_words->mid.b, buffer, HK_ID_BYTES);
    return HK_OK;
}

hk_err vault_genesis_accept(const vault_account *me, hk_slice commit,
                            const uint8_t first_hash[static VAULT_HASH_BYTES], hk_slice roster,
                            const uint8_t place[static VAULT_KEY_BYTES], int64_t now_ms)
{
    static const vault_chain none = {0};
    vault_chain chain;
    vault_roster who;
    HK_TRY(vault_commit_check(&none, commit, &chain));
    const vault_member *self = vault_chain_member(&chain, &me->id);
    const vault_member *author = vault_chain_member(&chain, &chain.host);
    if (chain.kind != VAULT_KIND_PAIR || !self || self->role != VAULT_ROLE_CLIENT || !author ||
        author == self)
        return HK_REFUSED;
    if (!hk_slice_eq(VAULT_32(self->ik), VAULT_32(me->ik)) || !vault_account_ek(me, self->ek))
        return HK_REFUSED;
    if (!hk_slice_eq(VAULT_32(chain.first_hash), VAULT_32(first_hash)))
        return HK_REFUSED;
    HK_TRY(vault_roster_check(roster, place, now_ms, &who));
    if (!vault_roster_is_listener(&who) || !HK_ID_EQ(who.account, author->account) ||
        !hk_slice_eq(VAULT_32(who.ik), VAULT_32(author->ik)))
        return HK_REFUSED;
    return HK_OK;
}
