/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * "Somebody may have been in": what an administrator sees of it, and what they do not.
 */
#include <stdlib.h>

#include "features/house_test.h"

static const record_kind BOTH[] = {RECORD_PASSWORD, RECORD_RECOVERY};

typedef struct worried {
    house *h;
    person admin, client, other; /* other: the client's second device */
} worried;

static int open_worried(void **state)
{
    worried *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->h = house_open();
    house_admin(w->h, &w->admin);
    house_arrive_with(w->h, &w->client, RECORD_PASSWORD);
    w->other = w->client;
    must(house_sign_in(w->h, &w->other, RECORD_PASSWORD));
    *state = w;
    return 0;
}

static int close_worried(void **state)
{
    worried *w = *state;
    house_close(w->h);
    free(w);
    return 0;
}

/* All keys anew, as the page makes them, and why. */
static change_body keys_anew(worried *w, person *p)
{
    uint8_t *identity = hk_arena_get(&w->h->arena, VAULT_IDENTITY_BYTES);
    must(vault_account_rotate_ek(&p->me));
    must(vault_identity_seal(&p->me, identity));
    change_body more = {.identity = hk_slice_of(identity, VAULT_IDENTITY_BYTES),
                        .ek_serial = p->me.eks[0].serial,
                        .ek_certificate = hk_slice_of(p->me.eks[0].cert, VAULT_SIGNATURE_BYTES),
                        .somebody_in = true};
    memcpy(more.ek, p->me.eks[0].pk, sizeof more.ek);
    return more;
}

static int64_t noted(worried *w)
{
    return house_count(w->h,
                       "SELECT count(*) FROM audit WHERE act IN ('client_keys_anew', 'staff_keys_anew')");
}

/* Tried by a copy of them: what was refused leaves their secrets as they are. */
static hk_err tried(worried *w, size_t count, change_body more)
{
    person copy = w->client;
    return house_change_more(w->h, &copy, RECORD_PASSWORD, BOTH, count, &more);
}

static void it_is_not_said_of_a_change_that_leaves_a_key_as_it_was(void **state)
{
    worried *w = *state;
    house *h = w->h;
    change_body more = keys_anew(w, &w->client), bad = more;
    refuses(HK_BAD, tried(w, 1, more)); /* the old sheet */
    bad.identity = (hk_slice){0};
    refuses(HK_BAD, tried(w, 2, bad));
    bad = more;
    bad.ek_serial = 0;
    bad.ek_certificate = (hk_slice){0};
    refuses(HK_BAD, tried(w, 2, bad));
    must(house_get(h, &w->other, "/api/session", NULL, NULL)); /* nothing was changed */
    more.somebody_in = false; /* a key that is old, a new password: nobody's business */
    must(house_change_more(h, &w->client, RECORD_PASSWORD, BOTH, 2, &more));
    assert_int_equal(noted(w), 0);
}

static void the_administrator_sees_that_it_happened_and_not_to_whom(void **state)
{
    worried *w = *state;
    house *h = w->h;
    static const account_id NOBODY;
    audit_body seen;
    house_connect(h, &w->admin, 7);
    change_body more = keys_anew(w, &w->client);
    must(house_change_more(h, &w->client, RECORD_PASSWORD, BOTH, 2, &more));
    refuses(HK_WHO, house_get(h, &w->other, "/api/session", NULL, NULL)); /* as the row says */
    refuses(HK_REFUSED, house_get(h, &w->client, "/api/audit", NULL, NULL));
    must(house_get(h, &w->admin, "/api/audit", &AUDIT, &seen));
    const audit_item *last = (const audit_item *)seen.entries.items + seen.entries.count - 1;
    assert_true(hk_slice_eq(last->act, HK_LIT("client_keys_anew")));
    assert_int_equal(last->at_ms, h->now_ms);
    assert_memory_equal(last->actor.b, NOBODY.b, HK_ID_BYTES);
    assert_memory_equal(last->subject.b, NOBODY.b, HK_ID_BYTES);
    assert_int_equal(house_told_count(h, 7, "staff"), 1);
}

static void of_staff_it_is_said_who(void **state)
{
    worried *w = *state;
    person ana;
    house_staff(w->h, &w->admin, ROLE_PEER, false, &ana);
    change_body more = keys_anew(w, &ana);
    must(house_change_more(w->h, &ana, RECORD_PASSWORD, BOTH, 2, &more));
    audit_body seen;
    must(house_get(w->h, &w->admin, "/api/audit", &AUDIT, &seen));
    const audit_item *last = (const audit_item *)seen.entries.items + seen.entries.count - 1;
    assert_true(hk_slice_eq(last->act, HK_LIT("staff_keys_anew")));
    assert_memory_equal(last->actor.b, ana.me.id.b, HK_ID_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_worried, close_worried)
        TEST(it_is_not_said_of_a_change_that_leaves_a_key_as_it_was),
        TEST(the_administrator_sees_that_it_happened_and_not_to_whom),
        TEST(of_staff_it_is_said_who),
    };
    return cmocka_run_group_tests_name("renew", tests, NULL, NULL);
}
