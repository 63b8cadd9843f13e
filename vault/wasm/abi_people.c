/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "vault/wasm/abi.h"

#include <sodium.h>
#include <string.h>

#define PLACE_LABEL HK_LIT("place-key")

/* Seals a secret of this account's for the device to keep, and writes it with its length. */
static hk_err write_sealed(const abi_session *s, hk_writer *out, hk_slice label, const void *secret, size_t n)
{
    uint8_t sealed[VAULT_LOCAL_EXTRA + 256];
    size_t sealed_n;
    HK_TRY(vault_local_seal(&s->me, label, hk_slice_of(secret, n), sealed, sizeof sealed, &sealed_n));
    abi_write_long(out, hk_slice_of(sealed, sealed_n));
    return HK_OK;
}

static hk_err open_sealed(const abi_session *s, hk_slice label, hk_slice sealed, void *ret, size_t n)
{
    uint8_t plain[256];
    size_t plain_n;
    HK_TRY(vault_local_open(&s->me, label, sealed, plain, sizeof plain, &plain_n));
    hk_err err = plain_n == n ? HK_OK : HK_BAD;
    if (err == HK_OK)
        memcpy(ret, plain, n);
    sodium_memzero(plain, sizeof plain);
    return err;
}

/* ---- The place key ---- */

static void write_place(const abi_session *s, hk_writer *out)
{
    uint8_t fp[VAULT_HASH_BYTES];
    vault_place_fingerprint(s->place.pk, fp);
    hk_write_bytes(out, s->place.pk, sizeof s->place.pk);
    hk_write_bytes(out, fp, sizeof fp);
}

/* -> place key, fingerprint, its sealed seed */
hk_err abi_place_make(abi_session *s, hk_reader *in, hk_writer *out)
{
    HK_TRY(abi_unlocked(s, in));
    vault_place_make(&s->place);
    s->has_place = true;
    write_place(s, out);
    return write_sealed(s, out, PLACE_LABEL, s->place.seed, sizeof s->place.seed);
}

/* sealed seed -> place key, fingerprint */
hk_err abi_place_open(abi_session *s, hk_reader *in, hk_writer *out)
{
    hk_slice sealed = abi_read_rest(in);
    HK_TRY(abi_unlocked(s, in));
    uint8_t seed[VAULT_KEY_BYTES];
    HK_TRY(open_sealed(s, PLACE_LABEL, sealed, seed, sizeof seed));
    vault_place_derive(seed, &s->place);
    sodium_memzero(seed, sizeof seed);
    s->has_place = true;
    write_place(s, out);
    return HK_OK;
}

/* account, ik, role, lead, serial, from, until -> certificate */
hk_err abi_roster_sign(abi_session *s, hk_reader *in, hk_writer *out)
{
    vault_roster roster = {.account = abi_read_account(in)};
    hk_read_into(in, roster.ik, sizeof roster.ik);
    roster.role = hk_read_u8(in);
    roster.lead = hk_read_u8(in) != 0;
    roster.serial = hk_read_u32(in);
    roster.from_ms = hk_read_u53(in);
    roster.until_ms = hk_read_u53(in);
    HK_TRY(abi_unlocked(s, in));
    if (!s->has_place)
        return HK_NOT_THERE;
    uint8_t certificate[VAULT_ROSTER_BYTES];
    HK_TRY(vault_roster_sign(&s->place, &roster, certificate));
    hk_write_bytes(out, certificate, sizeof certificate);
    return HK_OK;
}

/* certificate, place key, now -> its fields */
hk_err abi_roster_check(abi_session *s, hk_reader *in, hk_writer *out)
{
    hk_slice certificate = abi_read_long(in);
    uint8_t place[VAULT_KEY_BYTES];
    hk_read_into(in, place, sizeof place);
    int64_t now_ms = hk_read_u53(in);
    HK_TRY(abi_asked(in));
    vault_roster roster;
    HK_TRY(vault_roster_check(certificate, place, now_ms, &roster));
    hk_write_bytes(out, roster.account.b, HK_ID_BYTES);
    hk_write_bytes(out, roster.ik, sizeof roster.ik);
    hk_write_u8(out, roster.role);
    hk_write_u8(out, roster.lead);
    hk_write_u32(out, roster.serial);
    hk_write_u53(out, roster.from_ms);
    hk_write_u53(out, roster.until_ms);
    return HK_OK;
}

/* ---- The team key ---- */

typedef struct team_said { /* what the place says of a team */
    hk_slice certificate;
    hk_slice lead_certificate;
    uint8_t place[VAULT_KEY_BYTES];
    int64_t now_ms;
} team_said;

