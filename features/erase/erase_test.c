/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/house_test.h"

#include <stdlib.h>
#include <unistd.h>

#include "features/deletions/deletions.h"
#include "features/erase/contract.h"
#include "features/erase/erase.h"

typedef struct scene {
    house *h;
    person admin, ana, client, other;
    conversation_id pair, others;
    house_talk c, o;
} scene;

static int open_scene(void **state)
{
    scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->h = house_open();
    house_admin(s->h, &s->admin);
    house_staff(s->h, &s->admin, ROLE_THERAPIST, true, &s->ana);
    house_team(s->h, &s->ana, (person *const[]){&s->ana}, 1);
    house_arrive_with(s->h, &s->client, RECORD_PASSWORD);
    house_arrive(s->h, &s->other);
    s->pair = house_pair(s->h, &s->client, &s->ana);
    s->others = house_pair(s->h, &s->other, &s->ana);
    house_talk_open(s->h, &s->client, s->pair, &s->c);
    house_talk_open(s->h, &s->other, s->others, &s->o);
    must(house_say(s->h, &s->c, "my words"));
    must(house_say(s->h, &s->o, "other words"));
    *state = s;
    return 0;
}

static int close_scene(void **state)
{
    scene *s = *state;
    house_close(s->h);
    free(s);
    return 0;
}

static hk_err erase(scene *s, person *p, record_kind by, erased_body *ret)
{
    hk_slice challenge;
    uint8_t signature[VAULT_SIGNATURE_BYTES];
    HK_TRY(house_challenge(s->h, p, &challenge));
    must(vault_login_sign(HK_LIT(HOUSE_HOST), hk_slice_z(p->handle), (uint8_t)(by + 1), challenge.p, p->r[by],
                          signature));
    erase_body body = {challenge, by, hk_slice_of(signature, sizeof signature)};
    return house_post(s->h, p, "/api/account/erase", &ERASE, &body, &ERASED, ret);
}

static void nobody_is_erased_by_a_session_alone(void **state)
{
    scene *s = *state;
    erased_body receipt;
    person thief = s->client; /* holds the cookie and not the password */
    memset(thief.r, 1, sizeof thief.r);
    refuses(HK_REFUSED, erase(s, &thief, RECORD_PASSWORD, &receipt));
    refuses(HK_REFUSED, erase(s, &thief, RECORD_PASSKEY, &receipt));
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM accounts"), 4);
}

static void the_last_administrator_cannot_be_erased(void **state)
{
    scene *s = *state;
    erased_body receipt;
    refuses(HK_CONFLICT, erase(s, &s->admin, RECORD_PASSWORD, &receipt));
    assert_string_equal(s->h->code, "last_admin");
    must(house_get(s->h, &s->admin, "/api/session", NULL, NULL));
}

