/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Signing in, changing and recovering: the server that wants the password made cheap, the old record, the
 * phisher.
 */
#include "vault/stage_test.h"
#include "vault/unlock.h"

#include <sys/resource.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

static vault_account ME, OTHER;
static const uint8_t CHALLENGE[32] = {4, 2};
static const uint8_t SALT[16] = {1, 2, 3};
static const uint8_t NO_SALT[16] = {0};
#define HANDLE HK_LIT("quiet-heron-4821")
#define HOST   HK_LIT("hearken.example")

static int begin(void **state)
{
    stage_person(&ME, 1);
    stage_person(&OTHER, 2);
    return 0;
}

static vault_kdf how_now(void)
{
    vault_kdf how = {.handle = HANDLE, .t = VAULT_T_DEFAULT, .m_bytes = VAULT_M_DEFAULT};
    memcpy(how.salt, SALT, sizeof SALT);
    return how;
}

static hk_err input_of(const vault_kdf *how)
{
    uint8_t input[VAULT_KDF_INPUT_MAX];
    size_t n;
    return vault_kdf_input(how, (hk_slice){0}, HK_LIT("a long password"), input, &n);
}

static void r_of(const vault_kdf *how, hk_slice sk, const char *password, uint8_t *ret)
{
    uint8_t input[VAULT_KDF_INPUT_MAX];
    size_t n;
    must(vault_kdf_input(how, sk, hk_slice_z(password), input, &n));
    must(vault_kdf_run(hk_slice_of(input, n), ret));
}

static void parameters_below_the_floor_above_the_roof_or_below_what_was_seen_run_nothing(void **state)
{
    vault_kdf how = how_now();
    must(input_of(&how));
    how.m_bytes = VAULT_M_MIN_BYTES - 1;
    refuses(HK_REFUSED, input_of(&how));
    how.m_bytes = VAULT_M_MAX_BYTES + 1;
    refuses(HK_REFUSED, input_of(&how));
    how = how_now();
    how.t = 0;
    refuses(HK_REFUSED, input_of(&how));
    how.t = VAULT_T_MAX + 1;
    refuses(HK_REFUSED, input_of(&how));
    how = how_now();
    how.t_seen = 4;
    refuses(HK_REFUSED, input_of(&how));
    how = how_now();
    how.m_seen = VAULT_M_DEFAULT + 1;
    refuses(HK_REFUSED, input_of(&how));
    uint8_t forged[VAULT_KDF_INPUT_MAX] = {1, 0, 0, 0, 1, 0, 0, 16}, r[32]; /* 1 MiB, straight to Argon2 */
    refuses(HK_REFUSED, vault_kdf_run(hk_slice_of(forged, 1 + 8 + 16 + 2), r));
    refuses(HK_BAD, vault_kdf_run(hk_slice_of(forged, 5), r));
}

static void one_salt_given_to_everybody_still_gives_everybody_another_key(void **state)
{
    uint8_t one[VAULT_KDF_INPUT_MAX], two[VAULT_KDF_INPUT_MAX];
    size_t n, m;
    vault_kdf how = how_now(), other = how_now();
    other.handle = HK_LIT("early-finch-1177");
    must(vault_kdf_input(&how, (hk_slice){0}, HK_LIT("the same password"), one, &n));
    must(vault_kdf_input(&other, (hk_slice){0}, HK_LIT("the same password"), two, &m));
    assert_memory_not_equal(one + 9, two + 9, 16); /* the salt that Argon2 gets */
}

static void a_salt_or_a_secret_key_that_differs_gives_another_r(void **state)
{
    uint8_t r[32], other[32], sk[16] = {7};
    vault_kdf how = how_now();
    how.t = 1;
    how.m_bytes = VAULT_M_MIN_BYTES;
    r_of(&how, (hk_slice){0}, "a long password", r);
    r_of(&how, (hk_slice){0}, "a long password", other);
    assert_memory_equal(r, other, 32);
    r_of(&how, hk_slice_of(sk, sizeof sk), "a long password", other);
    assert_memory_not_equal(r, other, 32);
    how.salt[0] ^= 1; /* salt swap */
    r_of(&how, (hk_slice){0}, "a long password", other);
    assert_memory_not_equal(r, other, 32);
}

