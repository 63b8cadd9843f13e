/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Invitations, consents, leaving, and the spoken check.
 */
#include "vault/wasm/abi.h"

#include <sodium.h>
#include <string.h>

#include "vault/bytes.h"

/* ---- Invitations ---- */

/* place key -> text behind the '#', token, what the place stores of it */
hk_err abi_invite_make(abi_session *s, hk_reader *in, hk_writer *out)
{
    uint8_t place[VAULT_KEY_BYTES], token[VAULT_HASH_BYTES], stored[VAULT_HASH_BYTES];
    hk_read_into(in, place, sizeof place);
    HK_TRY(abi_unlocked(s, in));
    vault_invite invite;
    char text[VAULT_INVITE_TEXT];
    vault_invite_make(place, &s->me, &invite);
    vault_invite_text(&invite, text);
    vault_invite_token(&invite, token);
    vault_invite_stored(token, stored);
    hk_write_bytes(out, text, sizeof text);
    hk_write_bytes(out, token, sizeof token);
    hk_write_bytes(out, stored, sizeof stored);
    sodium_memzero(&invite, sizeof invite);
    return HK_OK;
}

/* text -> token, fingerprints of the place and of who invites */
hk_err abi_invite_read(abi_session *s, hk_reader *in, hk_writer *out)
{
    hk_slice text = abi_read_rest(in);
    HK_TRY(abi_asked(in));
    vault_invite invite;
    HK_TRY(vault_invite_parse(text, &invite));
    uint8_t token[VAULT_HASH_BYTES];
    vault_invite_token(&invite, token);
    hk_write_bytes(out, token, sizeof token);
    hk_write_bytes(out, invite.place_fp, sizeof invite.place_fp);
    hk_write_bytes(out, invite.listener_fp, sizeof invite.listener_fp);
    sodium_memzero(&invite, sizeof invite);
    return HK_OK;
}

/* conv, text -> token, the proof, what the first commit must name */
hk_err abi_invite_answer(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    hk_slice text = abi_read_rest(in);
    HK_TRY(abi_unlocked(s, in));
    vault_invite invite;
    HK_TRY(vault_invite_parse(text, &invite));
    vault_member me;
    vault_account_member(&s->me, VAULT_ROLE_CLIENT, &me);
    uint8_t token[VAULT_HASH_BYTES], auth[VAULT_TAG_BYTES], first[VAULT_HASH_BYTES];
    vault_invite_token(&invite, token);
    vault_invite_auth(&invite, &me, &conv, auth);
    vault_invite_first_hash(auth, first);
    hk_write_bytes(out, token, sizeof token);
    hk_write_bytes(out, auth, sizeof auth);
    hk_write_bytes(out, first, sizeof first);
    sodium_memzero(&invite, sizeof invite);
    return HK_OK;
}

/* member, conv, auth, now, text of one of my invitations -> nothing. Pins them. HK_REFUSED: not by its
 * holder. */
hk_err abi_invite_check(abi_session *s, hk_reader *in, hk_writer *out)
{
    vault_member invitee;
    abi_read_member(in, &invitee);
    conversation_id conv = abi_read_conversation(in);
    uint8_t auth[VAULT_TAG_BYTES];
    hk_read_into(in, auth, sizeof auth);
    int64_t now_ms = hk_read_u53(in);
    hk_slice text = abi_read_rest(in);
    HK_TRY(abi_unlocked(s, in));
    vault_invite invite;
    HK_TRY(vault_invite_parse(text, &invite));
    hk_err err = vault_invite_auth_check(&invite, &invitee, &conv, auth);
    sodium_memzero(&invite, sizeof invite);
    HK_TRY(err);
    return abi_pin(s, &invitee.account, invitee.ik, VAULT_PIN_INVITE, now_ms);
}

/* ---- Consents and leaving ---- */

/* conv, subject, subject ik, role, from epoch, until, why -> consent */
hk_err abi_consent_sign(abi_session *s, hk_reader *in, hk_writer *out)
{
    vault_consent what = {.conv = abi_read_conversation(in)};
    what.subject = abi_read_account(in);
    hk_read_into(in, what.subject_ik, sizeof what.subject_ik);
    what.role = hk_read_u8(in);
    what.from_epoch = hk_read_u32(in);
    what.until_ms = hk_read_u53(in);
    hk_read_into(in, what.why.b, HK_ID_BYTES);
    HK_TRY(abi_unlocked(s, in));
    what.client = s->me.id;
    uint8_t consent[VAULT_CONSENT_BYTES];
    HK_TRY(vault_consent_sign(&s->me, &what, consent));
    hk_write_bytes(out, consent, sizeof consent);
    return HK_OK;
}

hk_err abi_leave_sign(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    HK_TRY(abi_unlocked(s, in));
    abi_slot *slot;
    HK_TRY(abi_slot_of(s, &conv, &slot));
    uint8_t leave[VAULT_LEAVE_BYTES];
    HK_TRY(vault_leave_sign(&s->me, &slot->log.chain, leave));
    hk_write_bytes(out, leave, sizeof leave);
    return HK_OK;
}

/* ---- The spoken check ---- */

/* Both as the chain has them now. */
static hk_err pair_in_chain(abi_session *s, abi_spoken *spoken, const account_id *other)
{
    abi_slot *slot;
    HK_TRY(abi_slot_of(s, &spoken->conv, &slot));
    const vault_member *one = vault_chain_member(&slot->log.chain, &s->me.id);
    const vault_member *two = vault_chain_member(&slot->log.chain, other);
    if (one == NULL || two == NULL || one == two)
        return HK_NOT_THERE;
    spoken->me = *one;
    spoken->other = *two;
    return HK_OK;
}

