/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Three conversations are awake in the module's memory. The others sleep outside it, in the worker, sealed in
 * one piece under a key that is drawn at unlock and never leaves. What outlives the unlock is another thing:
 * vault_log_keep, sealed under the account's key.
 */
#include "vault/wasm/abi.h"

#include <sodium.h>

hk_err abi_slot_of(abi_session *s, const conversation_id *conv, abi_slot **ret)
{
    for (size_t i = 0; i < ABI_SLOTS; i++) {
        abi_slot *slot = &s->slots[i];
        if (slot->used && !slot->sealed && HK_ID_EQ(slot->conv, *conv)) {
            *ret = slot;
            return HK_OK;
        }
    }
    return HK_NOT_THERE;
}

static abi_slot *free_slot(abi_session *s)
{
    for (size_t i = 0; i < ABI_SLOTS; i++) {
        if (!s->slots[i].used)
            return &s->slots[i];
    }
    return NULL;
}

static void wipe_slot(abi_slot *slot)
{
    sodium_memzero(slot, sizeof *slot);
}

/* An empty log in a free slot. HK_BUSY: all are taken, put one to sleep first. */
static hk_err begin_log(abi_session *s, const conversation_id *conv, abi_slot **ret)
{
    if (abi_slot_of(s, conv, ret) == HK_OK)
        return HK_CONFLICT;
    abi_slot *slot = *ret = free_slot(s);
    if (slot == NULL)
        return HK_BUSY;
    vault_log_memory memory = {slot->history, ABI_HISTORY_SLOTS, slot->mids, ABI_MID_SLOTS};
    HK_TRY(vault_log_init(&slot->log, &s->me, conv, &memory));
    slot->used = true;
    slot->conv = *conv;
    return HK_OK;
}

hk_err abi_log_open(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    HK_TRY(abi_unlocked(s, in));
    abi_slot *slot;
    HK_TRY(begin_log(s, &conv, &slot));
    const vault_tip *tip = vault_state_find_tip(abi_state_of(s), &conv);
    if (tip != NULL)
        vault_log_expect(&slot->log, tip);
    return HK_OK;
}

/* ---- From one unlock to the next ---- */

/* conv -> where reading stands, sealed. HK_BUSY: something about it is not settled, it is not kept. */
hk_err abi_log_keep(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    HK_TRY(abi_unlocked(s, in));
    abi_slot *slot;
    HK_TRY(abi_slot_of(s, &conv, &slot));
    return vault_log_keep(&slot->log, out->p, out->cap, &out->n);
}

/* conv, what log_keep gave: reads on from there. Refused: nothing is open, begin with log_open. */
hk_err abi_log_resume(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    hk_slice kept = abi_read_rest(in);
    HK_TRY(abi_unlocked(s, in));
    abi_slot *slot;
    HK_TRY(begin_log(s, &conv, &slot));
    /* the question's own bytes, which nobody reads again */
    hk_err err = vault_state_resume(abi_state_of(s), &slot->log, (uint8_t *)(uintptr_t)kept.p, kept.n);
    if (err != HK_OK)
        wipe_slot(slot);
    return err;
}

/* conv, an entry hash or the stored bytes -> 1 when the last entry taken is that one */
hk_err abi_log_ends_with(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    bool hashed = hk_read_u8(in) == 1;
    hk_slice entry = abi_read_rest(in);
    uint8_t hash[VAULT_HASH_BYTES];
    HK_TRY(abi_unlocked(s, in));
    abi_slot *slot;
    HK_TRY(abi_slot_of(s, &conv, &slot));
    if (hashed && entry.n != sizeof hash)
        return HK_BAD;
    if (!hashed)
        vault_entry_hash(entry, hash);
    hk_write_u8(out, vault_log_ends_with(&slot->log, hashed ? entry.p : hash));
    return HK_OK;
}

/* ---- Asleep ---- */

/* What sleeps is everything behind `conv`: the log and its two tables, in one piece. */
#define ASLEEP_AT    offsetof(abi_slot, log)
#define ASLEEP_BYTES (sizeof(abi_slot) - ASLEEP_AT)

/* Seals the slot in place under a key that lives as long as this unlock. -> where it lies, how long, nonce,
 * tag: the worker copies it out and calls log_forget. */
hk_err abi_log_sleep(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    HK_TRY(abi_unlocked(s, in));
    abi_slot *slot;
    HK_TRY(abi_slot_of(s, &conv, &slot));
    uint8_t nonce[VAULT_NONCE_BYTES], tag[VAULT_AEAD_BYTES];
    uint8_t *p = (uint8_t *)slot + ASLEEP_AT;
    randombytes_buf(nonce, sizeof nonce);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt_detached(
        p, tag, NULL, p, ASLEEP_BYTES, conv.b, HK_ID_BYTES, NULL, nonce, s->sleep_key); /* cannot fail */
    slot->sealed = true;
    hk_write_u32(out, (uint32_t)(uintptr_t)p);
    hk_write_u32(out, (uint32_t)ASLEEP_BYTES);
    hk_write_bytes(out, nonce, sizeof nonce);
    hk_write_bytes(out, tag, sizeof tag);
    return HK_OK;
}

/* Empties a slot: one that was put to sleep, or one that is no longer wanted. */
hk_err abi_log_forget(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    HK_TRY(abi_unlocked(s, in));
    for (size_t i = 0; i < ABI_SLOTS; i++) {
        if (s->slots[i].used && HK_ID_EQ(s->slots[i].conv, conv))
            wipe_slot(&s->slots[i]);
    }
    return HK_OK;
}

/* A free slot to copy a sleeping conversation into. -> where, how long */
hk_err abi_log_bed(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    HK_TRY(abi_unlocked(s, in));
    abi_slot *slot = free_slot(s);
    if (slot == NULL)
        return HK_BUSY;
    slot->used = slot->sealed = true;
    slot->conv = conv;
    hk_write_u32(out, (uint32_t)((uintptr_t)slot + ASLEEP_AT));
    hk_write_u32(out, (uint32_t)ASLEEP_BYTES);
    return HK_OK;
}

/* conv, nonce, tag: opens what was copied in. HK_REFUSED: these are not the bytes that went to sleep. */
hk_err abi_log_wake(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    hk_slice nonce = hk_read_bytes(in, VAULT_NONCE_BYTES);
    hk_slice tag = hk_read_bytes(in, VAULT_AEAD_BYTES);
    HK_TRY(abi_unlocked(s, in));
    for (size_t i = 0; i < ABI_SLOTS; i++) {
        abi_slot *slot = &s->slots[i];
        if (!slot->used || !slot->sealed || !HK_ID_EQ(slot->conv, conv))
            continue;
        uint8_t *p = (uint8_t *)slot + ASLEEP_AT;
        if (crypto_aead_xchacha20poly1305_ietf_decrypt_detached(p, NULL, p, ASLEEP_BYTES, tag.p, conv.b,
                                                                HK_ID_BYTES, nonce.p, s->sleep_key) != 0) {
            wipe_slot(slot);
            return HK_REFUSED;
        }
        slot->sealed = false;
        slot->log.me = &s->me;
        slot->log.memory = (vault_log_memory){slot->history, ABI_HISTORY_SLOTS, slot->mids, ABI_MID_SLOTS};
        return HK_OK;
    }
    return HK_NOT_THERE;
}
