/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reading envelopes and first words: their shape, and whether an envelope fits the chain. What is inside
 * stays inside.
 */
#include "vault/bytes.h"

#define VERSION 1
#define SUITE   1
#define ONE_TAG (HK_ID_BYTES + VAULT_TAG_BYTES)

static hk_err read_header(hk_reader *r, vault_envelope *e)
{
    e->header = hk_slice_of(r->p, VAULT_HEADER_BYTES);
    uint8_t version = hk_read_u8(r), suite = hk_read_u8(r);
    e->type = hk_read_u8(r);
    uint8_t reserved = hk_read_u8(r);
    hk_read_into(r, e->conv.b, HK_ID_BYTES);
    e->epoch = hk_read_u32(r);
    hk_read_into(r, e->sender.b, HK_ID_BYTES);
    hk_read_into(r, e->stream.b, HK_ID_BYTES);
    e->n = hk_read_u32(r);
    e->seen_pos = hk_read_u53(r);
    hk_read_into(r, e->seen_hash, VAULT_HASH_BYTES);
    hk_read_into(r, e->mid.b, HK_ID_BYTES);
    if (r->bad || version != VERSION || suite != SUITE || reserved != 0 || e->epoch == 0)
        return HK_BAD;
    if (e->type == VAULT_TYPE_MESSAGE)
        return e->n > 0 ? HK_OK : HK_BAD;
    return e->type == VAULT_TYPE_RECEIPT && e->n == 0 ? HK_OK : HK_BAD;
}

static hk_err read_tags(hk_reader *r, vault_envelope *e)
{
    e->tag_count = hk_read_u8(r);
    if (e->tag_count > VAULT_MEMBERS_MAX)
        return HK_TOO_MUCH;
    e->tags = hk_read_bytes(r, (size_t)e->tag_count * ONE_TAG);
    if (!hk_reader_finished(r) || e->tag_count == 0)
        return HK_BAD;
    for (size_t i = 1; i < e->tag_count; i++)
        if (vault_id_order(e->tags.p + (i - 1) * ONE_TAG, e->tags.p + i * ONE_TAG) >= 0)
            return HK_BAD;
    return HK_OK;
}

static hk_err read_ct(hk_reader *r, hk_slice *ret)
{
    size_t n = hk_read_u32(r);
    if (r->bad || n < VAULT_AEAD_BYTES || !vault_padded_length_ok(n - VAULT_AEAD_BYTES))
        return HK_BAD;
    *ret = hk_read_bytes(r, n);
    return r->bad ? HK_BAD : HK_OK;
}

hk_err vault_envelope_parse(hk_slice bytes, vault_envelope *ret)
{
    vault_envelope e = {0};
    hk_reader r = hk_reader_of(bytes);
    if (bytes.n > VAULT_ENVELOPE_BYTES_MAX)
        return HK_TOO_MUCH;
    HK_TRY(read_header(&r, &e));
    e.nonce = hk_read_bytes(&r, VAULT_NONCE_BYTES);
    HK_TRY(read_ct(&r, &e.ct));
    if (e.type == VAULT_TYPE_RECEIPT && e.ct.n != 256 + VAULT_AEAD_BYTES)
        return HK_BAD;
    HK_TRY(read_tags(&r, &e));
    *ret = e;
    return HK_OK;
}

hk_err vault_envelope_fits(const vault_chain *chain, const vault_envelope *e)
{
    if (!HK_ID_EQ(e->conv, chain->conv) || !vault_chain_member(chain, &e->sender))
        return HK_REFUSED;
    if (e->epoch != chain->epoch)
        return HK_CONFLICT;
    if (e->tag_count != chain->member_count)
        return HK_REFUSED;
    for (size_t i = 0; i < e->tag_count; i++) /* both are ascending */
        if (vault_id_order(e->tags.p + i * ONE_TAG, chain->members[i].account.b) != 0)
            return HK_REFUSED;
    return HK_OK;
}

hk_err vault_first_words_parse(hk_slice bytes, vault_first_words *ret)
{
    vault_first_words f = {0};
    hk_reader r = hk_reader_of(bytes);
    if (bytes.n > VAULT_FIRST_BYTES_MAX)
        return HK_TOO_MUCH;
    vault_read_domain(&r, VAULT_D(VAULT_D_FIRST));
    hk_read_into(&r, f.conv.b, HK_ID_BYTES);
    hk_read_into(&r, f.team.b, HK_ID_BYTES);
    f.serial = hk_read_u32(&r);
    hk_read_into(&r, f.from.account.b, HK_ID_BYTES);
    hk_read_into(&r, f.from.ik, VAULT_KEY_BYTES);
    hk_read_into(&r, f.from.ek, VAULT_KEY_BYTES);
    f.from.ek_serial = hk_read_u32(&r);
    hk_read_into(&r, f.from.ek_cert, VAULT_SIGNATURE_BYTES);
    f.from.role = VAULT_ROLE_CLIENT;
    f.sealed_key = hk_read_bytes(&r, VAULT_KEY_BYTES + VAULT_SEAL_BYTES);
    f.before_nonce = hk_slice_of(bytes.p, bytes.n - r.left);
    f.nonce = hk_read_bytes(&r, VAULT_NONCE_BYTES);
    HK_TRY(read_ct(&r, &f.ct));
    f.before_tag = hk_slice_of(bytes.p, bytes.n - r.left);
    f.tag = hk_read_bytes(&r, VAULT_TAG_BYTES);
    if (!hk_reader_finished(&r) || f.serial == 0)
        return HK_BAD;
    HK_TRY(vault_member_check(&f.from));
    *ret = f;
    return HK_OK;
}

void vault_first_words_hash(hk_slice bytes, uint8_t ret[static VAULT_HASH_BYTES])
{
    VAULT_HASH(ret, bytes); /* the bytes begin with their own domain string */
}