static team_said read_team(hk_reader *in)
{
    team_said said = {.certificate = abi_read_long(in)};
    said.lead_certificate = abi_read_long(in);
    hk_read_into(in, said.place, sizeof said.place);
    said.now_ms = hk_read_u53(in);
    return said;
}

/* From the place key down, and never an older serial than this account has seen. */
static hk_err check_team(abi_session *s, const team_said *said, vault_team *ret)
{
    vault_state *state = abi_state_of(s);
    HK_TRY(vault_team_check(said->certificate, said->lead_certificate, said->place, said->now_ms, 0, ret));
    uint32_t seen = vault_state_team_serial(state, &ret->team);
    if (ret->serial < seen)
        return HK_REFUSED;
    HK_TRY(vault_state_team(state, &ret->team, ret->serial));
    if (ret->serial > seen)
        abi_state_moved(s);
    return HK_OK;
}

static vault_team_key *team_key_of(abi_session *s, const team_id *team, uint32_t serial)
{
    for (size_t i = 0; i < s->team_key_count; i++) {
        if (HK_ID_EQ(s->team_keys[i].team, *team) && s->team_keys[i].serial == serial)
            return &s->team_keys[i];
    }
    return NULL;
}

/* Keeps a team key; the oldest goes when there are too many. */
static void keep_team_key(abi_session *s, const vault_team_key *key)
{
    vault_team_key *there = team_key_of(s, &key->team, key->serial);
    if (there != NULL) {
        *there = *key;
        return;
    }
    if (s->team_key_count == ABI_TEAM_KEYS_MAX) {
        memmove(&s->team_keys[0], &s->team_keys[1], sizeof(vault_team_key) * (ABI_TEAM_KEYS_MAX - 1));
        s->team_key_count--;
    }
    s->team_keys[s->team_key_count++] = *key;
}

/* team, serial, from, until -> team certificate */
hk_err abi_team_make(abi_session *s, hk_reader *in, hk_writer *out)
{
    vault_team team = {0};
    hk_read_into(in, team.team.b, HK_ID_BYTES);
    team.serial = hk_read_u32(in);
    team.from_ms = hk_read_u53(in);
    team.until_ms = hk_read_u53(in);
    HK_TRY(abi_unlocked(s, in));
    vault_team_key key;
    vault_team_key_make(&team.team, team.serial, &key);
    memcpy(team.tk, key.pk, sizeof team.tk);
    uint8_t certificate[VAULT_TEAM_BYTES];
    hk_err err = vault_team_sign(&s->me, &team, certificate);
    if (err == HK_OK) {
        keep_team_key(s, &key);
        hk_write_bytes(out, certificate, sizeof certificate);
    }
    vault_team_key_wipe(&key);
    return err;
}

/* team, serial, account, ek -> wrap */
hk_err abi_team_wrap(abi_session *s, hk_reader *in, hk_writer *out)
{
    team_id team;
    hk_read_into(in, team.b, HK_ID_BYTES);
    uint32_t serial = hk_read_u32(in);
    account_id to = abi_read_account(in);
    uint8_t ek[VAULT_KEY_BYTES], wrap[VAULT_TEAM_WRAP_BYTES];
    hk_read_into(in, ek, sizeof ek);
    HK_TRY(abi_unlocked(s, in));
    const vault_team_key *key = team_key_of(s, &team, serial);
    if (key == NULL)
        return HK_NOT_THERE;
    HK_TRY(vault_team_wrap(key, &to, ek, wrap));
    hk_write_bytes(out, wrap, sizeof wrap);
    return HK_OK;
}

/* what the place says of the team, wrap -> team, serial, until */
hk_err abi_team_open(abi_session *s, hk_reader *in, hk_writer *out)
{
    team_said said = read_team(in);
    hk_slice wrap = abi_read_rest(in);
    HK_TRY(abi_unlocked(s, in));
    vault_team team;
    HK_TRY(check_team(s, &said, &team));
    vault_team_key key;
    HK_TRY(vault_team_unwrap(&s->me, wrap, &team, &key));
    keep_team_key(s, &key);
    vault_team_key_wipe(&key);
    hk_write_bytes(out, team.team.b, HK_ID_BYTES);
    hk_write_u32(out, team.serial);
    hk_write_u53(out, team.until_ms);
    return HK_OK;
}

/* ---- First words ---- */

static void write_words(hk_writer *out, const vault_words *words)
{
    hk_write_bytes(out, words->mid.b, HK_ID_BYTES);
    hk_write_u53(out, words->time_ms);
    hk_write_u8(out, words->kind);
    abi_write_long(out, words->content);
}

/* what the place says of the team, conv, mid, time, kind, content -> team serial, their hash, the first words
 */