static void a_machine_without_memory_says_so(void **state)
{
    uint8_t r[32];
    uint8_t input[VAULT_KDF_INPUT_MAX];
    size_t n;
    vault_kdf how = how_now();
#ifdef SANITIZED
    skip(); /* a sanitizer's own memory does not fit under a limit */
#endif
    how.m_bytes = VAULT_M_MAX_BYTES;
    must(vault_kdf_input(&how, (hk_slice){0}, HK_LIT("a long password"), input, &n));
    struct rlimit before, small = {256u << 20, 256u << 20};
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    small.rlim_max = before.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_AS, &small), 0);
    hk_err err = vault_kdf_run(hk_slice_of(input, n), r);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    assert_int_equal(err, HK_NO_MEMORY);
}

static void an_unlock_record_opens_with_its_r_for_its_account_only(void **state)
{
    uint8_t r[32] = {9}, wrong[32] = {8}, ak[32];
    vault_new_record record;
    must(vault_unlock_seal(VAULT_UNLOCK_PASSWORD, &ME.id, 1, SALT, 3, VAULT_M_DEFAULT, r, ME.ak, &record));
    hk_slice bytes = hk_slice_of(record.record, sizeof record.record);
    must(vault_unlock_open(bytes, &ME.id, r, ak));
    assert_memory_equal(ak, ME.ak, 32);
    refuses(HK_REFUSED, vault_unlock_open(bytes, &ME.id, wrong, ak));
    refuses(HK_REFUSED, vault_unlock_open(bytes, &OTHER.id, r, ak));
    for (size_t at = 0; at < sizeof record.record; at++) { /* every byte is bound */
        record.record[at] ^= 1;
        assert_int_not_equal(vault_unlock_open(bytes, &ME.id, r, ak), HK_OK);
        record.record[at] ^= 1;
    }
    memcpy(record.record + 3, OTHER.id.b, 16); /* a wrapped key swapped between accounts */
    refuses(HK_REFUSED, vault_unlock_open(bytes, &OTHER.id, r, ak));
}

