/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A real hearkend, real devices, real sockets: what the place refuses there, and how soon it ends a socket.
 * The tests of features ask the same of the handlers; this asks it of the program.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sodium.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "cli/demo/program.h"
#include "cli/device/socket.h"
#include "cli/device/staff.h"
#include "cli/device/talk.h"
#include "features/accounts/contract.h"
#include "features/place/place.h"

#define must(call) assert_int_equal((call), HK_OK)

#define PASSWORD "a test has no secrets"

typedef struct hosted {
    char folder[64], db[96], listen[32], url[48], daemon[2048];
    pid_t pid;
    vault_place key;
    device *admin, *ana;
    device *client, *stranger;
    conversation_id pair;
} hosted;

/* ---- A place */

static int free_port(void)
{
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    assert_int_equal(bind(s, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(getsockname(s, (struct sockaddr *)&a, &n), 0);
    (void)close(s); /* the place takes it now */
    return ntohs(a.sin_port);
}

static void start_place(hosted *p)
{
    const char *words[] = {p->daemon, "serve",         "--db", p->db, "--listen",
                           p->listen, "--rate-factor", "1000", NULL};
    must(program_start(words, &p->pid));
    for (int i = 0; i < 200; i++) {
        device *d;
        must(device_new(p->url, &d));
        hk_err err = http_call(d->http, "GET", "/api/place", NULL, NULL, NULL, NULL, NULL);
        device_free(d);
        if (err == HK_OK)
            return;
        (void)usleep(50000);
    }
    fail_msg("the place did not start");
}

static void make_place(hosted *p, char ret_invitation[static VAULT_INVITE_TEXT + 1])
{
    char answer[PROGRAM_ANSWER_MAX];
    const char *words[] = {p->daemon, "init", "--db", p->db, "--name", "A test", "--json", NULL};
    must(program_ask(words, answer));
    const char *from = strstr(answer, "\"1.");
    assert_non_null(from);
    (void)snprintf(ret_invitation, VAULT_INVITE_TEXT + 1, "%.*s", VAULT_INVITE_TEXT, from + 1);
}

static void certify(hosted *p, const char *name)
{
    staff_body staff = {0};
    must(staff_list(p->admin, &staff));
    const staff_item *all = staff.staff.items;
    for (size_t i = 0; i < staff.staff.count; i++)
        if (hk_slice_eq_z(all[i].name, name)) {
            staff_item copy = all[i];
            must(staff_certify(p->admin, &p->key, &copy, true, 1));
            return;
        }
    fail_msg("%s is not on the list", name);
}

static int open_place(void **state)
{
    hosted *p = calloc(1, sizeof *p);
    char invitation[VAULT_INVITE_TEXT + 1];
    team_id team;
    assert_non_null(p);
    assert_true(sodium_init() >= 0);
    (void)snprintf(p->folder, sizeof p->folder, "/tmp/hearken-place-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    (void)snprintf(p->db, sizeof p->db, "%s/db", p->folder);
    (void)snprintf(p->listen, sizeof p->listen, "127.0.0.1:%d", free_port());
    (void)snprintf(p->url, sizeof p->url, "http://%s", p->listen);
    must(program_find(p->daemon, sizeof p->daemon));
    make_place(p, invitation);
    start_place(p);
    must(device_new(p->url, &p->admin));
    must(device_join(p->admin, invitation, "Eda", PASSWORD, NULL));
    vault_place_make(&p->key);
    must(staff_give_place_key(p->admin, &p->key));
    must(staff_invite(p->admin, &p->key, ROLE_THERAPIST, invitation));
    must(device_new(p->url, &p->ana));
    must(device_join(p->ana, invitation, "Ana", PASSWORD, NULL));
    certify(p, "Ana");
    vault_make_id(team.b);
    must(staff_renew_team_key(p->ana, &team, 1));
    must(device_here_until(p->ana, device_now_ms() + 3600000));
    must(device_take_team_key(p->ana));
    must(device_new(p->url, &p->client));
    must(device_arrive(p->client));
    must(device_new(p->url, &p->stranger));
    must(device_arrive(p->stranger));
    must(device_ask(p->client, HK_LIT("Quiet"), HK_LIT("I cannot sleep."), &p->pair));
    must(device_accept(p->ana, &p->pair));
    *state = p;
    return 0;
}

static int close_place(void **state)
{
    hosted *p = *state;
    struct dirent *one;
    char path[512];
    device_free(p->admin);
    device_free(p->ana);
    device_free(p->client);
    device_free(p->stranger);
    assert_int_equal(program_end(p->pid), 0);
    DIR *all = opendir(p->folder);
    while (all && (one = readdir(all)) != NULL) {
        (void)snprintf(path, sizeof path, "%s/%s", p->folder, one->d_name);
        (void)unlink(path); /* what is left shows in rmdir */
    }
    (void)closedir(all); /* it was only read */
    assert_int_equal(rmdir(p->folder), 0);
    vault_place_wipe(&p->key);
    free(p);
    return 0;
}

/* ---- A socket that is watched */

typedef struct watched {
    struct event_base *loop;
    socket_client *socket;
    bool opened, closed;
    int code;
    int64_t closed_ms;
    int texts;
    char last[1024];
} watched;

static int64_t steady_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail for this clock */
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void on_open(void *ctx)
{
    ((watched *)ctx)->opened = true;
}

static void on_text(void *ctx, hk_slice text)
{
    watched *w = ctx;
    (void)snprintf(w->last, sizeof w->last, "%.*s", (int)text.n, (const char *)text.p);
    w->texts++;
}

static void on_close(void *ctx, int code)
{
    watched *w = ctx;
    w->closed = true;
    w->code = code;
    w->closed_ms = steady_ms();
}

static void pump(watched *w, int ms)
{
    struct timeval some = {0, ms * 1000};
    (void)event_base_loopexit(w->loop, &some); /* an error shows as a test that waits in vain */
    (void)event_base_dispatch(w->loop);        /* likewise */
}

static void watch_with(hosted *p, device *d, const char *ticket, watched *w)
{
    static const socket_events EVENTS = {on_open, on_text, on_close};
    *w = (watched){.loop = event_base_new()};
    assert_non_null(w->loop);
    must(socket_open(w->loop, p->url, http_cookie(d->http), hk_slice_z(ticket), &EVENTS, w, &w->socket));
    for (int i = 0; i < 100 && !w->closed && !(w->opened && w->texts); i++)
        pump(w, 20);
}

static void watch(hosted *p, device *d, watched *w)
{
    char ticket[DEVICE_TICKET_MAX];
    must(device_ticket(d, ticket));
    watch_with(p, d, ticket, w);
    assert_true(w->opened);
    assert_non_null(strstr(w->last, "\"t\":\"hello\""));
}

static void unwatch(watched *w)
{
    socket_free(w->socket);
    event_base_free(w->loop);
}

/* Asks and waits for the next text. */
static void ask(watched *w, const char *text)
{
    int before = w->texts;
    must(socket_send(w->socket, hk_slice_z(text)));
    for (int i = 0; i < 200 && w->texts == before && !w->closed; i++)
        pump(w, 10);
}

/* ---- What is refused */

static void a_ticket_opens_one_socket_and_only_with_its_own_cookie(void **state)
{
    hosted *p = *state;
    char ticket[DEVICE_TICKET_MAX];
    watched w;
    must(device_ticket(p->client, ticket));
    watch_with(p, p->stranger, ticket, &w); /* stolen */
    assert_true(w.closed && !w.opened);
    unwatch(&w);
    watch_with(p, p->client, ticket, &w);
    assert_true(w.opened);
    unwatch(&w);
    watch_with(p, p->client, ticket, &w); /* again */
    assert_true(w.closed && !w.opened);
    unwatch(&w);
    watch_with(p, p->client, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &w);
    assert_true(w.closed && !w.opened);
    unwatch(&w);
}

static void another_pairs_conversation_is_not_there_on_a_socket_either(void **state)
{
    hosted *p = *state;
    char id[23] = {0}, text[400];
    watched w;
    hk_b64_encode(HK_ID_SLICE(p->pair), id);
    watch(p, p->stranger, &w);
    static const char *const ASKED[] = {
        "{\"t\":\"send\",\"id\":1,\"conversation\":\"%s\",\"envelope\":\"AAAA\"}",
        "{\"t\":\"read\",\"id\":2,\"conversation\":\"%s\",\"position\":1}",
        "{\"t\":\"typing\",\"id\":3,\"conversation\":\"%s\",\"typing\":true}"};
    const char *const all[] = {ASKED[0], ASKED[1], ASKED[2]};
    for (size_t i = 0; i < HK_COUNT(all); i++) {
        const char *hole = strstr(all[i], "%s");
        (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(hole - all[i]), all[i], id, hole + 2);
        ask(&w, text);
        assert_non_null(strstr(w.last, "\"t\":\"problem\""));
        assert_non_null(strstr(w.last, "\"code\":\"not_there\""));
    }
    (void)snprintf(text, sizeof text,
                   "{\"t\":\"read\",\"id\":4,\"conversation\":\"%s\",\"position\":1,\"account\":\"%s\"}", id,
                   id);
    ask(&w, text);
    assert_non_null(strstr(w.last, "\"code\":\"bad\"")); /* nobody reads for another */
    ask(&w, "{\"t\":\"ping\",\"id\":5}");
    assert_non_null(strstr(w.last, "\"now_ms\":"));
    unwatch(&w);
}

#define RACERS 4

typedef struct racer {
    const hosted *p;
    const char *invitation;
    pthread_t thread;
    pthread_barrier_t *start;
    hk_err err;
} racer;

static void *run_racer(void *ctx)
{
    racer *r = ctx;
    device *d;
    r->err = device_new(r->p->url, &d);
    (void)pthread_barrier_wait(r->start); /* one of them is told that it was the last */
    if (r->err == HK_OK)
        r->err = device_join(d, r->invitation, "Somebody", PASSWORD, NULL);
    device_free(d);
    return NULL;
}

static void many_race_for_one_invitation_and_one_gets_it(void **state)
{
    hosted *p = *state;
    char invitation[VAULT_INVITE_TEXT + 1];
    racer racers[RACERS];
    pthread_barrier_t start;
    int joined = 0;
    must(staff_invite(p->admin, &p->key, ROLE_PEER, invitation));
    assert_int_equal(pthread_barrier_init(&start, NULL, RACERS), 0);
    for (int i = 0; i < RACERS; i++) {
        racers[i] = (racer){.p = p, .invitation = invitation, .start = &start, .err = HK_BUSY};
        assert_int_equal(pthread_create(&racers[i].thread, NULL, run_racer, &racers[i]), 0);
    }
    for (int i = 0; i < RACERS; i++) {
        assert_int_equal(pthread_join(racers[i].thread, NULL), 0);
        assert_true(racers[i].err == HK_OK || racers[i].err == HK_NOT_THERE);
        joined += racers[i].err == HK_OK;
    }
    assert_int_equal(joined, 1);
    assert_int_equal(pthread_barrier_destroy(&start), 0);
}

/* ---- How soon a socket ends */

static void wait_for_close(watched *w)
{
    for (int i = 0; i < 300 && !w->closed; i++)
        pump(w, 10);
    assert_true(w->closed);
}

static void a_disabled_listeners_socket_ends_within_a_second(void **state)
{
    hosted *p = *state;
    watched w;
    char id[23] = {0}, path[80];
    watch(p, p->ana, &w);
    hk_b64_encode(HK_ID_SLICE(p->ana->me.id), id);
    (void)snprintf(path, sizeof path, "/api/staff/%s/disabled", id);
    int64_t before = steady_ms();
    must(http_call(p->admin->http, "PUT", path, &STAFF_DISABLED, &((disabled_body){true}), NULL,
                   &p->admin->arena, NULL));
    wait_for_close(&w);
    assert_int_equal(w.code, 4001);
    assert_true(w.closed_ms - before < 1000);
    assert_int_equal(http_call(p->ana->http, "GET", "/api/conversations", NULL, NULL, NULL, NULL, NULL),
                     HK_WHO);
    unwatch(&w);
}

static void signing_out_ends_ones_own_socket_and_no_others(void **state)
{
    hosted *p = *state;
    watched mine, other;
    watch(p, p->client, &mine);
    watch(p, p->stranger, &other);
    must(http_call(p->client->http, "DELETE", "/api/session", NULL, NULL, NULL, NULL, NULL));
    wait_for_close(&mine);
    assert_int_equal(mine.code, 4001);
    ask(&other, "{\"t\":\"ping\",\"id\":1}");
    assert_false(other.closed);
    unwatch(&mine);
    unwatch(&other);
}

static void a_place_that_stops_says_so(void **state)
{
    hosted *p = *state;
    watched w;
    watch(p, p->client, &w);
    assert_int_equal(program_end(p->pid), 0);
    wait_for_close(&w);
    assert_int_equal(w.code, 1001);
    unwatch(&w);
    start_place(p);
    must(http_call(p->client->http, "GET", "/api/conversations", NULL, NULL, NULL, NULL,
                   NULL)); /* still signed in */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_place, close_place)
        TEST(a_ticket_opens_one_socket_and_only_with_its_own_cookie),
        TEST(another_pairs_conversation_is_not_there_on_a_socket_either),
        TEST(many_race_for_one_invitation_and_one_gets_it),
        TEST(a_disabled_listeners_socket_ends_within_a_second),
        TEST(signing_out_ends_ones_own_socket_and_no_others),
        TEST(a_place_that_stops_says_so),
    };
    return cmocka_run_group_tests_name("place", tests, NULL, NULL);
}
