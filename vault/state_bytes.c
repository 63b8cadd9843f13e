/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The account state as bytes, sealed under AK with its serial (M10). Reading refuses what writing would not
 * make: wrong order, unknown version, trailing bytes.
 */
#include "vault/inside.h"
#include "vault/state.h"

#include <string.h>

#define STATE_VERSION 1

static void write_u16(hk_writer *w, size_t v)
{
    hk_write_u8(w, (uint8_t)(v >> 8));
    hk_write_u8(w, (uint8_t)v);
}

static size_t read_u16(hk_reader *r)
{
    size_t high = hk_read_u8(r);
    return high << 8 | hk_read_u8(r);
}

static void write_tip(hk_writer *w, const vault_tip *tip)
{
    hk_write_bytes(w, tip->conv.b, HK_ID_BYTES);
    hk_write_bytes(w, tip->genesis_hash, VAULT_HASH_BYTES);
    hk_write_bytes(w, tip->commit_hash, VAULT_HASH_BYTES);
    hk_write_u32(w, tip->resumed);
    hk_write_u53(w, tip->position);
    hk_write_bytes(w, tip->h, VAULT_HASH_BYTES);
    hk_write_u8(w, tip->member_count);
    for (size_t i = 0; i < tip->member_count; i++)
        hk_write_bytes(w, tip->members[i].b, HK_ID_BYTES);
}

static void write_tables(hk_writer *w, const vault_state *s)
{
    write_u16(w, s->pin_count);
    for (size_t i = 0; i < s->pin_count; i++) {
        const vault_pin *pin = &s->memory.pins[i];
        hk_write_bytes(w, pin->account.b, HK_ID_BYTES);
        hk_write_bytes(w, pin->ik, VAULT_KEY_BYTES);
        hk_write_u8(w, pin->how);
        hk_write_u53(w, pin->when_ms);
        hk_write_bytes(w, pin->other_ik, VAULT_KEY_BYTES);
    }
    write_u16(w, s->tip_count);
    for (size_t i = 0; i < s->tip_count; i++)
        write_tip(w, &s->memory.tips[i]);
    write_u16(w, s->key_count);
    for (size_t i = 0; i < s->key_count; i++) {
        hk_write_bytes(w, s->memory.keys[i].conv.b, HK_ID_BYTES);
        hk_write_u32(w, s->memory.keys[i].epoch);
        hk_write_bytes(w, s->memory.keys[i].ck, VAULT_KEY_BYTES);
    }
}

void vault_state_encode(const vault_state *s, hk_writer *w)
{
    hk_write_u8(w, STATE_VERSION);
    hk_write_u8(w, s->place_known);
    hk_write_bytes(w, s->place, VAULT_KEY_BYTES);
    hk_write_u53(w, s->audit_count);
    hk_write_bytes(w, s->audit_head, VAULT_HASH_BYTES);
    hk_write_u32(w, s->t_seen);
    hk_write_u32(w, s->m_seen);
    hk_write_u8(w, s->ek_count);
    for (size_t i = 0; i < s->ek_count; i++) {
        hk_write_u32(w, s->eks[i].serial);
        hk_write_bytes(w, s->eks[i].seed, VAULT_KEY_BYTES);
    }
    hk_write_u8(w, s->team_count);
    for (size_t i = 0; i < s->team_count; i++) {
        hk_write_bytes(w, s->teams[i].team.b, HK_ID_BYTES);
        hk_write_u32(w, s->teams[i].serial);
    }
    hk_write_u32(w, s->choices_n);
    hk_write_bytes(w, s->choices, s->choices_n);
    write_tables(w, s);
}

size_t vault_state_size(const vault_state *s)
{
    size_t small = 1 + 1 + VAULT_KEY_BYTES + 8 + VAULT_HASH_BYTES + 4 + 4;
    size_t n =
        VAULT_STATE_EXTRA + small + 1 + s->ek_count * 36u + 1 + s->team_count * 20u + 4 + s->choices_n + 6;
    n += s->pin_count * VAULT_PIN_BYTES + s->key_count * VAULT_KEPT_BYTES;
    for (size_t i = 0; i < s->tip_count; i++)
        n += VAULT_TIP_BYTES - (VAULT_MEMBERS_MAX - (size_t)s->memory.tips[i].member_count) * HK_ID_BYTES;
    return n;
}

