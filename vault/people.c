/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What people sign for and give to each other: certificates, team keys, consents, leaving, invitations, and
 * the four words two people read to each other.
 */
#include "vault/inside.h"
#include "vault/people.h"

#include <string.h>

static void sign_onto(hk_writer *w, const uint8_t secret[static 64])
{
    uint8_t signature[VAULT_SIGNATURE_BYTES];
    (void)crypto_sign_detached(signature, NULL, w->p, w->n, secret); /* cannot fail */
    hk_write_bytes(w, signature, sizeof signature);
}

/* ---- The place key and certificates ---- */

void vault_place_derive(const uint8_t seed[static VAULT_KEY_BYTES], vault_place *ret)
{
    memmove(ret->seed, seed, VAULT_KEY_BYTES);
    (void)crypto_sign_seed_keypair(ret->pk, ret->secret, ret->seed); /* cannot fail */
}

void vault_place_make(vault_place *ret)
{
    VAULT_KEY(seed);
    randombytes_buf(seed.b, sizeof seed.b);
    vault_place_derive(seed.b, ret);
}

void vault_place_wipe(vault_place *place)
{
    if (place)
        sodium_memzero(place, sizeof *place);
}

hk_err vault_roster_sign(const vault_place *place, const vault_roster *roster,
                         uint8_t ret[static VAULT_ROSTER_BYTES])
{
    vault_roster parsed;
    hk_writer w = hk_writer_of(ret, VAULT_ROSTER_BYTES);
    hk_write_slice(&w, VAULT_D(VAULT_D_ROSTER));
    hk_write_bytes(&w, roster->account.b, HK_ID_BYTES);
    hk_write_bytes(&w, roster->ik, VAULT_KEY_BYTES);
    hk_write_u8(&w, roster->role);
    hk_write_u8(&w, roster->lead);
    hk_write_u32(&w, roster->serial);
    hk_write_u53(&w, roster->from_ms);
    hk_write_u53(&w, roster->until_ms);
    sign_onto(&w, place->secret);
    if (w.bad)
        return HK_BAD;
    return vault_roster_check(hk_writer_done(&w), place->pk, -1, &parsed);
}

hk_err vault_team_sign(const vault_account *lead, const vault_team *team,
                       uint8_t ret[static VAULT_TEAM_BYTES])
{
    if (team->serial == 0 || team->until_ms <= team->from_ms)
        return HK_BAD;
    if (team->until_ms - team->from_ms > VAULT_TEAM_LIFE_MAX_MS)
        return HK_TOO_MUCH;
    hk_writer w = hk_writer_of(ret, VAULT_TEAM_BYTES);
    hk_write_slice(&w, VAULT_D(VAULT_D_TEAM));
    hk_write_bytes(&w, team->team.b, HK_ID_BYTES);
    hk_write_u32(&w, team->serial);
    hk_write_bytes(&w, team->tk, VAULT_KEY_BYTES);
    hk_write_u53(&w, team->from_ms);
    hk_write_u53(&w, team->until_ms);
    sign_onto(&w, lead->ik_secret);
    return w.bad ? HK_BAD : HK_OK;
}

/* ---- The team key ---- */

#define TEAM_WRAPPED (VAULT_TEAM_WRAP_BYTES - VAULT_SEAL_BYTES)

void vault_team_key_make(const team_id *team, uint32_t serial, vault_team_key *ret)
{
    *ret = (vault_team_key){.team = *team, .serial = serial};
    randombytes_buf(ret->secret, sizeof ret->secret);
    (void)crypto_scalarmult_base(ret->pk, ret->secret); /* cannot fail */
}

void vault_team_key_wipe(vault_team_key *key)
{
    if (key)
        sodium_memzero(key, sizeof *key);
}

