/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The vectors: made from fixed inputs, compared with vectors/v1.json byte for byte. Every random input is
 * written out, so they do not rest on the order in which a library draws. A change here is a change of
 * FORMAT.md.
 *
 *     vault_vectors_test vectors/v1.json            compares
 *     vault_vectors_test --write vectors/v1.json    writes them anew
 */
#include "vault/stage_test.h"
#include "vault/file.h"
#include "vault/unlock.h"

#include <stdio.h>
#include <stdlib.h>

static char JSON[256 * 1024];
static size_t JSON_N;

static void text(const char *t)
{
    size_t n = strlen(t);
    assert_true(JSON_N + n < sizeof JSON);
    memcpy(JSON + JSON_N, t, n);
    JSON_N += n;
}

static void vector(const char *name)
{
    text(JSON_N ? "},\n{\"name\": \"" : "[\n{\"name\": \"");
    text(name);
    text("\"");
}

static void hex(const char *field, const void *p, size_t n)
{
    assert_true(JSON_N + 2 * n + strlen(field) + 16 < sizeof JSON);
    text(",\n  \"");
    text(field);
    text("\": \"");
    sodium_bin2hex(JSON + JSON_N, 2 * n + 1, p, n);
    JSON_N += 2 * n;
    text("\"");
}

static void words_field(const char *field, const char *value)
{
    text(",\n  \"");
    text(field);
    text("\": \"");
    text(value);
    text("\"");
}

static void number(const char *field, int64_t v)
{
    char line[96];
    snprintf(line, sizeof line, ",\n  \"%s\": %lld", field, (long long)v);
    text(line);
}

static void fill(uint8_t *p, size_t n, uint8_t start)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(start + i);
}

/* ---- People ---- */

static vault_account CLIENT, LISTENER;
static conversation_id CONV;

static void account(const char *name, vault_account *ret, uint8_t start)
{
    account_id id;
    uint8_t ak[32], ik[32], ek[32], record[VAULT_IDENTITY_BYTES], nonce[24], key[32], seeds[64];
    vault_account back;
    fill(id.b, 16, start);
    fill(ak, 32, (uint8_t)(start + 16));
    fill(ik, 32, (uint8_t)(start + 48));
    fill(ek, 32, (uint8_t)(start + 80));
    fill(nonce, 24, 7);
    must(vault_account_derive(&id, ak, ik, ek, 1, ret));
    vector(name);
    hex("account", id.b, 16);
    hex("ak", ak, 32);
    hex("ik_seed", ik, 32);
    hex("ek_seed", ek, 32);
    number("ek_serial", 1);
    hex("ik", ret->ik, 32);
    hex("ek", ret->eks[0].pk, 32);
    hex("ek_cert", ret->eks[0].cert, 64);
    uint8_t fp[32];
    vault_fingerprint(&id, ret->ik, fp);
    hex("fingerprint", fp, 32);
    must(vault_identity_seal(ret, record)); /* its head is as it must be; the rest again with a known nonce */
    memcpy(record + 22, nonce, 24);
    memcpy(seeds, ik, 32);
    memcpy(seeds + 32, ek, 32);
    VAULT_KEYED(key, ak, VAULT_D(VAULT_D_IDENTITY));
    vault_aead_seal(key, nonce, VAULT_D(VAULT_D_IDENTITY), hk_slice_of(record, 22), hk_slice_of(seeds, 64),
                    record + 46);
    must(vault_identity_open(hk_slice_of(record, sizeof record), &id, ak, &back));
    hex("identity_nonce", nonce, 24);
    hex("identity_record", record, sizeof record);
}

/* ---- A conversation: first commit, wraps, two messages, a second commit with a consent ---- */

static vault_made_commit MADE;
static stage_device C, L;
static stage_place PLACE;

