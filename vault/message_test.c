/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The shape of envelopes as the server sees it, and what is refused after the tag is right: the shape is all
 * a server can check, so each part of it is refused by name.
 */
#include "vault/stage_test.h"

static stage_pair S;
static uint8_t E[VAULT_ENVELOPE_BYTES_MAX + 64], RECEIPT[1024];
static size_t N, RECEIPT_N;

static int begin(void **state)
{
    stage_pair_open(&S);
    N = stage_seal(&S.c, "hello", NULL, E, sizeof E);
    must(vault_receipt_seal(&S.l.log, &S.l.stream, 1700000000000, RECEIPT, sizeof RECEIPT, &RECEIPT_N));
    return 0;
}

static int end(void **state)
{
    stage_pair_close(&S);
    return 0;
}

#define CT_AT    (VAULT_HEADER_BYTES + VAULT_NONCE_BYTES)
#define COUNT_AT (CT_AT + 4 + 272)

static hk_err parse(void)
{
    vault_envelope e;
    return vault_envelope_parse(hk_slice_of(E, N), &e);
}

static void every_part_of_the_header_is_checked(void **state)
{
    static const struct {
        size_t at;
        uint8_t value;
    } bends[] = {{0, 2}, {1, 2}, {2, 0},    {2, VAULT_TYPE_CALL}, {2, VAULT_TYPE_RECEIPT},
                 {2, 4}, {3, 1}, {60, 0x20}};
    must(parse());
    for (size_t i = 0; i < HK_COUNT(bends); i++) {
        uint8_t was = E[bends[i].at];
        E[bends[i].at] = bends[i].value;
        refuses(HK_BAD, parse());
        E[bends[i].at] = was;
    }
    uint8_t header[VAULT_HEADER_BYTES];
    memcpy(header, E, sizeof header);
    memset(E + 20, 0, 4); /* epoch 0 */
    refuses(HK_BAD, parse());
    memcpy(E, header, sizeof header);
    memset(E + 56, 0, 4); /* n 0 */
    refuses(HK_BAD, parse());
}

static void the_ciphertext_has_one_of_four_lengths(void **state)
{
    static const uint32_t lengths[] = {0, 15, 16, 271, 273, 1040, 16400, 0x7fffffff, 0xffffffff};
    for (size_t i = 0; i < HK_COUNT(lengths); i++) {
        memcpy(E + CT_AT, VAULT_BE32(lengths[i]).p, 4);
        refuses(HK_BAD, parse());
    }
}

static void tags_are_counted_ordered_and_followed_by_nothing(void **state)
{
    uint8_t tag[48];
    N++;
    refuses(HK_BAD, parse());
    N -= 2;
    refuses(HK_BAD, parse());
    N++;
    memcpy(tag, E + COUNT_AT + 1, 48);
    memcpy(E + COUNT_AT + 1, E + COUNT_AT + 1 + 48, 48);
    memcpy(E + COUNT_AT + 1 + 48, tag, 48);
    refuses(HK_BAD, parse()); /* unsorted */
    memcpy(E + COUNT_AT + 1, tag, 48);
    refuses(HK_BAD, parse()); /* twice */
    E[COUNT_AT] = 0;
    N = COUNT_AT + 1;
    refuses(HK_BAD, parse());
    E[COUNT_AT] = 17;
    N = COUNT_AT + 1 + 17 * 48;
    refuses(HK_TOO_MUCH, parse());
    N = VAULT_ENVELOPE_BYTES_MAX + 1;
    refuses(HK_TOO_MUCH, parse());
}

static void an_envelope_cut_anywhere_does_not_parse(void **state)
{
    vault_envelope e;
    for (size_t n = 0; n < N; n++)
        refuses(HK_BAD, vault_envelope_parse(hk_slice_of(E, n), &e));
}

static void an_envelope_fits_only_its_chain(void **state)
{
    vault_envelope e, bent;
    vault_chain chain = S.place.chain;
    must(vault_envelope_parse(hk_slice_of(E, N), &e));
    must(vault_envelope_fits(&chain, &e));
    bent = e;
    bent.epoch++;
    refuses(HK_CONFLICT, vault_envelope_fits(&chain, &bent));
    bent = e;
    bent.conv.b[0] ^= 1;
    refuses(HK_REFUSED, vault_envelope_fits(&chain, &bent));
    bent = e;
    bent.sender.b[0] ^= 1;
    refuses(HK_REFUSED, vault_envelope_fits(&chain, &bent));
    bent = e;
    bent.tag_count = 1;
    refuses(HK_REFUSED, vault_envelope_fits(&chain, &bent));
    chain.members[1].account.b[15] ^= 1; /* tags for somebody else */
    refuses(HK_REFUSED, vault_envelope_fits(&chain, &e));
}