static void record_shapes_that_are_not_ours_are_refused(void **state)
{
    uint8_t r[32] = {9};
    vault_new_record record;
    vault_unlock u;
    refuses(HK_BAD, vault_unlock_seal(5, &ME.id, 1, NO_SALT, 0, 0, r, ME.ak, &record));
    refuses(HK_BAD, vault_unlock_seal(VAULT_UNLOCK_PASSKEY, &ME.id, 1, SALT, 0, 0, r, ME.ak, &record));
    refuses(HK_BAD, vault_unlock_seal(VAULT_UNLOCK_RECOVERY, &ME.id, 1, NO_SALT, 3, 0, r, ME.ak, &record));
    refuses(HK_BAD, vault_unlock_seal(VAULT_UNLOCK_DEVICE, &ME.id, 0, NO_SALT, 0, 0, r, ME.ak, &record));
    refuses(HK_REFUSED,
            vault_unlock_seal(VAULT_UNLOCK_PASSWORD, &ME.id, 1, SALT, 3, 1 << 20, r, ME.ak, &record));
    must(vault_unlock_seal(VAULT_UNLOCK_DEVICE, &ME.id, 1, NO_SALT, 0, 0, r, ME.ak, &record));
    must(vault_unlock_parse(hk_slice_of(record.record, VAULT_UNLOCK_BYTES), &u));
    assert_int_equal(u.kind, VAULT_UNLOCK_DEVICE);
    refuses(HK_BAD, vault_unlock_parse(hk_slice_of(record.record, VAULT_UNLOCK_BYTES - 1), &u));
    static const struct {
        size_t at;
        uint8_t value;
    } bends[] = {{0, 2}, {1, 2}, {2, 0}, {2, 5}};
    for (size_t i = 0; i < HK_COUNT(bends); i++) {
        uint8_t was = record.record[bends[i].at];
        record.record[bends[i].at] = bends[i].value;
        refuses(HK_BAD, vault_unlock_parse(hk_slice_of(record.record, VAULT_UNLOCK_BYTES), &u));
        record.record[bends[i].at] = was;
    }
    static const struct {
        uint32_t t, m_bytes;
        hk_err err;
    } bounds[] = {{0, VAULT_M_DEFAULT, HK_REFUSED},        {VAULT_T_MAX + 1, VAULT_M_DEFAULT, HK_REFUSED},
                  {VAULT_T_MAX, VAULT_M_MAX_BYTES, HK_OK}, {VAULT_T_MIN, VAULT_M_MIN_BYTES, HK_OK},
                  {3, VAULT_M_MIN_BYTES - 1, HK_REFUSED},  {3, VAULT_M_MAX_BYTES + 1, HK_REFUSED}};
    for (size_t i = 0; i < HK_COUNT(bounds); i++)
        assert_int_equal(vault_unlock_seal(VAULT_UNLOCK_PASSWORD, &ME.id, 1, SALT, bounds[i].t,
                                           bounds[i].m_bytes, r, ME.ak, &record),
                         bounds[i].err);
    refuses(HK_BAD, vault_unlock_seal(VAULT_UNLOCK_DEVICE, &ME.id, 1, NO_SALT, 0, 1, r, ME.ak, &record));
    uint8_t key[32];
    refuses(HK_BAD, vault_login_key(0, r, key));
    refuses(HK_BAD, vault_login_key(5, r, key));
}

static void a_login_for_another_host_handle_kind_or_challenge_does_not_verify(void **state)
{
    uint8_t r[32] = {9}, key[32], signature[64], other[32] = {5};
    must(vault_login_key(VAULT_UNLOCK_PASSWORD, r, key));
    must(vault_login_sign(HOST, HANDLE, VAULT_UNLOCK_PASSWORD, CHALLENGE, r, signature));
    must(vault_login_verify(HOST, HANDLE, VAULT_UNLOCK_PASSWORD, CHALLENGE, key, signature));
    hk_slice evil = HK_LIT("hearken.example.evil");
    refuses(HK_REFUSED, vault_login_verify(evil, HANDLE, VAULT_UNLOCK_PASSWORD, CHALLENGE, key, signature));
    hk_slice heron = HK_LIT("quiet-heron-4822");
    refuses(HK_REFUSED, vault_login_verify(HOST, heron, VAULT_UNLOCK_PASSWORD, CHALLENGE, key, signature));
    refuses(HK_REFUSED, vault_login_verify(HOST, HANDLE, VAULT_UNLOCK_RECOVERY, CHALLENGE, key, signature));
    refuses(HK_REFUSED, vault_login_verify(HOST, HANDLE, VAULT_UNLOCK_PASSWORD, other, key, signature));
    refuses(HK_BAD, vault_login_sign((hk_slice){0}, HANDLE, VAULT_UNLOCK_PASSWORD, CHALLENGE, r, signature));
    static const uint8_t letters[VAULT_HOST_MAX + 1] = {'a'};
    hk_slice host = hk_slice_of(letters, VAULT_HOST_MAX + 1),
             handle = hk_slice_of(letters, VAULT_HANDLE_MAX + 1);
    refuses(HK_BAD, vault_login_sign(host, HANDLE, VAULT_UNLOCK_PASSWORD, CHALLENGE, r, signature));
    refuses(HK_BAD, vault_login_sign(HOST, handle, VAULT_UNLOCK_PASSWORD, CHALLENGE, r, signature));
    refuses(HK_BAD, vault_login_sign(HOST, (hk_slice){0}, VAULT_UNLOCK_PASSWORD, CHALLENGE, r, signature));
    vault_kdf how = how_now();
    how.handle = handle;
    refuses(HK_BAD, input_of(&how));
    how.handle.n = 0;
    refuses(HK_BAD, input_of(&how));
}

