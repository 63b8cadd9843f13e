/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "vault/wasm/abi.h"

#include <sodium.h>
#include <string.h>

static void clear_state(abi_state *held)
{
    vault_state_memory memory = {held->pins,   ABI_PINS_MAX, held->tips,
                                 ABI_TIPS_MAX, held->keys,   ABI_KEYS_MAX};
    sodium_memzero(held, sizeof *held);
    vault_state_init(&held->state, &memory);
}

vault_state *abi_state_of(abi_session *s)
{
    return &s->states[s->state_now].state;
}

void abi_state_begin(abi_session *s)
{
    clear_state(&s->states[s->state_now]);
    s->state_serial = 0;
    s->state_moves = 1;
    s->state_stored = s->state_sealed = 0;
}

void abi_state_moved(abi_session *s)
{
    s->state_moves++;
}

hk_err abi_pin(abi_session *s, const account_id *account, const uint8_t ik[static VAULT_KEY_BYTES],
               uint8_t how, int64_t now_ms)
{
    HK_TRY(vault_state_pin(abi_state_of(s), account, ik, how, now_ms));
    abi_state_moved(s);
    return HK_OK;
}

/* Opens into the state that is not in use. */
static hk_err open_other(abi_session *s, int64_t serial, hk_slice sealed, abi_state **ret)
{
    abi_state *other = &s->states[1 - s->state_now];
    clear_state(other);
    /* The question's buffer is ours to overwrite: opening happens in place. */
    HK_TRY(vault_state_open(&s->me, serial, (uint8_t *)(uintptr_t)sealed.p, sealed.n, &other->state));
    *ret = other;
    return HK_OK;
}

static void use_other(abi_session *s, int64_t serial)
{
    clear_state(&s->states[s->state_now]);
    s->state_now = 1 - s->state_now;
    s->state_serial = serial;
}

static uint32_t larger(uint32_t one, uint32_t two)
{
    return one > two ? one : two;
}

/* At sign-in: serial, sealed */
hk_err abi_state_open(abi_session *s, hk_reader *in, hk_writer *out)
{
    int64_t serial = hk_read_u53(in);
    hk_slice sealed = abi_read_rest(in);
    HK_TRY(abi_unlocked(s, in));
    abi_state *other;
    HK_TRY(open_other(s, serial, sealed, &other));
    use_other(s, serial);
    s->state_stored = s->state_sealed = s->state_moves;
    vault_state *state = abi_state_of(s);
    if (s->root.t > state->t_seen || s->root.m > state->m_seen) {
        state->t_seen = larger(state->t_seen, s->root.t);
        state->m_seen = larger(state->m_seen, s->root.m);
        abi_state_moved(s);
    }
    return vault_state_prepare(state, &s->me);
}

/* -> the serial to put, sealed */
hk_err abi_state_seal(abi_session *s, hk_reader *in, hk_writer *out)
{
    HK_TRY(abi_unlocked(s, in));
    vault_state *state = abi_state_of(s);
    for (size_t i = 1; i < s->me.ek_count; i++)
        HK_TRY(vault_state_keep_ek(state, s->me.eks[i].serial, s->me.eks[i].seed));
    hk_write_u53(out, s->state_serial + 1);
    size_t n;
    HK_TRY(vault_state_seal(&s->me, s->state_serial + 1, state, out->p + out->n, out->cap - out->n, &n));
    out->n += n;
    s->state_sealed = s->state_moves;
    return HK_OK;
}

/* serial: the place has stored what was sealed last */
hk_err abi_state_kept(abi_session *s, hk_reader *in, hk_writer *out)
{
    int64_t serial = hk_read_u53(in);
    HK_TRY(abi_unlocked(s, in));
    if (serial != s->state_serial + 1)
        return HK_CONFLICT;
    s->state_serial = serial;
    s->state_stored = s->state_sealed;
    return HK_OK;
}

/* What the place has, with all that this vault remembers besides. */
static hk_err merge_with(abi_session *s, int64_t serial, hk_slice sealed)
{
    abi_state *theirs;
    HK_TRY(open_other(s, serial, sealed, &theirs));
    HK_TRY(vault_state_merge(&theirs->state, abi_state_of(s)));
    use_other(s, serial);
    return vault_state_prepare(abi_state_of(s), &s->me);
}

/* serial, sealed: another device of this account put a newer one */
hk_err abi_state_from(abi_session *s, hk_reader *in, hk_writer *out)
{
    int64_t serial = hk_read_u53(in);
    hk_slice sealed = abi_read_rest(in);
    HK_TRY(abi_unlocked(s, in));
    if (serial <= s->state_serial)
        return HK_CONFLICT;
    bool changed = s->state_moves != s->state_stored;
    HK_TRY(merge_with(s, serial, sealed));
    if (!changed)
        s->state_stored = s->state_moves;
    return HK_OK;
}

