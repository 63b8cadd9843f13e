/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/house_test.h"

#include <stdlib.h>

#include "features/files/contract.h"
#include "features/files/files.h"

typedef struct scene {
    house *h;
    person admin, ana, client, stranger;
    conversation_id pair;
    uint8_t blob[HK_ID_BYTES];
} scene;

static int open_scene(void **state)
{
    scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->h = house_open();
    house_admin(s->h, &s->admin);
    house_staff(s->h, &s->admin, ROLE_THERAPIST, true, &s->ana);
    house_team(s->h, &s->ana, (person *const[]){&s->ana}, 1);
    house_arrive(s->h, &s->client);
    house_arrive(s->h, &s->stranger);
    s->pair = house_pair(s->h, &s->client, &s->ana);
    vault_make_id(s->blob);
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

static const char *path(scene *s, int chunk)
{
    const char *file = house_path(s->h, "/api/conversations/%s/files/%s", house_id(s->h, s->pair.b),
                                  house_id(s->h, s->blob));
    return chunk < 0 ? file : house_path(s->h, "%s/%d", file, chunk);
}

static hk_err put(scene *s, person *p, int chunk, hk_slice bytes)
{
    return house_call_bytes(s->h, p, "PUT", path(s, chunk), bytes, NULL);
}

static hk_err shut(scene *s, person *p, int64_t chunks, int64_t size_bytes)
{
    return house_post(s->h, p, path(s, -1), &FILE_CLOSE, &((file_close_body){chunks, size_bytes}), NULL,
                      NULL);
}

static void strangers_neither_put_nor_get(void **state)
{
    scene *s = *state;
    must(put(s, &s->client, 0, HK_LIT("sealed")));
    must(shut(s, &s->client, 1, 6));
    refuses(HK_NOT_THERE, put(s, &s->stranger, 1, HK_LIT("sealed")));
    refuses(HK_NOT_THERE, shut(s, &s->stranger, 1, 6));
    refuses(HK_NOT_THERE, house_call_bytes(s->h, &s->stranger, "GET", path(s, 0), (hk_slice){0}, NULL));
    refuses(HK_NOT_THERE, house_call_bytes(s->h, &s->admin, "GET", path(s, 0), (hk_slice){0}, NULL));
    refuses(HK_NOT_THERE, house_call_bytes(s->h, &s->client, "GET", path(s, 1), (hk_slice){0}, NULL));
}

static void a_chunk_is_put_once_and_by_one_person(void **state)
{
    scene *s = *state;
    must(put(s, &s->client, 0, HK_LIT("first")));
    refuses(HK_CONFLICT, put(s, &s->client, 0, HK_LIT("other")));
    refuses(HK_NOT_THERE, put(s, &s->ana, 1, HK_LIT("another's")));
    refuses(HK_NOT_THERE, shut(s, &s->ana, 1, 5));
    refuses(HK_BAD, put(s, &s->client, FILES_CHUNKS_MAX, HK_LIT("x")));
    refuses(HK_BAD, put(s, &s->client, 1, HK_LIT("")));
    refuses(HK_NOT_THERE, put(s, &s->client, -5, HK_LIT("x")));
}

static void a_file_is_read_only_when_it_is_whole(void **state)
{
    scene *s = *state;
    hk_slice bytes;
    must(put(s, &s->client, 0, HK_LIT("one")));
    must(put(s, &s->client, 2, HK_LIT("three")));
    refuses(HK_NOT_THERE, house_call_bytes(s->h, &s->ana, "GET", path(s, 0), (hk_slice){0}, NULL));
    refuses(HK_BAD, shut(s, &s->client, 2, 8)); /* a hole */
    refuses(HK_BAD, shut(s, &s->client, 3, 8));
    must(put(s, &s->client, 1, HK_LIT("two")));
    refuses(HK_BAD, shut(s, &s->client, 3, 12));
    must(shut(s, &s->client, 3, 11));
    must(shut(s, &s->client, 3, 11)); /* its answer was lost */
    refuses(HK_CONFLICT, shut(s, &s->client, 3, 12));
    refuses(HK_CONFLICT, put(s, &s->client, 3, HK_LIT("late")));
    must(house_call_bytes(s->h, &s->ana, "GET", path(s, 2), (hk_slice){0}, &bytes));
    assert_true(hk_slice_eq_z(bytes, "three"));
}

static hk_err tick_inside(void *ctx, store_db *db)
{
    return files_tick(db, *(int64_t *)ctx);
}

static void uploads_nobody_finishes_are_few_and_go_after_a_day(void **state)
{
    scene *s = *state;
    for (int i = 0; i < FILES_OPEN_MAX; i++) {
        vault_make_id(s->blob);
        must(put(s, &s->client, 0, HK_LIT("begun")));
    }
    vault_make_id(s->blob);
    refuses(HK_TOO_MUCH, put(s, &s->client, 0, HK_LIT("one more")));
    int64_t later = s->h->now_ms + FILES_OPEN_LIFE_MS;
    must(store_write_now(s->h->store, tick_inside, &later));
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM file_chunks"), 0);
    must(put(s, &s->client, 0, HK_LIT("one more")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)
        TEST(strangers_neither_put_nor_get),
        TEST(a_chunk_is_put_once_and_by_one_person),
        TEST(a_file_is_read_only_when_it_is_whole),
        TEST(uploads_nobody_finishes_are_few_and_go_after_a_day),
    };
    return cmocka_run_group_tests_name("files", tests, NULL, NULL);
}