hk_err abi_first_seal(abi_session *s, hk_reader *in, hk_writer *out)
{
    team_said said = read_team(in);
    conversation_id conv = abi_read_conversation(in);
    vault_words words = {0};
    hk_read_into(in, words.mid.b, HK_ID_BYTES);
    words.time_ms = hk_read_u53(in);
    words.kind = hk_read_u8(in);
    words.content = abi_read_rest(in);
    HK_TRY(abi_unlocked(s, in));
    vault_team team;
    HK_TRY(check_team(s, &said, &team));
    uint8_t *hash = out->p + 4, *first = hash + VAULT_HASH_BYTES;
    hk_write_u32(out, team.serial);
    size_t n;
    HK_TRY(vault_first_seal(&s->me, &conv, &team, &words, first, out->cap - 4 - VAULT_HASH_BYTES, &n));
    vault_first_words_hash(hk_slice_of(first, n), hash);
    out->n += VAULT_HASH_BYTES + n;
    return HK_OK;
}

/* first words -> conv, member, mid, time, kind, content. HK_NOT_THERE: sealed to a team key that is not open
 * here. */
hk_err abi_first_open(abi_session *s, hk_reader *in, hk_writer *out)
{
    hk_slice bytes = abi_read_rest(in);
    HK_TRY(abi_unlocked(s, in));
    vault_first_words first;
    HK_TRY(vault_first_words_parse(bytes, &first));
    const vault_team_key *key = team_key_of(s, &first.team, first.serial);
    if (key == NULL)
        return HK_NOT_THERE;
    static uint8_t buffer[VAULT_PADDED_MAX];
    vault_words words;
    hk_err err = vault_first_open(key, bytes, buffer, sizeof buffer, &words);
    if (err == HK_OK) {
        hk_write_bytes(out, first.conv.b, HK_ID_BYTES);
        abi_write_member(out, &first.from);
        write_words(out, &words);
    }
    sodium_memzero(buffer, sizeof buffer);
    return err;
}

/* now, first words -> conv, the first commit with exactly the two. Pins who sent them. */
hk_err abi_accept(abi_session *s, hk_reader *in, hk_writer *out)
{
    int64_t now_ms = hk_read_u53(in);
    hk_slice bytes = abi_read_rest(in);
    HK_TRY(abi_unlocked(s, in));
    vault_first_words first;
    HK_TRY(vault_first_words_parse(bytes, &first));
    uint8_t hash[VAULT_HASH_BYTES];
    vault_first_words_hash(bytes, hash);
    vault_plan plan = {0};
    vault_member me;
    vault_account_member(&s->me, VAULT_ROLE_LISTENER, &me);
    HK_TRY(vault_plan_put(&plan, &first.from));
    HK_TRY(vault_plan_put(&plan, &me));
    vault_made_commit made;
    HK_TRY(vault_genesis_make(&s->me, &first.conv, VAULT_KIND_PAIR, hash, &plan, &made));
    HK_TRY(abi_pin(s, &first.from.account, first.from.ik, VAULT_PIN_FIRST_SEEN, now_ms));
    hk_write_bytes(out, first.conv.b, HK_ID_BYTES);
    abi_write_commit(out, &made);
    return HK_OK;
}

/* first hash, place key, now, roster certificate, commit -> the listener. Pins the place and the listener;
 * refuses another first commit for a conversation that had one. */
hk_err abi_genesis_accept(abi_session *s, hk_reader *in, hk_writer *out)
{
    uint8_t first_hash[VAULT_HASH_BYTES], place[VAULT_KEY_BYTES];
    hk_read_into(in, first_hash, sizeof first_hash);
    hk_read_into(in, place, sizeof place);
    int64_t now_ms = hk_read_u53(in);
    hk_slice roster_bytes = abi_read_long(in);
    hk_slice bytes = abi_read_rest(in);
    HK_TRY(abi_unlocked(s, in));
    HK_TRY(vault_state_place(abi_state_of(s), place));
    HK_TRY(vault_genesis_accept(&s->me, bytes, first_hash, roster_bytes, place, now_ms));
    vault_commit commit;
    HK_TRY(vault_commit_parse(bytes, &commit));
    const vault_tip *tip = vault_state_find_tip(abi_state_of(s), &commit.conv);
    if (tip != NULL && memcmp(tip->genesis_hash, commit.hash, VAULT_HASH_BYTES) != 0)
        return HK_CONFLICT;
    vault_roster roster;
    HK_TRY(vault_roster_check(roster_bytes, place, now_ms, &roster));
    HK_TRY(abi_pin(s, &roster.account, roster.ik, VAULT_PIN_ROSTER, now_ms));
    hk_write_bytes(out, roster.account.b, HK_ID_BYTES);
    return HK_OK;
}