static void begin_check(abi_session *s, abi_spoken *spoken, hk_writer *out)
{
    randombytes_buf(spoken->mine, sizeof spoken->mine);
    if (spoken->starter)
        vault_spoken_commit(&spoken->conv, &spoken->me, &spoken->other, spoken->mine, spoken->c);
    s->spoken = *spoken;
    hk_write_bytes(out, spoken->starter ? spoken->c : spoken->mine, VAULT_KEY_BYTES);
    sodium_memzero(spoken, sizeof *spoken);
}

/* conv, other -> c, to be sent */
hk_err abi_spoken_start(abi_session *s, hk_reader *in, hk_writer *out)
{
    abi_spoken spoken = {.conv = abi_read_conversation(in), .starter = true};
    account_id other = abi_read_account(in);
    HK_TRY(abi_unlocked(s, in));
    HK_TRY(pair_in_chain(s, &spoken, &other));
    begin_check(s, &spoken, out);
    return HK_OK;
}

/* conv, other, c -> rb, to be sent */
hk_err abi_spoken_answer(abi_session *s, hk_reader *in, hk_writer *out)
{
    abi_spoken spoken = {.conv = abi_read_conversation(in), .starter = false};
    account_id other = abi_read_account(in);
    hk_read_into(in, spoken.c, sizeof spoken.c);
    HK_TRY(abi_unlocked(s, in));
    HK_TRY(pair_in_chain(s, &spoken, &other));
    begin_check(s, &spoken, out);
    return HK_OK;
}

/* ---- The same check with somebody whose new keys stand in no chain yet ---- */

static void read_stranger(hk_reader *in, abi_spoken *spoken)
{
    spoken->conv = abi_read_conversation(in);
    abi_read_member(in, &spoken->other);
}

/* The listener, conv, the keys somebody says are theirs -> c */
hk_err abi_meet_start(abi_session *s, hk_reader *in, hk_writer *out)
{
    abi_spoken spoken = {.starter = true};
    read_stranger(in, &spoken);
    HK_TRY(abi_unlocked(s, in));
    HK_TRY(vault_member_check(&spoken.other));
    vault_account_member(&s->me, VAULT_ROLE_LISTENER, &spoken.me);
    begin_check(s, &spoken, out);
    return HK_OK;
}

/* Who lost their password, conv, the listener's keys, c -> rb */
hk_err abi_meet_answer(abi_session *s, hk_reader *in, hk_writer *out)
{
    abi_spoken spoken = {.starter = false};
    read_stranger(in, &spoken);
    hk_read_into(in, spoken.c, sizeof spoken.c);
    HK_TRY(abi_unlocked(s, in));
    HK_TRY(vault_member_check(&spoken.other));
    vault_account_member(&s->me, VAULT_ROLE_CLIENT, &spoken.me);
    begin_check(s, &spoken, out);
    return HK_OK;
}

/* conv, member -> count, each: epoch, wrap. The older epochs' keys kept here, made anew for their new key. */
hk_err abi_pass_on(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    vault_member to;
    abi_read_member(in, &to);
    abi_slot *slot;
    HK_TRY(abi_unlocked(s, in));
    HK_TRY(abi_slot_of(s, &conv, &slot));
    uint32_t now = slot->log.chain.epoch, count = 0;
    hk_writer at_count = *out;
    hk_write_u32(out, 0);
    for (uint32_t epoch = 1; epoch <= now && count < ABI_PASSED_ON_MAX; epoch++) {
        uint8_t wrap[VAULT_WRAP_BYTES];
        hk_err err = vault_state_pass_on(abi_state_of(s), &conv, epoch, &to, wrap);
        if (err == HK_NOT_THERE)
            continue;
        HK_TRY(err);
        hk_write_u32(out, epoch);
        hk_write_bytes(out, wrap, sizeof wrap);
        count++;
    }
    hk_write_u32(&at_count, count);
    return HK_OK;
}

static hk_err spoken_words(abi_session *s, const conversation_id *conv, bool starter, const uint8_t *theirs,
                           hk_writer *out)
{
    const abi_spoken *spoken = &s->spoken;
    if (!HK_ID_EQ(spoken->conv, *conv) || spoken->starter != starter ||
        vault_is_zero(spoken->mine, VAULT_KEY_BYTES))
        return HK_NOT_THERE;
    uint16_t words[4];
    HK_TRY(vault_spoken_words(conv, &spoken->me, &spoken->other, spoken->c, starter ? spoken->mine : theirs,
                              starter ? theirs : spoken->mine, words));
    for (size_t i = 0; i < HK_COUNT(words); i++)
        hk_write_u32(out, words[i]);
    return HK_OK;
}

/* The starter has rb: conv, rb -> ra, to be sent; four words */
hk_err abi_spoken_reveal(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    uint8_t rb[VAULT_KEY_BYTES];
    hk_read_into(in, rb, sizeof rb);
    HK_TRY(abi_unlocked(s, in));
    hk_write_bytes(out, s->spoken.mine, sizeof s->spoken.mine);
    HK_TRY(spoken_words(s, &conv, true, rb, out));
    sodium_memzero(&s->spoken, sizeof s->spoken);
    return HK_OK;
}

/* The other has ra: conv, ra -> four words. HK_REFUSED: ra is not what c promised. */
hk_err abi_spoken_finish(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    uint8_t ra[VAULT_KEY_BYTES];
    hk_read_into(in, ra, sizeof ra);
    HK_TRY(abi_unlocked(s, in));
    hk_err err = spoken_words(s, &conv, false, ra, out);
    if (err != HK_NOT_THERE)
        sodium_memzero(&s->spoken, sizeof s->spoken);
    return err;
}