static void write_team_wrapped(const team_id *team, uint32_t serial, const account_id *to,
                               const uint8_t *secret, uint8_t ret[static TEAM_WRAPPED])
{
    hk_writer w = hk_writer_of(ret, TEAM_WRAPPED);
    hk_write_slice(&w, VAULT_D(VAULT_D_TEAMWRAP));
    hk_write_bytes(&w, team->b, HK_ID_BYTES);
    hk_write_u32(&w, serial);
    hk_write_bytes(&w, to->b, HK_ID_BYTES);
    hk_write_bytes(&w, secret, VAULT_KEY_BYTES);
}

hk_err vault_team_wrap(const vault_team_key *key, const account_id *to,
                       const uint8_t ek[static VAULT_KEY_BYTES], uint8_t ret[static VAULT_TEAM_WRAP_BYTES])
{
    VAULT_KEY(seed);
    uint8_t plain[TEAM_WRAPPED];
    randombytes_buf(seed.b, sizeof seed.b);
    write_team_wrapped(&key->team, key->serial, to, key->secret, plain);
    hk_err err = vault_box_seal(hk_slice_of(plain, sizeof plain), ek, seed.b, ret);
    sodium_memzero(plain, sizeof plain);
    return err;
}

/* Its own check value is the public half that the lead signed. */
static hk_err team_key_checked(const vault_account *me, const uint8_t *plain, const vault_team *cert,
                               vault_team_key *ret)
{
    uint8_t expected[TEAM_WRAPPED];
    vault_team_key key = {.team = cert->team, .serial = cert->serial};
    memcpy(key.secret, plain + TEAM_WRAPPED - VAULT_KEY_BYTES, VAULT_KEY_BYTES);
    write_team_wrapped(&cert->team, cert->serial, &me->id, key.secret, expected);
    int wrong = sodium_memcmp(plain, expected, TEAM_WRAPPED);
    sodium_memzero(expected, sizeof expected);
    wrong |= crypto_scalarmult_base(key.pk, key.secret);
    wrong |= sodium_memcmp(key.pk, cert->tk, VAULT_KEY_BYTES);
    if (!wrong)
        *ret = key;
    vault_team_key_wipe(&key);
    return wrong ? HK_REFUSED : HK_OK;
}

hk_err vault_team_unwrap(const vault_account *me, hk_slice wrap, const vault_team *cert, vault_team_key *ret)
{
    uint8_t plain[TEAM_WRAPPED];
    if (wrap.n != VAULT_TEAM_WRAP_BYTES)
        return HK_REFUSED;
    for (size_t i = 0; i < me->ek_count; i++) { /* a wrap made just before a rotation is for an older key */
        if (vault_box_open(wrap, me->eks[i].pk, me->eks[i].secret, plain) != HK_OK)
            continue;
        hk_err err = team_key_checked(me, plain, cert, ret);
        sodium_memzero(plain, sizeof plain);
        return err;
    }
    return HK_REFUSED;
}

/* ---- Consents and leaving ---- */

hk_err vault_consent_sign(const vault_account *me, const vault_consent *what,
                          uint8_t ret[static VAULT_CONSENT_BYTES])
{
    uint8_t id[HK_ID_BYTES];
    vault_make_id(id);
    return vault_derive_consent(me, what, id, ret);
}

hk_err vault_derive_consent(const vault_account *me, const vault_consent *what,
                            const uint8_t id[static HK_ID_BYTES], uint8_t ret[static VAULT_CONSENT_BYTES])
{
    hk_writer w = hk_writer_of(ret, VAULT_CONSENT_BYTES);
    hk_write_slice(&w, VAULT_D(VAULT_D_CONSENT));
    hk_write_bytes(&w, id, HK_ID_BYTES);
    hk_write_bytes(&w, what->conv.b, HK_ID_BYTES);
    hk_write_bytes(&w, me->id.b, HK_ID_BYTES);
    hk_write_bytes(&w, what->subject.b, HK_ID_BYTES);
    hk_write_bytes(&w, what->subject_ik, VAULT_KEY_BYTES);
    hk_write_u8(&w, what->role);
    hk_write_u32(&w, what->from_epoch);
    hk_write_u53(&w, what->until_ms);
    hk_write_bytes(&w, what->why.b, HK_ID_BYTES);
    sign_onto(&w, me->ik_secret);
    return w.bad ? HK_BAD : HK_OK;
}