static void commit_vector(const char *name, const vault_commit_base *base, const vault_plan *plan,
                          uint8_t start)
{
    vault_commit_random random;
    vault_commit parsed;
    memset(&random, 0, sizeof random);
    fill(random.ck, 32, start);
    for (size_t i = 0; i < plan->member_count; i++)
        fill(random.ephemeral_seeds[i], 32, (uint8_t)(start + 50 + i));
    must(vault_derive_commit(base, plan, &random, &MADE));
    must(vault_commit_parse(hk_slice_of(MADE.bytes, MADE.n), &parsed));
    vector(name);
    hex("conv", base->conv.b, 16);
    number("epoch", parsed.epoch);
    hex("author", base->me->id.b, 16);
    hex("ck", random.ck, 32);
    hex("ckc", parsed.ckc, 32);
    hex("commit", MADE.bytes, MADE.n);
    hex("commit_hash", parsed.hash, 32);
    for (size_t i = 0; i < MADE.wrap_count; i++) {
        char field[32];
        snprintf(field, sizeof field, "wrap_%zu_seed", i);
        hex(field, random.ephemeral_seeds[i], 32);
        snprintf(field, sizeof field, "wrap_%zu_for", i);
        hex(field, MADE.wrap_for[i].b, 16);
        snprintf(field, sizeof field, "wrap_%zu", i);
        hex(field, MADE.wraps[i], VAULT_WRAP_BYTES);
    }
    uint8_t k[32];
    vault_derive_message_key(random.ck, &base->conv, parsed.epoch, parsed.hash, k);
    hex("message_key", k, 32);
}

static void message_vector(const char *name, stage_device *d, uint32_t n, uint8_t kind, const char *content)
{
    static uint8_t out[VAULT_ENVELOPE_BYTES_MAX];
    size_t out_n;
    message_id mid;
    vault_sealing s = {.type = VAULT_TYPE_MESSAGE, .log = &d->log, .n = n};
    fill(mid.b, 16, (uint8_t)(PLACE.head + 30)); /* each its own */
    fill(s.stream.b, 16, (uint8_t)(d->log.me->id.b[0] + 90));
    fill(s.random, 32, (uint8_t)(n + 200));
    vault_words words = stage_words(content, &mid);
    words.kind = kind;
    must(vault_derive_envelope(&s, &words, out, sizeof out, &out_n));
    vector(name);
    hex("sender", d->log.me->id.b, 16);
    hex("stream", s.stream.b, 16);
    number("n", n);
    number("seen_pos", d->log.position);
    hex("seen_hash", d->log.h, 32);
    hex("mid", mid.b, 16);
    hex("random", s.random, 32);
    number("kind", kind);
    number("time_ms", words.time_ms);
    hex("content", content, strlen(content));
    hex("envelope", out, out_n);
    assert_int_equal(stage_message(&PLACE, hk_slice_of(out, out_n), NULL), STAGE_STORED);
    stage_read(&C, &PLACE);
    stage_read(&L, &PLACE);
    assert_int_equal(C.last.finding, VAULT_SHOWN);
    assert_int_equal(L.last.finding, VAULT_SHOWN);
    hex("entry_hash", PLACE.entries[PLACE.head - 1].hash, 32);
    number("position", PLACE.head);
    hex("h", PLACE.entries[PLACE.head - 1].h, 32);
}