/* The client's tag for the listener over the bytes as they now are. */
static void tag_again(uint8_t *bytes, vault_log *from, size_t to)
{
    uint8_t hash[32];
    VAULT_HASH(hash, VAULT_D(VAULT_D_TAG), VAULT_32(from->chain.commit_hash), hk_slice_of(bytes, COUNT_AT));
    crypto_auth(bytes + COUNT_AT + 1 + to * 48 + 16, hash, sizeof hash, from->pair_out[to]);
}

static void a_wrong_cipher_under_a_right_tag_is_bad(void **state)
{
    stage_force(&S.place, hk_slice_of(E, N)); /* good words lie in the buffer from before */
    assert_int_equal(stage_read_one(&S.l, &S.place), VAULT_SHOWN);
    N = stage_seal(&S.c, "more", NULL, E, sizeof E);
    E[CT_AT + 4] ^= 1;
    tag_again(E, &S.c.log, 1);
    stage_force(&S.place, hk_slice_of(E, N));
    assert_int_equal(stage_read_one(&S.l, &S.place), VAULT_BAD);
    assert_int_equal(S.l.last.content.n, 0);
}

static void a_wrong_tag_and_a_wrong_cipher_give_one_answer(void **state)
{
    vault_envelope e;
    vault_words words;
    E[COUNT_AT + 1 + 48 + 16] ^= 1;
    must(vault_envelope_parse(hk_slice_of(E, N), &e));
    hk_err tag = vault_open_envelope(&S.l.log, &e, &words);
    E[COUNT_AT + 1 + 48 + 16] ^= 1;
    E[CT_AT + 4] ^= 1;
    tag_again(E, &S.c.log, 1);
    must(vault_envelope_parse(hk_slice_of(E, N), &e));
    assert_int_equal(vault_open_envelope(&S.l.log, &e, &words), tag);
    assert_int_equal(tag, HK_REFUSED);
}

static void whoever_is_outside_opens_nothing_even_with_the_tag_in_hand(void **state)
{
    vault_envelope e;
    vault_words words;
    must(vault_envelope_parse(hk_slice_of(E, N), &e));
    must(vault_open_envelope(&S.l.log, &e, &words));
    S.l.log.stops |= VAULT_STOP_OUTSIDE;
    refuses(HK_REFUSED, vault_open_envelope(&S.l.log, &e, &words));
    S.l.log.stops = 0;
    e.sender.b[0] ^= 1;
    refuses(HK_REFUSED, vault_open_envelope(&S.l.log, &e, &words));
}

/* ---- Receipts ---- */

static hk_err receive(void)
{
    account_id who;
    int64_t position;
    return vault_receipt_open(&S.c.log, hk_slice_of(RECEIPT, RECEIPT_N), &who, &position);
}

static void a_receipt_is_checked_like_a_message(void **state)
{
    must(receive());
    RECEIPT[10] ^= 1; /* conversation */
    refuses(HK_REFUSED, receive());
    RECEIPT[10] ^= 1;
    RECEIPT[23]++; /* epoch */
    refuses(HK_CONFLICT, receive());
    RECEIPT[23]--;
    RECEIPT[CT_AT + 9] ^= 1;
    refuses(HK_REFUSED, receive());
    RECEIPT[CT_AT + 9] ^= 1;
    RECEIPT_N--;
    refuses(HK_BAD, receive());
    RECEIPT_N++;
    must(receive());
    uint8_t bigger[sizeof RECEIPT + 768] = {
        0}; /* receipts have one size: the same with three quarters of a KiB more */
    memcpy(bigger, RECEIPT, CT_AT + 4);
    memcpy(bigger + CT_AT, VAULT_BE32(1040u).p, 4);
    memcpy(bigger + CT_AT + 4 + 1040, RECEIPT + COUNT_AT, RECEIPT_N - COUNT_AT);
    vault_envelope e;
    refuses(HK_BAD, vault_envelope_parse(hk_slice_of(bigger, RECEIPT_N + 768), &e));
    bigger[2] = VAULT_TYPE_MESSAGE;
    bigger[59] = 1;
    must(vault_envelope_parse(hk_slice_of(bigger, RECEIPT_N + 768), &e));
}

/* A receipt over these words, with the keys of the listener's own device. */
static void receipt_of(const vault_words *words)
{
    vault_sealing s = {.type = VAULT_TYPE_RECEIPT, .log = &S.l.log, .stream = S.l.stream.id};
    must(vault_derive_envelope(&s, words, RECEIPT, sizeof RECEIPT, &RECEIPT_N));
}

static void a_receipt_with_words_another_commit_or_another_history_is_refused(void **state)
{
    uint8_t other[32] = {1};
    vault_words words = stage_words("not a receipt", NULL);
    receipt_of(&words);
    refuses(HK_REFUSED, receive());
    words.kind = VAULT_BODY_RECEIPT;
    words.content = hk_slice_of(other, 32);
    receipt_of(&words);
    refuses(HK_REFUSED, receive());
    words.content = hk_slice_of(S.l.log.chain.commit_hash, 32);
    receipt_of(&words);
    must(receive());
    S.l.log.h[0] ^= 1; /* this device saw another history */
    receipt_of(&words);
    refuses(HK_REFUSED, receive());
    S.l.log.h[0] ^= 1;
    S.l.log.position = 9; /* or claims a position that is not there */
    receipt_of(&words);
    refuses(HK_BAD, receive());
}