hk_err vault_leave_sign(const vault_account *me, const vault_chain *chain,
                        uint8_t ret[static VAULT_LEAVE_BYTES])
{
    account_id left;
    hk_writer w = hk_writer_of(ret, VAULT_LEAVE_BYTES);
    hk_write_slice(&w, VAULT_D(VAULT_D_LEAVE));
    hk_write_bytes(&w, chain->conv.b, HK_ID_BYTES);
    hk_write_bytes(&w, chain->commit_hash, VAULT_HASH_BYTES);
    hk_write_bytes(&w, me->id.b, HK_ID_BYTES);
    sign_onto(&w, me->ik_secret);
    return vault_leave_check(chain, hk_writer_done(&w), &left);
}

/* ---- Invitations ---- */

void vault_invite_make(const uint8_t place[static VAULT_KEY_BYTES], const vault_account *listener,
                       vault_invite *ret)
{
    randombytes_buf(ret->secret, sizeof ret->secret);
    vault_place_fingerprint(place, ret->place_fp);
    vault_fingerprint(&listener->id, listener->ik, ret->listener_fp);
}

#define INVITE_BYTES (HK_ID_BYTES + 2 * VAULT_HASH_BYTES)

void vault_invite_text(const vault_invite *invite, char ret[static VAULT_INVITE_TEXT])
{
    uint8_t bytes[INVITE_BYTES];
    memcpy(bytes, invite->secret, HK_ID_BYTES);
    memcpy(bytes + HK_ID_BYTES, invite->place_fp, VAULT_HASH_BYTES);
    memcpy(bytes + HK_ID_BYTES + VAULT_HASH_BYTES, invite->listener_fp, VAULT_HASH_BYTES);
    ret[0] = '1';
    ret[1] = '.';
    hk_b64_encode(hk_slice_of(bytes, sizeof bytes), ret + 2);
    sodium_memzero(bytes, sizeof bytes);
}

hk_err vault_invite_parse(hk_slice text, vault_invite *ret)
{
    uint8_t bytes[INVITE_BYTES];
    size_t n;
    if (text.n != VAULT_INVITE_TEXT || !hk_slice_starts(text, HK_LIT("1.")))
        return HK_BAD;
    HK_TRY(hk_b64_decode(hk_slice_part(text, 2, text.n), bytes, sizeof bytes, &n));
    if (n != sizeof bytes)
        return HK_BAD;
    memcpy(ret->secret, bytes, HK_ID_BYTES);
    memcpy(ret->place_fp, bytes + HK_ID_BYTES, VAULT_HASH_BYTES);
    memcpy(ret->listener_fp, bytes + HK_ID_BYTES + VAULT_HASH_BYTES, VAULT_HASH_BYTES);
    sodium_memzero(bytes, sizeof bytes);
    return HK_OK;
}

void vault_invite_token(const vault_invite *invite, uint8_t ret[static VAULT_HASH_BYTES])
{
    VAULT_HASH(ret, VAULT_D(VAULT_D_INV_TOKEN), hk_slice_of(invite->secret, HK_ID_BYTES));
}

void vault_invite_auth(const vault_invite *invite, const vault_member *invitee, const conversation_id *conv,
                       uint8_t ret[static VAULT_TAG_BYTES])
{
    VAULT_KEY(key);
    uint8_t message[2 * HK_ID_BYTES + 2 * VAULT_KEY_BYTES];
    hk_writer w = hk_writer_of(message, sizeof message);
    hk_write_bytes(&w, invitee->account.b, HK_ID_BYTES);
    hk_write_bytes(&w, invitee->ik, VAULT_KEY_BYTES);
    hk_write_bytes(&w, invitee->ek, VAULT_KEY_BYTES);
    hk_write_bytes(&w, conv->b, HK_ID_BYTES);
    VAULT_HASH(key.b, VAULT_D(VAULT_D_INV_AUTH), hk_slice_of(invite->secret, HK_ID_BYTES));
    (void)crypto_auth(ret, message, w.n, key.b); /* cannot fail */
}