static void conversation(void)
{
    static const vault_chain none = {0};
    vault_plan plan = {0};
    uint8_t first_hash[32], start[32], id[16], consent[VAULT_CONSENT_BYTES], leave[VAULT_LEAVE_BYTES];
    vault_account third;
    stage_open(&PLACE, 0);
    fill(PLACE.conv.b, 16, 60);
    CONV = PLACE.conv;
    fill(first_hash, 32, 70);
    vault_log_hash_start(&CONV, start);
    stage_plan_add(&plan, &CLIENT, VAULT_ROLE_CLIENT);
    stage_plan_add(&plan, &LISTENER, VAULT_ROLE_LISTENER);
    vault_commit_base base = {&LISTENER, &none, CONV, VAULT_KIND_PAIR, first_hash, 0, start};
    commit_vector("first commit", &base, &plan, 1);
    hex("first_hash", first_hash, 32);
    hex("h_0", start, 32);
    assert_int_equal(stage_commit(&PLACE, &MADE), STAGE_STORED);
    stage_device_open(&C, &CLIENT, &CONV);
    stage_device_open(&L, &LISTENER, &CONV);
    stage_read(&C, &PLACE);
    stage_read(&L, &PLACE);
    hex("h_1", C.log.h, 32);
    hex("pair_client_to_listener", C.log.pair_out[1], 32);
    message_vector("a message", &C, 1, VAULT_BODY_TEXT, "I can not sleep");
    message_vector("an answer", &L, 1, VAULT_BODY_TEXT, "I am here. What keeps you awake?");
    account("a supervisor", &third, 150);
    vault_consent what = {.conv = CONV, .subject = third.id, .role = VAULT_ROLE_SUPERVISOR, .from_epoch = 2};
    what.until_ms = 1800000000000;
    memcpy(what.subject_ik, third.ik, 32);
    fill(what.why.b, 16, 20);
    fill(id, 16, 40);
    must(vault_derive_consent(&CLIENT, &what, id, consent));
    vector("a consent");
    hex("consent", consent, sizeof consent);
    vault_plan_from(&L.log.chain, &plan);
    stage_plan_add(&plan, &third, VAULT_ROLE_SUPERVISOR);
    must(vault_plan_consent(&plan, hk_slice_of(consent, sizeof consent)));
    vault_commit_base next = {&LISTENER,  &L.log.chain,   CONV,   VAULT_KIND_PAIR,
                              first_hash, L.log.position, L.log.h};
    commit_vector("a second commit with a consent", &next, &plan, 120);
    assert_int_equal(stage_commit(&PLACE, &MADE), STAGE_STORED);
    stage_read(&C, &PLACE);
    stage_read(&L, &PLACE);
    message_vector("a message to three", &L, 1, VAULT_BODY_NAME, "Ana");
    must(vault_leave_sign(&LISTENER, &L.log.chain, leave));
    vector("leaving");
    hex("leave", leave, sizeof leave);
}

/* ---- Unlocking ---- */

static void unlocking(void)
{
    uint8_t salt[16], sk[16], r[32], code[20], key[32], nonce[24], challenge[32], signature[64];
    uint8_t input[VAULT_KDF_INPUT_MAX], zero[16] = {0};
    char paper[VAULT_RECOVERY_TEXT + 1] = {0}, sk_paper[VAULT_SK_TEXT + 1] = {0};
    size_t n;
    vault_new_record records[2];
    vault_kdf how = {.handle = HK_LIT("quiet-heron-4821"), .t = 1, .m_bytes = VAULT_M_MIN_BYTES};
    fill(salt, 16, 3);
    fill(sk, 16, 9);
    fill(code, 20, 21);
    fill(nonce, 24, 33);
    fill(challenge, 32, 44);
    memcpy(how.salt, salt, 16);
    must(vault_kdf_input(&how, hk_slice_of(sk, 16), HK_LIT("correct horse battery"), input, &n));
    must(vault_kdf_run(hk_slice_of(input, n), r));
    vector("a password into R");
    words_field("handle", "quiet-heron-4821");
    words_field("password", "correct horse battery");
    hex("salt", salt, 16);
    hex("sk", sk, 16);
    number("t", 1);
    number("m_bytes", VAULT_M_MIN_BYTES);
    hex("kdf_input", input, n);
    hex("r", r, 32);
    must(vault_derive_unlock(VAULT_UNLOCK_PASSWORD, &CLIENT.id, 1, salt, 1, VAULT_M_MIN_BYTES, r, CLIENT.ak,
                             nonce, &records[0]));
    hex("login_key", records[0].login_key, 32);
    hex("unlock_nonce", nonce, 24);
    hex("unlock_record", records[0].record, VAULT_UNLOCK_BYTES);
    vector("a login");
    must(vault_login_sign(HK_LIT("hearken.example"), how.handle, VAULT_UNLOCK_PASSWORD, challenge, r,
                          signature));
    words_field("host", "hearken.example");
    hex("challenge", challenge, 32);
    hex("signature", signature, 64);
    vector("a recovery code");
    vault_recovery_text(code, paper);
    hex("code", code, 20);
    words_field("paper", paper);
    vault_recovery_r(code, key);
    hex("r", key, 32);
    must(vault_derive_unlock(VAULT_UNLOCK_RECOVERY, &CLIENT.id, 1, zero, 0, 0, key, CLIENT.ak, nonce,
                             &records[1]));
    hex("login_key", records[1].login_key, 32);
    hex("unlock_record", records[1].record, VAULT_UNLOCK_BYTES);
    vector("a secret key on paper");
    vault_sk_text(sk, sk_paper);
    hex("sk", sk, 16);
    words_field("paper", sk_paper);
    vector("a passkey into R");
    vault_passkey_r(challenge, key);
    hex("prf", challenge, 32);
    hex("r", key, 32);
    vector("a change");
    must(vault_change_sign(&CLIENT.id, challenge, records, 2, VAULT_UNLOCK_PASSWORD, r, signature));
    must(vault_records_hash(records, 2, key));
    hex("records_hash", key, 32);
    hex("signature", signature, 64);
}