static void nothing_is_sealed_while_sealing_has_stopped(void **state)
{
    size_t n;
    vault_words words = stage_words("x", NULL);
    for (uint32_t stop = VAULT_STOP_LOCKED; stop <= VAULT_STOP_ROTATE; stop <<= 1) {
        S.c.log.stops = stop;
        refuses(HK_BUSY, vault_log_seal(&S.c.log, &S.c.stream, &words, E, sizeof E, &n));
        refuses(HK_BUSY, vault_receipt_seal(&S.c.log, &S.c.stream, 1, E, sizeof E, &n));
    }
    S.c.log.stops = 0;
    S.c.stream.n = VAULT_EPOCH_MESSAGES_MAX;
    refuses(HK_BUSY, vault_log_seal(&S.c.log, &S.c.stream, &words, E, sizeof E, &n));
}

static void a_bent_wrap_opens_nothing(void **state)
{
    uint8_t wrap[VAULT_WRAP_BYTES];
    memcpy(wrap, S.place.entries[0].wraps[0], sizeof wrap);
    for (size_t at = 0; at < sizeof wrap; at += 5) {
        wrap[at] ^= 1;
        refuses(HK_REFUSED, vault_log_wrap(&S.c.log, hk_slice_of(wrap, sizeof wrap)));
        wrap[at] ^= 1;
    }
    refuses(HK_REFUSED, vault_log_wrap(&S.c.log, hk_slice_of(wrap, 0)));
    refuses(HK_REFUSED, vault_log_wrap(&S.c.log, hk_slice_of(wrap, 139)));
    must(vault_log_wrap(&S.c.log, hk_slice_of(wrap, sizeof wrap)));
    refuses(HK_REFUSED, vault_log_key(&S.c.log, 2, S.c.log.ck));
    wrap[0] = S.c.log.ck[0];
    S.c.log.ck[0] ^= 1;
    uint8_t wrong[32];
    memcpy(wrong, S.c.log.ck, 32);
    S.c.log.ck[0] ^= 1;
    refuses(HK_REFUSED, vault_log_key(&S.c.log, 1, wrong));
    must(vault_log_key(&S.c.log, 1, S.c.log.ck));
}

static void before_the_first_commit_there_is_nothing_to_do(void **state)
{
    static stage_device d;
    vault_plan plan = {0};
    vault_made_commit made;
    vault_taken taken;
    uint8_t wrap[VAULT_WRAP_BYTES] = {0};
    stage_device_open(&d, &S.client, &S.place.conv);
    assert_false(vault_log_may_seal(&d.log));
    refuses(HK_BUSY, vault_commit_make(&d.log, &plan, &made));
    refuses(HK_REFUSED, vault_log_wrap(&d.log, hk_slice_of(wrap, sizeof wrap)));
    refuses(HK_BUSY, vault_wrap_again(&d.log, &S.client.id, wrap));
    must(vault_log_take(&d.log, 1, hk_slice_of(E, N), &taken));
    assert_int_equal(taken.finding, VAULT_BAD);
    stage_device_done(&d);
    vault_log_memory small = {d.history, VAULT_HISTORY_SLOTS_MIN - 1, d.mids, VAULT_MID_SLOTS_MIN};
    refuses(HK_TOO_MUCH, vault_log_init(&d.log, &S.client, &S.place.conv, &small));
    small = (vault_log_memory){d.history, VAULT_HISTORY_SLOTS_MIN, d.mids, VAULT_MID_SLOTS_MIN - 1};
    refuses(HK_TOO_MUCH, vault_log_init(&d.log, &S.client, &S.place.conv, &small));
    refuses(HK_NOT_THERE, vault_wrap_again(&S.c.log, &(account_id){{77}}, wrap));
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        T(every_part_of_the_header_is_checked),
        T(the_ciphertext_has_one_of_four_lengths),
        T(tags_are_counted_ordered_and_followed_by_nothing),
        T(an_envelope_cut_anywhere_does_not_parse),
        T(an_envelope_fits_only_its_chain),
        T(a_wrong_cipher_under_a_right_tag_is_bad),
        T(a_wrong_tag_and_a_wrong_cipher_give_one_answer),
        T(whoever_is_outside_opens_nothing_even_with_the_tag_in_hand),
        T(a_receipt_is_checked_like_a_message),
        T(a_receipt_with_words_another_commit_or_another_history_is_refused),
        T(nothing_is_sealed_while_sealing_has_stopped),
        T(a_bent_wrap_opens_nothing),
        T(before_the_first_commit_there_is_nothing_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