hk_err vault_invite_auth_check(const vault_invite *invite, const vault_member *invitee,
                               const conversation_id *conv, const uint8_t auth[static VAULT_TAG_BYTES])
{
    uint8_t expected[VAULT_TAG_BYTES];
    HK_TRY(vault_member_check(invitee));
    vault_invite_auth(invite, invitee, conv, expected);
    return sodium_memcmp(expected, auth, sizeof expected) == 0 ? HK_OK : HK_REFUSED;
}

void vault_invite_first_hash(const uint8_t auth[static VAULT_TAG_BYTES], uint8_t ret[static VAULT_HASH_BYTES])
{
    VAULT_HASH(ret, VAULT_D(VAULT_D_INV_FIRST), VAULT_32(auth));
}

/* ---- The spoken check ---- */

/* Both people in one order, whoever computes it. */
static void spoken_people(const conversation_id *conv, const vault_member *one, const vault_member *two,
                          uint8_t ret[static HK_ID_BYTES + 2 * (HK_ID_BYTES + 2 * VAULT_KEY_BYTES)],
                          size_t *ret_n)
{
    const vault_member *both[2] = {one, two};
    if (vault_id_order(one->account.b, two->account.b) > 0) {
        both[0] = two;
        both[1] = one;
    }
    hk_writer w = hk_writer_of(ret, HK_ID_BYTES + 2 * (HK_ID_BYTES + 2 * VAULT_KEY_BYTES));
    hk_write_bytes(&w, conv->b, HK_ID_BYTES);
    for (size_t i = 0; i < 2; i++) {
        hk_write_bytes(&w, both[i]->account.b, HK_ID_BYTES);
        hk_write_bytes(&w, both[i]->ik, VAULT_KEY_BYTES);
        hk_write_bytes(&w, both[i]->ek, VAULT_KEY_BYTES);
    }
    *ret_n = w.n;
}

void vault_spoken_commit(const conversation_id *conv, const vault_member *one, const vault_member *two,
                         const uint8_t ra[static VAULT_KEY_BYTES], uint8_t ret_c[static VAULT_HASH_BYTES])
{
    uint8_t people[HK_ID_BYTES + 2 * (HK_ID_BYTES + 2 * VAULT_KEY_BYTES)];
    size_t n;
    spoken_people(conv, one, two, people, &n);
    VAULT_HASH(ret_c, VAULT_D(VAULT_D_SAS), hk_slice_of(people, n), VAULT_32(ra));
}

hk_err vault_spoken_words(const conversation_id *conv, const vault_member *one, const vault_member *two,
                          const uint8_t c[static VAULT_HASH_BYTES], const uint8_t ra[static VAULT_KEY_BYTES],
                          const uint8_t rb[static VAULT_KEY_BYTES], uint16_t ret[static 4])
{
    uint8_t people[HK_ID_BYTES + 2 * (HK_ID_BYTES + 2 * VAULT_KEY_BYTES)], expected[VAULT_HASH_BYTES];
    uint8_t words[VAULT_HASH_BYTES];
    size_t n;
    vault_spoken_commit(conv, one, two, ra, expected);
    if (sodium_memcmp(expected, c, sizeof expected) != 0)
        return HK_REFUSED;
    spoken_people(conv, one, two, people, &n);
    VAULT_HASH(words, VAULT_D(VAULT_D_SASWORDS), hk_slice_of(people, n), VAULT_32(ra), VAULT_32(rb));
    uint64_t bits = 0; /* the first 44 bits, 11 for each word */
    for (size_t i = 0; i < 6; i++)
        bits = bits << 8 | words[i];
    for (size_t i = 0; i < 4; i++)
        ret[i] = (uint16_t)(bits >> (37 - 11 * i) & 2047u);
    return HK_OK;
}