static void host_and_handle_cannot_be_shifted_into_each_other(void **state)
{
    uint8_t r[32] = {9}, key[32], signature[64];
    must(vault_login_key(1, r, key));
    must(vault_login_sign(HK_LIT("ab"), HK_LIT("c"), 1, CHALLENGE, r, signature));
    refuses(HK_REFUSED, vault_login_verify(HK_LIT("a"), HK_LIT("bc"), 1, CHALLENGE, key, signature));
}

/* Password and recovery records under these two secrets. */
static void two_records(const uint8_t *r, const uint8_t *recovery_r, uint32_t serial, vault_new_record *ret)
{
    must(vault_unlock_seal(VAULT_UNLOCK_PASSWORD, &ME.id, serial, SALT, 3, VAULT_M_DEFAULT, r, ME.ak,
                           &ret[0]));
    must(vault_unlock_seal(VAULT_UNLOCK_RECOVERY, &ME.id, serial, NO_SALT, 0, 0, recovery_r, ME.ak, &ret[1]));
}

static void a_change_is_signed_by_a_current_key_over_exactly_these_records(void **state)
{
    uint8_t r[32] = {9}, new_r[32] = {10}, rec[32] = {11}, key[32], signature[64], other[32] = {5};
    vault_new_record records[2], swapped[2];
    two_records(new_r, rec, 2, records);
    must(vault_login_key(VAULT_UNLOCK_PASSWORD, r, key));
    must(vault_change_sign(&ME.id, CHALLENGE, records, 2, VAULT_UNLOCK_PASSWORD, r, signature));
    must(vault_change_verify(&ME.id, CHALLENGE, records, 2, key, signature));
    refuses(HK_REFUSED, vault_change_verify(&ME.id, other, records, 2, key, signature));
    refuses(HK_REFUSED, vault_change_verify(&ME.id, CHALLENGE, records, 1, key, signature));
    refuses(HK_REFUSED, vault_change_verify(&OTHER.id, CHALLENGE, records, 2, key, signature));
    memcpy(swapped, records, sizeof swapped);
    swapped[0].login_key[0] ^= 1; /* the server puts in a login key of its own */
    refuses(HK_REFUSED, vault_change_verify(&ME.id, CHALLENGE, swapped, 2, key, signature));
    swapped[0] = records[1];
    swapped[1] = records[0];
    refuses(HK_BAD, vault_change_verify(&ME.id, CHALLENGE, swapped, 2, key, signature));
    refuses(HK_BAD, vault_change_verify(&ME.id, CHALLENGE, records, 0, key, signature));
    vault_new_record many[VAULT_RECORDS_MAX + 1] = {0};
    refuses(HK_TOO_MUCH, vault_change_verify(&ME.id, CHALLENGE, many, VAULT_RECORDS_MAX + 1, key, signature));
}

static void after_a_change_the_old_login_key_signs_nothing_that_counts(void **state)
{
    uint8_t r[32] = {9}, new_r[32] = {10}, new_key[32], signature[64];
    must(vault_login_key(VAULT_UNLOCK_PASSWORD, new_r, new_key));
    must(vault_login_sign(HOST, HANDLE, VAULT_UNLOCK_PASSWORD, CHALLENGE, r, signature));
    refuses(HK_REFUSED,
            vault_login_verify(HOST, HANDLE, VAULT_UNLOCK_PASSWORD, CHALLENGE, new_key, signature));
}