/* serial, sealed: the place was restored from a backup and holds this one, perhaps older than what is
 * remembered here. Nothing is forgotten: both are united, and that has to be put again after theirs. */
hk_err abi_state_restored(abi_session *s, hk_reader *in, hk_writer *out)
{
    int64_t serial = hk_read_u53(in);
    hk_slice sealed = abi_read_rest(in);
    HK_TRY(abi_unlocked(s, in));
    HK_TRY(merge_with(s, serial, sealed));
    abi_state_moved(s);
    return HK_OK;
}

/* -> serial, changed, place known, place key, count, each pin: account, ik, how, when, other ik; choices */
hk_err abi_state_view(abi_session *s, hk_reader *in, hk_writer *out)
{
    HK_TRY(abi_unlocked(s, in));
    const vault_state *state = abi_state_of(s);
    hk_write_u53(out, s->state_serial);
    hk_write_u8(out, s->state_moves != s->state_stored);
    hk_write_u8(out, state->place_known);
    hk_write_bytes(out, state->place, sizeof state->place);
    hk_write_u32(out, (uint32_t)state->pin_count);
    for (size_t i = 0; i < state->pin_count; i++) {
        const vault_pin *pin = &state->memory.pins[i];
        hk_write_bytes(out, pin->account.b, HK_ID_BYTES);
        hk_write_bytes(out, pin->ik, sizeof pin->ik);
        hk_write_u8(out, pin->how);
        hk_write_u53(out, pin->when_ms);
        hk_write_bytes(out, pin->other_ik, sizeof pin->other_ik);
    }
    hk_write_bytes(out, state->choices, state->choices_n);
    return HK_OK;
}

typedef hk_err pin_how(vault_state *state, const account_id *account,
                       const uint8_t ik[static VAULT_KEY_BYTES], uint8_t how, int64_t when_ms);

static hk_err pin_asked(abi_session *s, hk_reader *in, pin_how *pin)
{
    account_id account = abi_read_account(in);
    uint8_t ik[VAULT_KEY_BYTES];
    hk_read_into(in, ik, sizeof ik);
    uint8_t how = hk_read_u8(in);
    int64_t when_ms = hk_read_u53(in);
    HK_TRY(abi_unlocked(s, in));
    HK_TRY(pin(abi_state_of(s), &account, ik, how, when_ms));
    abi_state_moved(s);
    return HK_OK;
}

/* account, ik, how, when. HK_CONFLICT: another key is pinned. */
hk_err abi_state_pin(abi_session *s, hk_reader *in, hk_writer *out)
{
    return pin_asked(s, in, vault_state_pin);
}

/* account, ik, how, when: a person decided for this key */
hk_err abi_state_repin(abi_session *s, hk_reader *in, hk_writer *out)
{
    return pin_asked(s, in, vault_state_repin);
}

hk_err abi_state_place(abi_session *s, hk_reader *in, hk_writer *out)
{
    uint8_t place[VAULT_KEY_BYTES];
    hk_read_into(in, place, sizeof place);
    HK_TRY(abi_unlocked(s, in));
    bool known = abi_state_of(s)->place_known;
    HK_TRY(vault_state_place(abi_state_of(s), place));
    if (!known)
        abi_state_moved(s);
    return HK_OK;
}

hk_err abi_state_choices(abi_session *s, hk_reader *in, hk_writer *out)
{
    hk_slice choices = abi_read_rest(in);
    HK_TRY(abi_unlocked(s, in));
    if (choices.n > VAULT_CHOICES_MAX)
        return HK_TOO_MUCH;
    vault_state *state = abi_state_of(s);
    memcpy(state->choices, choices.p, choices.n);
    state->choices_n = (uint32_t)choices.n;
    abi_state_moved(s);
    return HK_OK;
}

/* count, head of the audit at sign-in. HK_REFUSED: the chain was rebuilt. */
hk_err abi_state_audit(abi_session *s, hk_reader *in, hk_writer *out)
{
    int64_t count = hk_read_u53(in);
    uint8_t head[VAULT_HASH_BYTES];
    hk_read_into(in, head, sizeof head);
    HK_TRY(abi_unlocked(s, in));
    int64_t before = abi_state_of(s)->audit_count;
    HK_TRY(vault_state_audit(abi_state_of(s), count, head));
    if (before != count)
        abi_state_moved(s);
    return HK_OK;
}

/* conv: its keys and how far it was seen are forgotten */
hk_err abi_state_forget(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    HK_TRY(abi_unlocked(s, in));
    vault_state_forget(abi_state_of(s), &conv);
    abi_state_moved(s);
    return HK_OK;
}
