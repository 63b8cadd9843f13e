/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reading commits, consents and leaves. A stored commit is: the signed part, the author's signature, the
 * consents the signed part names by hash (whole, in that order), and the note (seenPos, seenHash, one tag a
 * member).
 */
#include "vault/bytes.h"

#define CONSENT_SIGNED (VAULT_CONSENT_BYTES - VAULT_SIGNATURE_BYTES)

void vault_member_read(hk_reader *r, vault_member *ret)
{
    hk_read_into(r, ret->account.b, HK_ID_BYTES);
    hk_read_into(r, ret->ik, sizeof ret->ik);
    hk_read_into(r, ret->ek, sizeof ret->ek);
    ret->ek_serial = hk_read_u32(r);
    hk_read_into(r, ret->ek_cert, sizeof ret->ek_cert);
    ret->role = hk_read_u8(r);
}

void vault_member_write(hk_writer *w, const vault_member *m)
{
    hk_write_bytes(w, m->account.b, HK_ID_BYTES);
    hk_write_bytes(w, m->ik, sizeof m->ik);
    hk_write_bytes(w, m->ek, sizeof m->ek);
    hk_write_u32(w, m->ek_serial);
    hk_write_bytes(w, m->ek_cert, sizeof m->ek_cert);
    hk_write_u8(w, m->role);
}

hk_err vault_consent_parse(hk_slice bytes, vault_consent *ret)
{
    vault_consent c = {0};
    hk_reader r = hk_reader_of(bytes);
    vault_read_domain(&r, VAULT_D(VAULT_D_CONSENT));
    hk_read_into(&r, c.id, sizeof c.id);
    hk_read_into(&r, c.conv.b, HK_ID_BYTES);
    hk_read_into(&r, c.client.b, HK_ID_BYTES);
    hk_read_into(&r, c.subject.b, HK_ID_BYTES);
    hk_read_into(&r, c.subject_ik, sizeof c.subject_ik);
    c.role = hk_read_u8(&r);
    c.from_epoch = hk_read_u32(&r);
    c.until_ms = hk_read_u53(&r);
    hk_read_into(&r, c.why.b, HK_ID_BYTES);
    c.signed_bytes = hk_slice_part(bytes, 0, CONSENT_SIGNED);
    c.signature = hk_read_bytes(&r, VAULT_SIGNATURE_BYTES);
    if (!hk_reader_finished(&r))
        return HK_BAD;
    *ret = c;
    return HK_OK;
}

hk_err vault_consent_verify(const vault_consent *consent, const uint8_t ik[static VAULT_KEY_BYTES])
{
    return vault_signature_check(consent->signature, consent->signed_bytes, ik);
}

void vault_consent_hash(hk_slice bytes, uint8_t ret[static VAULT_HASH_BYTES])
{
    VAULT_HASH(ret, VAULT_D(VAULT_D_CONHASH), bytes);
}

static hk_err read_members(hk_reader *r, vault_commit *c)
{
    c->member_count = hk_read_u8(r);
    if (c->member_count > VAULT_MEMBERS_MAX)
        return HK_TOO_MUCH;
    if (c->member_count == 0)
        return HK_BAD;
    for (size_t i = 0; i < c->member_count; i++) {
        vault_member_read(r, &c->members[i]);
        if (r->bad || (i && vault_id_order(c->members[i - 1].account.b, c->members[i].account.b) >= 0))
            return HK_BAD;
    }
    return HK_OK;
}

/* The consents themselves must be those that the signed part names. */
static hk_err read_consents(hk_reader *r, hk_slice hashes, vault_commit *c)
{
    for (size_t i = 0; i < c->consent_count; i++) {
        hk_slice bytes = hk_read_bytes(r, VAULT_CONSENT_BYTES);
        HK_TRY(vault_consent_parse(bytes, &c->consents[i]));
        uint8_t hash[VAULT_HASH_BYTES];
        vault_consent_hash(bytes, hash);
        if (!hk_slice_eq(VAULT_32(hash), hk_slice_part(hashes, i * VAULT_HASH_BYTES, VAULT_HASH_BYTES)))
            return HK_BAD;
    }
    return HK_OK;
}

hk_err vault_commit_parse(hk_slice bytes, vault_commit *ret)
{
    vault_commit *c = ret;
    hk_reader r = hk_reader_of(bytes);
    *c = (vault_commit){0};
    vault_read_domain(&r, VAULT_D(VAULT_D_COMMIT));
    hk_read_into(&r, c->conv.b, HK_ID_BYTES);
    c->kind = hk_read_u8(&r);
    c->flags = hk_read_u8(&r);
    c->epoch = hk_read_u32(&r);
    hk_read_into(&r, c->prev, sizeof c->prev);
    hk_read_into(&r, c->author.b, HK_ID_BYTES);
    hk_read_into(&r, c->ckc, sizeof c->ckc);
    hk_read_into(&r, c->first_hash, sizeof c->first_hash);
    HK_TRY(read_members(&r, c));
    c->consent_count = hk_read_u8(&r);
    if (c->consent_count > VAULT_CONSENTS_MAX)
        return HK_TOO_MUCH;
    hk_slice hashes = hk_read_bytes(&r, (size_t)c->consent_count * VAULT_HASH_BYTES);
    if (r.bad)
        return HK_BAD;
    c->signed_bytes = hk_slice_of(bytes.p, bytes.n - r.left);
    c->signature = hk_read_bytes(&r, VAULT_SIGNATURE_BYTES);
    HK_TRY(read_consents(&r, hashes, c));
    c->note_seen_pos = hk_read_u53(&r);
    c->note_seen_hash = hk_read_bytes(&r, VAULT_HASH_BYTES);
    c->note_tags = hk_read_bytes(&r, (size_t)c->member_count * VAULT_TAG_BYTES);
    if (!hk_reader_finished(&r))
        return HK_BAD;
    VAULT_HASH(c->hash, VAULT_D(VAULT_D_CHASH), c->signed_bytes, c->signature);
    return HK_OK;
}

hk_err vault_leave_check(const vault_chain *chain, hk_slice bytes, account_id *ret_account)
{
    hk_reader r = hk_reader_of(bytes);
    conversation_id conv;
    account_id account;
    vault_read_domain(&r, VAULT_D(VAULT_D_LEAVE));
    hk_read_into(&r, conv.b, HK_ID_BYTES);
    hk_slice commit_hash = hk_read_bytes(&r, VAULT_HASH_BYTES);
    hk_read_into(&r, account.b, HK_ID_BYTES);
    hk_slice signature = hk_read_bytes(&r, VAULT_SIGNATURE_BYTES);
    if (!hk_reader_finished(&r))
        return HK_BAD;
    const vault_member *m = vault_chain_member(chain, &account);
    if (!HK_ID_EQ(conv, chain->conv) || !m)
        return HK_REFUSED;
    if (!hk_slice_eq(commit_hash, VAULT_32(chain->commit_hash)))
        return HK_CONFLICT;
    HK_TRY(vault_signature_check(signature,
                                 hk_slice_part(bytes, 0, VAULT_LEAVE_BYTES - VAULT_SIGNATURE_BYTES), m->ik));
    *ret_account = account;
    return HK_OK;
}
