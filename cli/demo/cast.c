/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/demo/cast.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/device/staff.h"
#include "cli/device/talk.h"
#include "features/place/contract.h"
#include "features/place/place.h"

#define DUTY_MS      ((int64_t)12 * 3600 * 1000)
#define TEAM_SOON_MS ((int64_t)3 * 24 * 3600 * 1000)
#define CAST_ARENA   ((size_t)1 << 20)

typedef struct person {
    const char *name;
    int64_t role;
    bool lead;
} person;

static const person CAST[] = {
    {"Ana (demo)", ROLE_THERAPIST, true},
    {"Ben (demo)", ROLE_PEER, false},
    {"Chidi (demo)", ROLE_PEER, false},
    {"Dora (demo)", ROLE_SUPERVISOR, false},
};
#define CAST_COUNT HK_COUNT(CAST)
#define PEOPLE_MAX (CAST_COUNT + 2) /* and the administrator, and a client */

typedef struct seeding {
    const char *url;
    hk_arena arena;
    vault_place key;
    device *admin, *ana;
    demo_person people[PEOPLE_MAX];
    size_t count;
    const char *doing;
} seeding;

static hk_err note_person(seeding *s, const char *name, int64_t role, const device *d, const char *secret_key)
{
    demo_person *p = &s->people[s->count++];
    *p = (demo_person){.name = hk_slice_z(name), .role = role, .password = HK_LIT(DEMO_PASSWORD)};
    HK_TRY(hk_arena_copy(&s->arena, hk_slice_z(d->handle), &p->handle));
    return secret_key ? hk_arena_copy(&s->arena, hk_slice_z(secret_key), &p->secret_key) : HK_OK;
}

/* Staff also hold a Secret Key: it stands on their sheet. */
static hk_err join(seeding *s, const char *invitation, const char *name, int64_t role, device **ret)
{
    uint8_t sk[VAULT_SK_BYTES];
    char sk_text[VAULT_SK_TEXT + 1];
    vault_sk_make(sk);
    vault_sk_text(sk, sk_text);
    sk_text[VAULT_SK_TEXT] = '\0';
    HK_TRY(device_new(s->url, ret));
    HK_TRY(device_join(*ret, invitation, name, DEMO_PASSWORD, sk_text));
    return note_person(s, name, role, *ret, sk_text);
}

static hk_err certify(seeding *s, const device *who, bool lead)
{
    staff_body staff = {0};
    HK_TRY(staff_list(s->admin, &staff));
    const staff_item *items = staff.staff.items;
    for (size_t i = 0; i < staff.staff.count; i++) {
        if (!HK_ID_EQ(items[i].account, who->me.id))
            continue;
        staff_item copy = items[i]; /* the list lies in the arena that the next step empties */
        return staff_certify(s->admin, &s->key, &copy, lead, 1);
    }
    return HK_NOT_THERE;
}

static hk_err add_staff(seeding *s, const person *p)
{
    char invitation[VAULT_INVITE_TEXT + 1];
    device *d = NULL;
    HK_TRY(staff_invite(s->admin, &s->key, p->role, invitation));
    hk_err err = join(s, invitation, p->name, p->role, &d);
    if (err == HK_OK)
        err = certify(s, d, p->lead);
    if (p->lead && err == HK_OK)
        s->ana = d;
    else
        device_free(d);
    return err;
}

static hk_err make_team(seeding *s)
{
    team_id team;
    vault_make_id(team.b);
    HK_TRY(staff_renew_team_key(s->ana, &team, 1));
    HK_TRY(device_here_until(s->ana, device_now_ms() + DUTY_MS));
    return device_take_team_key(s->ana);
}

/* A short talk that lies in the past when somebody first looks. */
static hk_err talk_once(device *client, device *listener, const conversation_id *conversation)
{
    static const struct {
        bool by_listener;
        const char *text;
    } WORDS[] = {
        {true, "Hello, I am Ana. I am here, and there is no hurry."},
        {false, "Thank you. It is mostly the nights. In the day I get by."},
        {true, "So the days you can carry somehow, and when it gets quiet it all comes in."},
        {false, "Yes. Exactly that. Nobody has put it like that before."},
    };
    for (size_t i = 0; i < HK_COUNT(WORDS); i++) {
        device *d = WORDS[i].by_listener ? listener : client;
        talk *t = NULL;
        HK_TRY(talk_open(d, conversation, NULL, NULL, &t));
        hk_err err = talk_say(t, hk_slice_z(WORDS[i].text));
        talk_free(t);
        HK_TRY(err);
    }
    return HK_OK;
}

static hk_err add_client(seeding *s)
{
    device *client = NULL;
    conversation_id conversation;
    HK_TRY(device_new(s->url, &client));
    hk_err err = device_arrive_with_password(client, DEMO_PASSWORD);
    if (err == HK_OK)
        err = note_person(s, "Quiet Heron (demo)", ROLE_CLIENT, client, NULL);
    if (err == HK_OK)
        err = device_ask(client, HK_LIT("Quiet Heron (demo)"),
                         HK_LIT("I have not slept properly for two weeks."), &conversation);
    if (err == HK_OK)
        err = device_accept(s->ana, &conversation);
    if (err == HK_OK)
        err = talk_once(client, s->ana, &conversation);
    if (err != HK_OK)
        (void)fprintf(stderr, "hearken demo: the demo client: %s\n", device_problem(client));
    device_free(client);
    return err;
}