static void state_key(const vault_account *me, vault_key *ret)
{
    VAULT_KEYED(ret->b, me->ak, VAULT_D(VAULT_D_STATE));
}

static hk_slice state_aad(const vault_account *me, int64_t serial, uint8_t ret[static HK_ID_BYTES + 8])
{
    hk_writer w = hk_writer_of(ret, HK_ID_BYTES + 8);
    hk_write_bytes(&w, me->id.b, HK_ID_BYTES);
    hk_write_u53(&w, serial);
    return hk_writer_done(&w);
}

hk_err vault_state_seal(const vault_account *me, int64_t serial, const vault_state *s, uint8_t *ret,
                        size_t cap, size_t *ret_n)
{
    VAULT_KEY(key);
    uint8_t aad[HK_ID_BYTES + 8];
    size_t front = 1 + VAULT_NONCE_BYTES;
    if (serial < 1 || serial > HK_INT_MAX || s->choices_n > VAULT_CHOICES_MAX)
        return HK_BAD;
    if (cap < VAULT_STATE_EXTRA)
        return HK_TOO_MUCH;
    ret[0] = 1;
    randombytes_buf(ret + 1, VAULT_NONCE_BYTES);
    hk_writer w = hk_writer_of(ret + front, cap - VAULT_STATE_EXTRA);
    vault_state_encode(s, &w);
    if (w.bad) {
        sodium_memzero(ret, cap);
        return HK_TOO_MUCH;
    }
    state_key(me, &key);
    vault_aead_seal(key.b, ret + 1, VAULT_D(VAULT_D_STATE), state_aad(me, serial, aad), hk_writer_done(&w),
                    ret + front); /* in place */
    *ret_n = w.n + VAULT_STATE_EXTRA;
    return HK_OK;
}

/* ---- Reading ---- */

static hk_err read_tip(hk_reader *r, vault_tip *tip)
{
    *tip = (vault_tip){0};
    hk_read_into(r, tip->conv.b, HK_ID_BYTES);
    hk_read_into(r, tip->genesis_hash, VAULT_HASH_BYTES);
    hk_read_into(r, tip->commit_hash, VAULT_HASH_BYTES);
    tip->resumed = hk_read_u32(r);
    tip->position = hk_read_u53(r);
    hk_read_into(r, tip->h, VAULT_HASH_BYTES);
    tip->member_count = hk_read_u8(r);
    if (r->bad || tip->member_count > VAULT_MEMBERS_MAX)
        return HK_BAD;
    for (size_t i = 0; i < tip->member_count; i++)
        hk_read_into(r, tip->members[i].b, HK_ID_BYTES);
    return r->bad ? HK_BAD : HK_OK;
}

static hk_err read_pins(hk_reader *r, vault_state *s)
{
    size_t n = read_u16(r);
    if (n > s->memory.pin_cap)
        return r->bad ? HK_BAD : HK_TOO_MUCH;
    for (size_t i = 0; i < n; i++) {
        vault_pin *pin = &s->memory.pins[i];
        hk_read_into(r, pin->account.b, HK_ID_BYTES);
        hk_read_into(r, pin->ik, VAULT_KEY_BYTES);
        pin->how = hk_read_u8(r);
        pin->when_ms = hk_read_u53(r);
        hk_read_into(r, pin->other_ik, VAULT_KEY_BYTES);
        if (r->bad || pin->how < VAULT_PIN_FIRST_SEEN || pin->how > VAULT_PIN_SPOKEN)
            return HK_BAD;
        if (i && vault_id_order(s->memory.pins[i - 1].account.b, pin->account.b) >= 0)
            return HK_BAD;
    }
    s->pin_count = n;
    return HK_OK;
}

static hk_err read_tips(hk_reader *r, vault_state *s)
{
    size_t n = read_u16(r);
    if (n > s->memory.tip_cap)
        return r->bad ? HK_BAD : HK_TOO_MUCH;
    for (size_t i = 0; i < n; i++) {
        HK_TRY(read_tip(r, &s->memory.tips[i]));
        if (i && vault_id_order(s->memory.tips[i - 1].conv.b, s->memory.tips[i].conv.b) >= 0)
            return HK_BAD;
    }
    s->tip_count = n;
    return HK_OK;
}