static int64_t rows_of(scene *s, const char *table, const char *column, account_id account)
{
    char hex[2 * HK_ID_BYTES + 1];
    for (size_t i = 0; i < HK_ID_BYTES; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", account.b[i]);
    return house_count(
        s->h, hk_arena_printf(&s->h->arena, "SELECT count(*) FROM %s WHERE %s = x'%s'", table, column, hex));
}

static void a_client_who_goes_takes_keys_words_and_rows_along(void **state)
{
    scene *s = *state;
    erased_body receipt;
    house_connect(s->h, &s->client, 4);
    house_connect(s->h, &s->ana, 5);
    house_connect(s->h, &s->other, 6);
    must(erase(s, &s->client, RECORD_PASSWORD, &receipt));
    assert_int_equal(receipt.conversations, 1);
    assert_int_equal(receipt.keys_in_backups_until_ms, s->h->now_ms + 31 * HOUSE_DAY_MS);
    assert_true(receipt.remains.count >= 2);
    static const char *const TABLES[][2] = {
        {"accounts", "account"}, {"account_states", "account"}, {"records", "account"},
        {"sessions", "account"}, {"members", "account"},        {"streams", "account"},
        {"requests", "client"},  {"second.wraps", "account"},   {"receipts", "account"}};
    for (size_t i = 0; i < HK_COUNT(TABLES); i++)
        assert_int_equal(rows_of(s, TABLES[i][0], TABLES[i][1], s->client.me.id), 0);
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM conversations"), 1);
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM entries"), 2);
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM second.wraps"), 2);
    assert_true(house_is_ended(s->h, 4));
    assert_int_equal(house_told_count(s->h, 5, "member"), 1);
    assert_int_equal(house_told_count(s->h, 6, "member"), 0);
    assert_true(atomic_load(&s->h->place.scrub_wanted));
    refuses(HK_REFUSED, house_sign_in(s->h, &s->client, RECORD_PASSWORD));
    refuses(HK_NOT_THERE,
            house_get(s->h, &s->ana, house_path(s->h, "/api/conversations/%s/log", house_id(s->h, s->pair.b)),
                      NULL, NULL));
    must(house_say(s->h, &s->o, "still here")); /* nobody else noticed */
}

static void nothing_of_an_erased_person_is_left_in_the_files(void **state)
{
    scene *s = *state;
    erased_body receipt;
    session_body session;
    log_body log;
    must(house_get(s->h, &s->client, "/api/session", &SESSION, &session));
    must(house_get(s->h, &s->client, house_path(s->h, "/api/conversations/%s/log", house_id(s->h, s->pair.b)),
                   &LOG, &log));
    const entry_item *entries = log.entries.items;
    const hk_slice canaries[] = {HK_ID_SLICE(s->client.me.id),
                                 session.state,
                                 session.identity,
                                 entries[0].bytes,
                                 entries[0].wrap,
                                 entries[1].bytes};
    must(erase(s, &s->client, RECORD_PASSWORD, &receipt));
    must(store_scrub(s->h->store));
    static uint8_t bytes[8 << 20];
    static const char *const ENDINGS[] = {"", "-wal", "-wraps", "-wraps-wal"};
    size_t looked = 0;
    for (size_t i = 0; i < HK_COUNT(ENDINGS); i++) {
        FILE *file = fopen(house_path(s->h, "%s%s", s->h->db, ENDINGS[i]), "re");
        size_t n = file ? fread(bytes, 1, sizeof bytes, file) : 0;
        if (file)
            (void)fclose(file); /* it was only read */
        looked += n;
        for (size_t j = 0; j < HK_COUNT(canaries); j++)
            if (memmem(bytes, n, canaries[j].p, canaries[j].n))
                fail_msg("canary %zu is still in the file %s", j, ENDINGS[i]);
    }
    assert_true(looked > 8192);
}

static hk_err replay_inside(void *ctx, store_db *db)
{
    scene *s = ctx;
    int64_t count;
    HK_TRY(erase_replay(db, s->h->deletions, &count));
    assert_int_equal(count, 2);
    return HK_OK;
}

static void a_restore_erases_again(void **state)
{
    scene *s = *state;
    erased_body receipt;
    const char *backup = house_path(s->h, "%s/backup", s->h->folder);
    must(store_backup(s->h->store, backup, NULL, NULL));
    must(house_call(s->h, &s->other, "DELETE",
                    house_path(s->h, "/api/conversations/%s/messages/2", house_id(s->h, s->others.b)), NULL,
                    NULL, NULL, NULL));
    must(erase(s, &s->client, RECORD_PASSWORD, &receipt));
    house_reopen(s->h, backup);
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM conversations"), 2); /* the backup knows them */
    must(store_write_now(s->h->store, replay_inside, s));
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM conversations"), 1);
    assert_int_equal(rows_of(s, "accounts", "account", s->client.me.id), 0);
    assert_int_equal(
        house_count(s->h, "SELECT count(*) FROM entries WHERE kind = 2 AND sealed_bytes IS NULL"), 1);
    must(house_get(s->h, &s->ana, "/api/conversations", NULL, NULL));
}

static hk_err count_line(void *ctx, const deletion *d)
{
    (*(int *)ctx)++;
    return HK_OK;
}

static void the_list_of_deletions_forgets_after_a_while_and_refuses_what_is_not_ours(void **state)
{
    scene *s = *state;
    const char *path = s->h->deletions;
    int count = 0;
    must(deletions_add_account(path, 1000, s->client.me.id));
    must(deletions_add_message(path, 2000, s->pair, 7));
    must(deletions_add_account(path, 3000, s->other.me.id));
    must(deletions_prune(path, 2000));
    must(deletions_each(path, count_line, &count));
    assert_int_equal(count, 2);
    static const char *const WRONG[] = {"x\n",
                                        "12 account\n",
                                        "12 account AAAA\n",
                                        "12 message AAAAAAAAAAAAAAAAAAAAAA\n",
                                        "12 message AAAAAAAAAAAAAAAAAAAAAA 0\n",
                                        "12 person AAAAAAAAAAAAAAAAAAAAAA\n"};
    for (size_t i = 0; i < HK_COUNT(WRONG); i++) {
        FILE *file = fopen(path, "we");
        assert_non_null(file);
        assert_true(fputs(WRONG[i], file) >= 0);
        assert_int_equal(fclose(file), 0);
        refuses(HK_BAD, deletions_each(path, count_line, &count));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)
        TEST(nobody_is_erased_by_a_session_alone),
        TEST(the_last_administrator_cannot_be_erased),
        TEST(a_client_who_goes_takes_keys_words_and_rows_along),
        TEST(nothing_of_an_erased_person_is_left_in_the_files),
        TEST(a_restore_erases_again),
        TEST(the_list_of_deletions_forgets_after_a_while_and_refuses_what_is_not_ours),
    };
    return cmocka_run_group_tests_name("erase", tests, NULL, NULL);
}