static void a_recovery_login_brings_both_records_or_nothing(void **state)
{
    uint8_t rec[32] = {11}, new_r[32] = {10}, new_rec[32] = {12}, signature[64];
    vault_new_record records[2];
    two_records(new_r, new_rec, 2, records);
    assert_true(vault_change_suits_recovery(records, 2));
    assert_false(vault_change_suits_recovery(records, 1));
    must(vault_change_sign(&ME.id, CHALLENGE, records, 2, VAULT_UNLOCK_RECOVERY, rec, signature));
    refuses(HK_REFUSED,
            vault_change_sign(&ME.id, CHALLENGE, records, 1, VAULT_UNLOCK_RECOVERY, rec, signature));
    refuses(HK_REFUSED,
            vault_change_sign(&OTHER.id, CHALLENGE, records, 2, VAULT_UNLOCK_RECOVERY, rec, signature));
    records[1].record[0] = 2; /* a record that is none */
    refuses(HK_BAD, vault_change_sign(&ME.id, CHALLENGE, records, 2, VAULT_UNLOCK_RECOVERY, rec, signature));
}

static void recovery_keys_are_derived_apart_from_all_others(void **state)
{
    uint8_t r[32] = {9}, key[32], recovery[32], ak[32];
    vault_new_record record;
    must(vault_login_key(VAULT_UNLOCK_PASSWORD, r, key));
    must(vault_login_key(VAULT_UNLOCK_RECOVERY, r, recovery));
    assert_memory_not_equal(key, recovery, 32);
    must(vault_unlock_seal(VAULT_UNLOCK_RECOVERY, &ME.id, 1, NO_SALT, 0, 0, r, ME.ak, &record));
    record.record[2] = VAULT_UNLOCK_DEVICE;
    refuses(HK_REFUSED, vault_unlock_open(hk_slice_of(record.record, VAULT_UNLOCK_BYTES), &ME.id, r, ak));
}

/* ---- On paper ---- */

static void a_recovery_code_survives_a_tired_hand(void **state)
{
    uint8_t code[20], back[20];
    char text[VAULT_RECOVERY_TEXT + 1] = {0}, sloppy[2 * VAULT_RECOVERY_TEXT] = {0};
    for (int round = 0; round < 200; round++) {
        size_t n = 0;
        vault_recovery_make(code);
        vault_recovery_text(code, text);
        must(vault_recovery_parse(hk_slice_of(text, VAULT_RECOVERY_TEXT), back));
        assert_memory_equal(code, back, 20);
        for (size_t i = 0; i < VAULT_RECOVERY_TEXT; i++) {
            char c = text[i];
            if (c == ' ')
                continue; /* no spaces at all, dashes elsewhere */
            c = c == '0' ? (round & 1 ? 'O' : 'o') : c == '1' ? (round & 2 ? 'I' : 'l') : c;
            sloppy[n++] = c >= 'A' && c <= 'Z' && (i & 1) ? (char)(c + 32) : c;
            if (i % 7 == 0)
                sloppy[n++] = '-';
        }
        must(vault_recovery_parse(hk_slice_of(sloppy, n), back));
        assert_memory_equal(code, back, 20);
    }
}

static void a_slip_of_the_pen_is_found_before_anything_is_tried(void **state)
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint8_t code[20] = {1, 2, 3, 4, 5}, back[20];
    char text[VAULT_RECOVERY_TEXT];
    size_t wrong = 0, tried = 0;
    vault_recovery_text(code, text);
    for (size_t i = 0; i < sizeof text; i++)
        for (size_t d = 0; d < 32 && text[i] != ' '; d++) {
            char was = text[i];
            if (digits[d] == was)
                continue;
            text[i] = digits[d];
            tried++;
            wrong += vault_recovery_parse(hk_slice_of(text, sizeof text), back) != HK_OK;
            text[i] = was;
        }
    assert_int_equal(tried, 36 * 31);
    assert_int_equal(wrong, tried); /* 20 check bits: one in a million would pass; none of these does */
    refuses(HK_BAD, vault_recovery_parse(hk_slice_of(text, sizeof text - 1), back));
    refuses(HK_BAD, vault_recovery_parse(HK_LIT("UUUU"), back));
    assert_true(sodium_is_zero(back, sizeof back));
}