static hk_err write_file(const char *path, hk_slice bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return HK_STORE;
    bool kept = write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n && fsync(fd) == 0;
    return close(fd) == 0 && kept ? HK_OK : HK_STORE;
}

static hk_err write_people(seeding *s, const char *people_file, const char *key_file)
{
    demo_body body = {.people = {s->people, s->count}};
    hk_slice json;
    HK_TRY(shape_encode(&DEMO, &body, &s->arena, &json));
    HK_TRY(write_file(key_file, hk_slice_of(s->key.seed, sizeof s->key.seed)));
    return write_file(people_file, json);
}

static hk_err seed(seeding *s, const char *invitation, const char *people_file, const char *key_file)
{
    s->doing = "the administrator could not join";
    HK_TRY(join(s, invitation, "Eda (demo)", ROLE_ADMIN, &s->admin));
    s->doing = "the place key could not be made";
    vault_place_make(&s->key);
    HK_TRY(staff_give_place_key(s->admin, &s->key));
    for (size_t i = 0; i < CAST_COUNT; i++) {
        s->doing = "a listener could not join";
        HK_TRY(add_staff(s, &CAST[i]));
    }
    s->doing = "the team's key could not be made";
    HK_TRY(make_team(s));
    s->doing = "the demo client could not be heard";
    HK_TRY(add_client(s));
    s->doing = "the list of demo people could not be written";
    return write_people(s, people_file, key_file);
}

hk_err cast_seed(const char *url, const char *invitation, const char *people_file, const char *key_file)
{
    seeding s = {.url = url};
    hk_arena_init(&s.arena, CAST_ARENA);
    hk_err err = seed(&s, invitation, people_file, key_file);
    if (err != HK_OK)
        (void)fprintf(stderr, "hearken demo: %s (%s). %s %s\n", s.doing, hk_err_name(err),
                      s.admin ? device_problem(s.admin) : "", s.ana ? device_problem(s.ana) : "");
    device_free(s.admin);
    device_free(s.ana);
    vault_place_wipe(&s.key);
    hk_arena_done(&s.arena);
    return err;
}

/* Calls each for every demo person of the place. */
static hk_err for_each(const char *url,
                       hk_err (*each)(const char *url, const demo_person *p, hk_arena *arena))
{
    device *asking = NULL;
    HK_TRY(device_new(url, &asking));
    demo_body demo = {0};
    hk_err err = http_call(asking->http, "GET", "/api/demo", NULL, NULL, &DEMO, &asking->arena, &demo);
    const demo_person *people = demo.people.items;
    for (size_t i = 0; err == HK_OK && i < demo.people.count; i++)
        err = each(url, &people[i], &asking->arena);
    device_free(asking);
    return err;
}

static hk_err renew_if_soon(device *ana)
{
    hk_err err = device_take_team_key(ana);
    if (err != HK_OK || ana->team.until_ms - device_now_ms() > TEAM_SOON_MS)
        return err;
    return staff_renew_team_key(ana, &ana->team.team, ana->team.serial + 1);
}

static hk_err one_on_duty(const char *url, const demo_person *p, hk_arena *arena)
{
    if (p->role != ROLE_THERAPIST && p->role != ROLE_PEER)
        return HK_OK;
    const char *handle = hk_arena_text(arena, p->handle), *password = hk_arena_text(arena, p->password);
    const char *key = hk_arena_text(arena, p->secret_key);
    device *d = NULL;
    if (!handle || !password || !key)
        return HK_NO_MEMORY;
    HK_TRY(device_new(url, &d));
    hk_err err = device_sign_in(d, handle, password, key);
    if (err == HK_OK && p->role == ROLE_THERAPIST)
        err = renew_if_soon(d);
    if (err == HK_OK)
        err = device_here_until(d, device_now_ms() + DUTY_MS);
    if (err != HK_OK)
        (void)fprintf(stderr, "hearken demo: a demo listener could not come on duty (%s). %s\n",
                      hk_err_name(err), device_problem(d));
    device_free(d);
    return err;
}

hk_err cast_on_duty(const char *url)
{
    return for_each(url, one_on_duty);
}

static hk_err print_one(const char *url, const demo_person *p, hk_arena *arena)
{
    (void)url;
    (void)arena;
    printf("  %-20.*s %-11s %-24.*s %.*s\n", (int)p->name.n, (const char *)p->name.p, ROLE_WORDS[p->role],
           (int)p->handle.n, (const char *)p->handle.p, (int)p->secret_key.n,
           p->secret_key.n ? (const char *)p->secret_key.p : "");
    return HK_OK;
}

hk_err cast_print(const char *url)
{
    printf("  %-20s %-11s %-24s %s\n", "who", "role", "handle", "secret key");
    return for_each(url, print_one);
}
