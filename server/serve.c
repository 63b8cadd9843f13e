/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * `hearkend serve`: store, wire, live and the features put together. What happens where:
 *   loop thread     connections, live, presence
 *   writer, readers requests, inside the store's transactions
 *   clock thread    queues the second's work
 * On SIGTERM or SIGINT the wire drains, then the store finishes what is queued.
 */
#include <assert.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "features/accounts/accounts.h"
#include "features/conversations/conversations.h"
#include "features/place/place.h"
#include "server/clock.h"
#include "server/commands.h"
#include "server/feature_table.h"
#include "server/sandbox.h"

#define FEATURES_MAX 32

static wire *the_wire; /* for the signal handler, which can be given nothing */

static void on_signal(int number)
{
    (void)number;
    if (the_wire)
        wire_stop(the_wire);
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- A request's way to a database thread and back */

typedef struct dispatched {
    store_job job; /* first, in the space that wire leaves us */
} dispatched;
static_assert(sizeof(dispatched) <= WIRE_JOB_SPACE, "a store job fits into wire's space");

static hk_err run_request(store_job *job, store_db *db)
{
    return wire_job_run(job, db);
}

static void request_done(store_job *job, hk_err result)
{
    wire_job_done(job, result);
}

static void requests_done(void *ctx)
{
    wire_jobs_done(((place *)ctx)->wire);
}

static hk_err dispatch(void *place_, wire_mode mode, void *job)
{
    place *p = place_;
    store_job *j = job;
    *j = (store_job){.run = run_request, .done = request_done};
    return mode == WIRE_READ ? store_read(p->store, j) : store_write(p->store, j);
}

/* ---- Sockets come and go */

typedef struct socket_note { /* a session with a socket is not idle: told to the database beside everything
                                else */
    store_job job;
    int64_t session, at_ms;
    bool opened;
} socket_note;

static hk_err note_run(store_job *job, store_db *db)
{
    socket_note *n = (socket_note *)job;
    return accounts_socket(db, n->session, n->opened, n->at_ms);
}

static void note_done(store_job *job, hk_err result)
{
    (void)result; /* a session that ends a little early is no harm */
    free(job);
}

static void note_socket(place *p, int64_t session, bool opened)
{
    socket_note *n = calloc(1, sizeof *n);
    if (!n)
        return;
    *n = (socket_note){
        .job = {.run = note_run, .done = note_done}, .session = session, .at_ms = now_ms(), .opened = opened};
    if (store_write(p->store, &n->job) != HK_OK)
        free(n);
}

static void opened(void *place_, uint64_t connection, const wire_who *who)
{
    place *p = place_;
    if (live_join(p->live, connection, who->account, who->session) != HK_OK) {
        wire_socket_close(p->wire, connection, 1013); /* try again later */
        return;
    }
    conv_opened(p, connection, who);
    note_socket(p, who->session, true);
}

static void closed(void *place_, uint64_t connection, const wire_who *who)
{
    place *p = place_;
    live_leave(p->live, connection, now_ms());
    note_socket(p, who->session, false);
}

static hk_err live_send(void *ctx, uint64_t connection, hk_slice text)
{
    return wire_socket_send(((place *)ctx)->wire, connection, text);
}

static void live_close(void *ctx, uint64_t connection, int code)
{
    wire_socket_close(((place *)ctx)->wire, connection, code);
}

static void presence(void *ctx, account_id account, bool here)
{
    place *p = ctx;
    place_presence_set(p->presence, account, here);
    conv_presence(p, account, here);
}

static bool ready(void *place_)
{
    (void)place_; /* the store is open, or we would not be here; a broken one ends the process */
    return true;
}

static void metrics(void *place_, wire_text *out)
{
    place *p = place_;
    store_figures f;
    store_figures_read(p->store, &f);
    wire_text_add(out, "hearken_store_commits_total %lld\n", (long long)f.commits);
    wire_text_add(out, "hearken_store_jobs_total %lld\n", (long long)f.jobs);
    wire_text_add(out, "hearken_store_largest_batch %lld\n", (long long)f.largest_batch);
    wire_text_add(out, "hearken_store_commit_seconds_total %.6f\n", (double)f.commit_us_total / 1e6);
    wire_text_add(out, "hearken_store_queue_depth %lld\n", (long long)f.queue_depth);
    wire_text_add(out, "hearken_store_wal_bytes %lld\n", (long long)f.wal_bytes);
    wire_text_add(out, "hearken_store_db_bytes %lld\n", (long long)f.db_bytes);
}

/* ---- Putting it together */

typedef struct server {
    const config *c;
    place p;
    wire_files *files;
    rest_key *rest;
    server_clock *clock;
    const wire_route *routes[FEATURES_MAX];
    size_t route_counts[FEATURES_MAX];
    const wire_message *messages[FEATURES_MAX];
    size_t message_counts[FEATURES_MAX];
    size_t room_count;
} server;

static hk_err prepare(void *ctx, store_db *db)
{
    int64_t *swept = ctx;
    HK_TRY(accounts_start(db, now_ms()));
    return conv_sweep(db, swept);
}

static hk_err start_store(server *s)
{
    HK_TRY(hkd_open_serving(s->c, requests_done, &s->p, &s->p.store));
    uint8_t key[REST_KEY_BYTES];
    hk_err err = hkd_key(s->c, false, key);
    if (err == HK_OK)
        err = rest_key_new(key, &s->rest);
    sodium_memzero(key, sizeof key);
    HK_TRY(err);
    s->p.rest = s->rest;
    int64_t swept = 0;
    HK_TRY(store_write_now(s->p.store, prepare, &swept));
    if (swept)
        (void)fprintf(stderr, "hearkend: %lld wraps without their commit were removed\n", (long long)swept);
    return HK_OK;
}

static void collect_rooms(server *s)
{
    for (size_t i = 0; i < FEATURE_COUNT && s->room_count < FEATURES_MAX; i++) {
        size_t at = s->room_count++;
        s->routes[at] = FEATURES[i].routes;
        s->route_counts[at] = FEATURES[i].routes ? *FEATURES[i].route_count : 0;
        s->messages[at] = FEATURES[i].messages;
        s->message_counts[at] = FEATURES[i].messages ? *FEATURES[i].message_count : 0;
    }
}

static hk_err start_wire(server *s)
{
    if (s->c->web && wire_files_load(s->c->web, &s->files) != HK_OK) {
        (void)fprintf(stderr, "hearkend: the pages cannot be loaded. %s\n", wire_files_problem());
        return HK_BAD;
    }
    wire_options options = {
        .listen = s->c->listen,
        .metrics = s->c->metrics,
        .origins = s->c->origins,
        .tls_certificate = s->c->tls_certificate,
        .tls_key = s->c->tls_key,
        .trust_forwarded = s->c->trust_forwarded,
        .routes = s->routes,
        .route_counts = s->route_counts,
        .room_count = s->room_count,
        .messages = s->messages,
        .message_counts = s->message_counts,
        .files = s->files,
        .place = &s->p,
        .dispatch = dispatch,
        .who = accounts_who,
        .ticket = accounts_ticket,
        .opened = opened,
        .closed = closed,
        .ready = ready,
        .metrics_more = metrics,
        .rate_factor = (uint32_t)s->c->rate_factor,
    };
    hk_err err = wire_new(&options, &s->p.wire);
    if (err != HK_OK)
        (void)fprintf(stderr, "hearkend: it cannot listen. %s\n", wire_problem_words());
    return err;
}

static hk_err start(server *s)
{
    const config *c = s->c;
    s->p.deletions = c->deletions;
    s->p.demo_people = c->demo_people;
    s->p.session_ms = c->session_hours * 3600000;
    s->p.idle_ms = c->idle_minutes * 60000;
    s->p.lock_client_s = c->lock_client_minutes * 60;
    s->p.lock_staff_s = c->lock_staff_minutes * 60;
    collect_rooms(s);
    HK_TRY(place_presence_new(&s->p.presence));
    HK_TRY(socket_tickets_new(&s->p.tickets));
    HK_TRY(start_wire(s)); /* before the store's threads exist */
    live_options lives = {.send = live_send, .close = live_close, .ctx = &s->p, .presence = presence};
    HK_TRY(live_new(&lives, &s->p.live));
    HK_TRY(start_store(s));
    return clock_start(&s->p, c, &s->clock);
}

static void stop(server *s)
{
    clock_stop(s->clock);
    the_wire = NULL;
    store_close(s->p.store); /* what is queued is committed; its answers go to connections that may be gone */
    wire_free(s->p.wire);
    live_free(s->p.live);
    place_presence_free(s->p.presence);
    socket_tickets_free(s->p.tickets);
    rest_key_free(s->rest);
    wire_files_free(s->files);
}

int hkd_serve(const config *c, int argc, char **argv)
{
    (void)argv;
    if (argc > 1) {
        (void)fprintf(stderr, "hearkend serve: it takes options only.\n");
        return EXIT_ASKED_WRONGLY;
    }
    static server s; /* big, and there is one */
    s.c = c;
    (void)signal(SIGPIPE, SIG_IGN); /* a person who went away is an error of the write */
    sandbox_enter();
    hk_err err = start(&s);
    if (err == HK_OK) {
        the_wire = s.p.wire;
        (void)signal(SIGTERM, on_signal);
        (void)signal(SIGINT, on_signal);
        if (wire_port(s.p.wire))
            printf("hearkend: serving on %s (port %d)\n", c->listen, wire_port(s.p.wire));
        else
            printf("hearkend: serving on %s\n", c->listen);
        (void)fflush(stdout);
        err = wire_run(s.p.wire);
    }
    stop(&s);
    return err == HK_OK ? EXIT_DONE : EXIT_WENT_WRONG;
}