static void a_secret_key_on_paper_is_no_recovery_code(void **state)
{
    uint8_t sk[16], back[16], code[20];
    char text[VAULT_SK_TEXT];
    vault_sk_make(sk);
    vault_sk_text(sk, text);
    must(vault_sk_parse(hk_slice_of(text, sizeof text), back));
    assert_memory_equal(sk, back, 16);
    refuses(HK_BAD, vault_recovery_parse(hk_slice_of(text, sizeof text), code));
    text[0] = text[0] == 'Z' ? 'Y' : 'Z';
    refuses(HK_BAD, vault_sk_parse(hk_slice_of(text, sizeof text), back));
}

static void passwords_keep_to_rfc_8265(void **state)
{
    uint8_t out[VAULT_PASSWORD_MAX];
    size_t n;
    must(vault_password_prepare(HK_LIT("gr\xc3\xbc\xc3\x9f dich"), out, sizeof out, &n));
    must(vault_password_prepare(HK_LIT("nicht\xe3\x80\x80wahr"), out, sizeof out, &n));
    assert_memory_equal(out, "nicht wahr", n); /* an ideographic space is a space */
    refuses(HK_TOO_MUCH, vault_password_prepare(HK_LIT("seven77"), out, sizeof out, &n));
    uint8_t longest[VAULT_PASSWORD_MAX + 1];
    memset(longest, 'a', sizeof longest);
    must(vault_password_prepare(hk_slice_of(longest, VAULT_PASSWORD_MAX), out, sizeof out, &n));
    refuses(HK_TOO_MUCH, vault_password_prepare(hk_slice_of(longest, sizeof longest), out, sizeof out, &n));
    refuses(HK_BAD, vault_password_prepare(HK_LIT("tab\there and more"), out, sizeof out, &n));
    refuses(HK_BAD, vault_password_prepare(HK_LIT("private \xee\x80\x80 use"), out, sizeof out, &n));
    refuses(HK_BAD, vault_password_prepare(HK_LIT("surrogate \xed\xa0\x80"), out, sizeof out, &n));
    refuses(HK_BAD, vault_password_prepare(HK_LIT("never \xef\xbf\xbf assigned"), out, sizeof out, &n));
    refuses(HK_BAD, vault_password_prepare(HK_LIT("not utf8 \xff"), out, sizeof out, &n));
    uint8_t input[VAULT_KDF_INPUT_MAX];
    vault_kdf how = how_now();
    refuses(HK_TOO_MUCH, vault_kdf_input(&how, (hk_slice){0}, HK_LIT("short"), input, &n));
    refuses(HK_BAD, vault_kdf_input(&how, HK_LIT("fifteen bytes.."), HK_LIT("long enough"), input, &n));
}

/* ---- Keys under the account key ---- */

static void an_identity_opens_only_for_its_account_and_key(void **state)
{
    uint8_t record[VAULT_IDENTITY_BYTES], other[32] = {1};
    vault_account back;
    must(vault_identity_seal(&ME, record));
    must(vault_identity_open(hk_slice_of(record, sizeof record), &ME.id, ME.ak, &back));
    assert_memory_equal(&back, &ME, sizeof back);
    refuses(HK_REFUSED, vault_identity_open(hk_slice_of(record, sizeof record), &OTHER.id, ME.ak, &back));
    refuses(HK_REFUSED, vault_identity_open(hk_slice_of(record, sizeof record), &ME.id, other, &back));
    for (size_t at = 0; at < sizeof record; at++) {
        record[at] ^= 1;
        assert_int_not_equal(vault_identity_open(hk_slice_of(record, sizeof record), &ME.id, ME.ak, &back),
                             HK_OK);
        record[at] ^= 1;
    }
}