static hk_err read_keys(hk_reader *r, vault_state *s)
{
    size_t n = read_u16(r);
    if (n > s->memory.key_cap)
        return r->bad ? HK_BAD : HK_TOO_MUCH;
    for (size_t i = 0; i < n; i++) {
        vault_kept_key *key = &s->memory.keys[i];
        hk_read_into(r, key->conv.b, HK_ID_BYTES);
        key->epoch = hk_read_u32(r);
        hk_read_into(r, key->ck, VAULT_KEY_BYTES);
        if (r->bad || key->epoch == 0 || key->epoch > VAULT_COMMITS_MAX)
            return HK_BAD;
        int order = i ? vault_id_order(s->memory.keys[i - 1].conv.b, key->conv.b) : -1;
        if (order > 0 || (order == 0 && s->memory.keys[i - 1].epoch >= key->epoch))
            return HK_BAD;
    }
    s->key_count = n;
    return HK_OK;
}

static hk_err read_small(hk_reader *r, vault_state *s)
{
    uint8_t known;
    if (hk_read_u8(r) != STATE_VERSION)
        return HK_BAD;
    known = hk_read_u8(r);
    s->place_known = known == 1;
    hk_read_into(r, s->place, VAULT_KEY_BYTES);
    s->audit_count = hk_read_u53(r);
    hk_read_into(r, s->audit_head, VAULT_HASH_BYTES);
    s->t_seen = hk_read_u32(r);
    s->m_seen = hk_read_u32(r);
    s->ek_count = hk_read_u8(r);
    if (r->bad || known > 1 || s->ek_count > VAULT_EKS_MAX)
        return HK_BAD;
    for (size_t i = 0; i < s->ek_count; i++) {
        s->eks[i].serial = hk_read_u32(r);
        hk_read_into(r, s->eks[i].seed, VAULT_KEY_BYTES);
        if (s->eks[i].serial == 0 || (i && s->eks[i - 1].serial <= s->eks[i].serial))
            return HK_BAD;
    }
    s->team_count = hk_read_u8(r);
    if (r->bad || s->team_count > VAULT_TEAMS_MAX)
        return HK_BAD;
    for (size_t i = 0; i < s->team_count; i++) {
        hk_read_into(r, s->teams[i].team.b, HK_ID_BYTES);
        s->teams[i].serial = hk_read_u32(r);
        if (i && vault_id_order(s->teams[i - 1].team.b, s->teams[i].team.b) >= 0)
            return HK_BAD;
    }
    s->choices_n = hk_read_u32(r);
    if (r->bad || s->choices_n > VAULT_CHOICES_MAX)
        return HK_BAD;
    hk_read_into(r, s->choices, s->choices_n);
    return r->bad ? HK_BAD : HK_OK;
}

hk_err vault_state_decode(hk_slice plain, vault_state *s)
{
    hk_reader r = hk_reader_of(plain);
    vault_state_memory memory = s->memory;
    vault_state_init(s, &memory);
    HK_TRY(read_small(&r, s));
    HK_TRY(read_pins(&r, s));
    HK_TRY(read_tips(&r, s));
    HK_TRY(read_keys(&r, s));
    return hk_reader_finished(&r) ? HK_OK : HK_BAD;
}

hk_err vault_state_open(const vault_account *me, int64_t serial, uint8_t *sealed, size_t sealed_n,
                        vault_state *s)
{
    VAULT_KEY(key);
    uint8_t aad[HK_ID_BYTES + 8];
    size_t front = 1 + VAULT_NONCE_BYTES;
    if (sealed_n < VAULT_STATE_EXTRA || sealed[0] != 1 || serial < 1 || serial > HK_INT_MAX)
        return HK_BAD;
    state_key(me, &key);
    hk_slice ct = hk_slice_of(sealed + front, sealed_n - front);
    HK_TRY(vault_aead_open(key.b, sealed + 1, VAULT_D(VAULT_D_STATE), state_aad(me, serial, aad), ct,
                           sealed + front));
    hk_err err = vault_state_decode(hk_slice_of(sealed + front, ct.n - VAULT_AEAD_BYTES), s);
    sodium_memzero(sealed, sealed_n);
    if (err != HK_OK) {
        vault_state_memory memory = s->memory;
        vault_state_wipe(s);
        vault_state_init(s, &memory);
    }
    return err;
}
