/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A chain as bytes: version 1, then its fields in order. For the database's row and a client's sealed store;
 * never sent, so it is not signed.
 */
#include "vault/bytes.h"

#define CHAIN_VERSION 1

hk_err vault_chain_encode(const vault_chain *chain, uint8_t *ret, size_t cap, size_t *ret_n)
{
    hk_writer w = hk_writer_of(ret, cap);
    hk_write_u8(&w, CHAIN_VERSION);
    hk_write_bytes(&w, chain->conv.b, HK_ID_BYTES);
    hk_write_u8(&w, chain->kind);
    hk_write_u32(&w, chain->epoch);
    hk_write_bytes(&w, chain->commit_hash, VAULT_HASH_BYTES);
    hk_write_bytes(&w, chain->genesis_hash, VAULT_HASH_BYTES);
    hk_write_bytes(&w, chain->first_hash, VAULT_HASH_BYTES);
    hk_write_bytes(&w, chain->ckc, VAULT_HASH_BYTES);
    hk_write_bytes(&w, chain->host.b, HK_ID_BYTES);
    hk_write_u8(&w, chain->member_count);
    for (size_t i = 0; i < chain->member_count; i++) {
        vault_member_write(&w, &chain->members[i]);
        hk_write_u53(&w, chain->until_ms[i]);
        hk_write_u32(&w, chain->from_epoch[i]);
    }
    hk_write_u32(&w, chain->consent_count);
    hk_write_bytes(&w, chain->consents, (size_t)chain->consent_count * HK_ID_BYTES);
    if (w.bad)
        return HK_TOO_MUCH;
    *ret_n = w.n;
    return HK_OK;
}

hk_err vault_chain_decode(hk_slice bytes, vault_chain *ret)
{
    hk_reader r = hk_reader_of(bytes);
    vault_chain *c = ret;
    *c = (vault_chain){0};
    if (hk_read_u8(&r) != CHAIN_VERSION)
        return HK_BAD;
    hk_read_into(&r, c->conv.b, HK_ID_BYTES);
    c->kind = hk_read_u8(&r);
    c->epoch = hk_read_u32(&r);
    hk_read_into(&r, c->commit_hash, VAULT_HASH_BYTES);
    hk_read_into(&r, c->genesis_hash, VAULT_HASH_BYTES);
    hk_read_into(&r, c->first_hash, VAULT_HASH_BYTES);
    hk_read_into(&r, c->ckc, VAULT_HASH_BYTES);
    hk_read_into(&r, c->host.b, HK_ID_BYTES);
    c->member_count = hk_read_u8(&r);
    if (c->member_count > VAULT_MEMBERS_MAX)
        return HK_BAD;
    for (size_t i = 0; i < c->member_count; i++) {
        vault_member_read(&r, &c->members[i]);
        c->until_ms[i] = hk_read_u53(&r);
        c->from_epoch[i] = hk_read_u32(&r);
        if (i && vault_id_order(c->members[i - 1].account.b, c->members[i].account.b) >= 0)
            return HK_BAD;
    }
    uint32_t used = hk_read_u32(&r);
    if (used > VAULT_CHAIN_CONSENTS_MAX)
        return HK_BAD;
    c->consent_count = (uint16_t)used;
    hk_read_into(&r, c->consents[0], (size_t)used * HK_ID_BYTES);
    return hk_reader_finished(&r) ? HK_OK : HK_BAD;
}