static void somebody_may_have_been_in_makes_all_keys_but_the_identity_anew(void **state)
{
    vault_account before = ME;
    must(vault_account_renew(&ME));
    assert_memory_not_equal(ME.ak, before.ak, 32);
    assert_int_equal(ME.eks[0].serial, 2);
    assert_memory_not_equal(ME.eks[0].pk, before.eks[0].pk, 32);
    assert_memory_equal(ME.ik, before.ik, 32);
    assert_memory_equal(&ME.eks[1], &before.eks[0], sizeof ME.eks[1]); /* old words stay readable */
    for (int i = 2; i < VAULT_EKS_MAX; i++)
        must(vault_account_rotate_ek(&ME));
    refuses(HK_TOO_MUCH, vault_account_rotate_ek(&ME));
}

static void a_draft_opens_only_in_its_place(void **state)
{
    uint8_t sealed[64 + VAULT_LOCAL_EXTRA], plain[64];
    size_t n, m;
    must(vault_local_seal(&ME, HK_LIT("draft:1"), HK_LIT("I do not know how to say"), sealed, sizeof sealed,
                          &n));
    must(vault_local_open(&ME, HK_LIT("draft:1"), hk_slice_of(sealed, n), plain, sizeof plain, &m));
    assert_memory_equal(plain, "I do not know how to say", m);
    refuses(HK_REFUSED,
            vault_local_open(&ME, HK_LIT("draft:2"), hk_slice_of(sealed, n), plain, sizeof plain, &m));
    refuses(HK_REFUSED, vault_local_open(&OTHER, HK_LIT("draft:1"), hk_slice_of(sealed, n), plain, 64, &m));
    refuses(HK_TOO_MUCH, vault_local_open(&ME, HK_LIT("draft:1"), hk_slice_of(sealed, n), plain, 3, &m));
    refuses(HK_TOO_MUCH, vault_local_seal(&ME, HK_LIT("d"), HK_LIT("x"), sealed, VAULT_LOCAL_EXTRA, &n));
    refuses(HK_BAD, vault_local_open(&ME, HK_LIT("d"), HK_LIT("short"), plain, sizeof plain, &m));
}

/* ---- The audit chain ---- */

static void an_audit_chain_rebuilt_whole_is_found_by_the_head_kept_elsewhere(void **state)
{
    uint8_t head[32], rebuilt[32];
    vault_audit_start(head);
    vault_audit_start(rebuilt);
    vault_audit_next(head, 1, HK_LIT("a listener was disabled"), head);
    vault_audit_next(head, 2, HK_LIT("an invitation was made"), head);
    vault_audit_next(rebuilt, 1, HK_LIT("nothing happened"), rebuilt);
    vault_audit_next(rebuilt, 2, HK_LIT("an invitation was made"), rebuilt);
    assert_memory_not_equal(head, rebuilt, 32);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
#define T(name) cmocka_unit_test_setup(name, begin)
    const struct CMUnitTest tests[] = {
        T(parameters_below_the_floor_above_the_roof_or_below_what_was_seen_run_nothing),
        T(one_salt_given_to_everybody_still_gives_everybody_another_key),
        T(a_salt_or_a_secret_key_that_differs_gives_another_r),
        T(a_machine_without_memory_says_so),
        T(an_unlock_record_opens_with_its_r_for_its_account_only),
        T(record_shapes_that_are_not_ours_are_refused),
        T(a_login_for_another_host_handle_kind_or_challenge_does_not_verify),
        T(host_and_handle_cannot_be_shifted_into_each_other),
        T(a_change_is_signed_by_a_current_key_over_exactly_these_records),
        T(after_a_change_the_old_login_key_signs_nothing_that_counts),
        T(a_recovery_login_brings_both_records_or_nothing),
        T(recovery_keys_are_derived_apart_from_all_others),
        T(a_recovery_code_survives_a_tired_hand),
        T(a_slip_of_the_pen_is_found_before_anything_is_tried),
        T(a_secret_key_on_paper_is_no_recovery_code),
        T(passwords_keep_to_rfc_8265),
        T(an_identity_opens_only_for_its_account_and_key),
        T(somebody_may_have_been_in_makes_all_keys_but_the_identity_anew),
        T(a_draft_opens_only_in_its_place),
        T(an_audit_chain_rebuilt_whole_is_found_by_the_head_kept_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