/* ---- People ---- */

static void meeting(void)
{
    static uint8_t out[VAULT_FIRST_BYTES_MAX], body[VAULT_PADDED_MAX];
    uint8_t seed[32], roster[VAULT_ROSTER_BYTES], cert[VAULT_TEAM_BYTES], fk[32], eph[32], nonce[24],
        hash[32];
    size_t n;
    vault_place place;
    vault_team_key key = {.serial = 3};
    fill(seed, 32, 99);
    vault_place_derive(seed, &place);
    vault_roster on = {.account = LISTENER.id, .role = VAULT_ROSTER_THERAPIST, .lead = true, .serial = 2};
    on.from_ms = 1600000000000;
    on.until_ms = 1800000000000;
    memcpy(on.ik, LISTENER.ik, 32);
    must(vault_roster_sign(&place, &on, roster));
    vector("a roster certificate");
    hex("place_seed", seed, 32);
    hex("place_key", place.pk, 32);
    vault_place_fingerprint(place.pk, hash);
    hex("place_fingerprint", hash, 32);
    hex("roster", roster, sizeof roster);
    fill(key.team.b, 16, 110);
    fill(key.secret, 32, 111);
    (void)crypto_scalarmult_base(key.pk, key.secret);
    vault_team team = {.team = key.team, .serial = 3, .from_ms = 1699990000000, .until_ms = 1701000000000};
    memcpy(team.tk, key.pk, 32);
    must(vault_team_sign(&LISTENER, &team, cert));
    vector("a team certificate");
    hex("tk_secret", key.secret, 32);
    hex("team", cert, sizeof cert);
    message_id mid;
    fill(mid.b, 16, 5);
    vault_words words = stage_words("is anybody there", &mid), back;
    fill(fk, 32, 61);
    fill(eph, 32, 62);
    fill(nonce, 24, 63);
    must(vault_derive_first(&CLIENT, &CONV, &team, &words, fk, eph, nonce, out, sizeof out, &n));
    must(vault_first_open(&key, hk_slice_of(out, n), body, sizeof body, &back));
    vector("first words");
    hex("fk", fk, 32);
    hex("ephemeral_seed", eph, 32);
    hex("nonce", nonce, 24);
    hex("mid", mid.b, 16);
    hex("content", words.content.p, words.content.n);
    hex("first_words", out, n);
    vault_first_words_hash(hk_slice_of(out, n), hash);
    hex("first_hash", hash, 32);
}

static void inviting(void)
{
    uint8_t token[32], stored[32], auth[32], first[32], c[32], ra[32], rb[32], head[32];
    char link[VAULT_INVITE_TEXT + 1] = {0};
    uint16_t spoken[4];
    vault_invite invite;
    vault_member client, listener;
    vault_place place;
    uint8_t seed[32];
    fill(seed, 32, 99);
    vault_place_derive(seed, &place);
    vault_invite_make(place.pk, &LISTENER, &invite);
    fill(invite.secret, 16, 81);
    vault_account_member(&CLIENT, VAULT_ROLE_CLIENT, &client);
    vault_account_member(&LISTENER, VAULT_ROLE_LISTENER, &listener);
    vault_invite_text(&invite, link);
    vault_invite_token(&invite, token);
    vault_invite_stored(token, stored);
    vault_invite_auth(&invite, &client, &CONV, auth);
    vault_invite_first_hash(auth, first);
    vector("an invitation");
    hex("secret", invite.secret, 16);
    words_field("text", link);
    hex("token", token, 32);
    hex("stored", stored, 32);
    hex("auth", auth, 32);
    hex("first_hash", first, 32);
    fill(ra, 32, 12);
    fill(rb, 32, 13);
    vault_spoken_commit(&CONV, &client, &listener, ra, c);
    must(vault_spoken_words(&CONV, &client, &listener, c, ra, rb, spoken));
    vector("the spoken check");
    hex("ra", ra, 32);
    hex("rb", rb, 32);
    hex("c", c, 32);
    for (int i = 0; i < 4; i++) {
        char field[16];
        snprintf(field, sizeof field, "word_%d", i);
        number(field, spoken[i]);
    }
    vault_audit_start(head);
    vector("the audit chain");
    hex("a_0", head, 32);
    vault_audit_next(head, 1, HK_LIT("row one"), head);
    words_field("row", "row one");
    hex("a_1", head, 32);
}

static void file(void)
{
    static uint8_t sealed[VAULT_FILE_SEALED], plain[VAULT_FILE_CHUNK];
    uint8_t header[24], bytes[VAULT_DESCRIPTOR_MAX];
    size_t n;
    vault_file f;
    vault_descriptor d = {.name = HK_LIT("letter.txt"), .type = HK_LIT("text/plain")};
    must(vault_file_seal_start(&f, 5, header));
    fill(f.what.key, 32, 17);
    fill(header, 24, 18);
    (void)crypto_secretstream_xchacha20poly1305_init_pull(&f.stream, header,
                                                          f.what.key); /* the known header */
    (void)crypto_generichash_init(&f.hash, NULL, 0, 32);
    (void)crypto_generichash_update(&f.hash, header, 24);
    must(vault_file_seal_chunk(&f, HK_LIT("hello"), sealed, &n));
    must(vault_file_seal_done(&f, &d));
    fill(d.blob.b, 16, 19);
    vector("a small file");
    hex("key", d.key, 32);
    hex("header", header, 24);
    hex("hash", d.hash, 32);
    hex("last_64_bytes", sealed + n - 64, 64);
    number("sealed_bytes", (int64_t)n);
    must(vault_file_open_start(&f, &d, hk_slice_of(header, 24)));
    size_t m;
    must(vault_file_open_chunk(&f, hk_slice_of(sealed, n), plain, &m));
    must(vault_file_open_done(&f));
    assert_int_equal(m, 5);
    must(vault_descriptor_write(&d, bytes, sizeof bytes, &n));
    hex("descriptor", bytes, n);
}

static void make_all(void)
{
    account("a client", &CLIENT, 1);
    account("a listener", &LISTENER, 2);
    conversation();
    unlocking();
    meeting();
    inviting();
    file();
    text("}\n]\n");
    stage_device_done(&C);
    stage_device_done(&L);
    stage_close(&PLACE);
}

static const char *PATH;
static bool WRITE;

static void the_vectors_are_the_same_byte_for_byte(void **state)
{
    static char kept[sizeof JSON];
    make_all();
    FILE *f = fopen(PATH, WRITE ? "w" : "r");
    assert_non_null(f);
    if (WRITE) {
        assert_int_equal(fwrite(JSON, 1, JSON_N, f), JSON_N);
        assert_int_equal(fclose(f), 0);
        return;
    }
    size_t n = fread(kept, 1, sizeof kept, f);
    (void)fclose(f); /* read only */
    assert_int_equal(n, JSON_N);
    assert_memory_equal(kept, JSON, n);
}

int main(int count, char **arguments)
{
    if (sodium_init() < 0 || count < 2)
        return 2;
    WRITE = strcmp(arguments[1], "--write") == 0;
    PATH = arguments[count - 1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_are_the_same_byte_for_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
