/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A small place for the tests of the wire: real sockets, real jobs on a thread of their own, and instead of a
 * database a few rules. Run as
 *
 *     wire_test_place LISTEN ORIGIN FILES METRICS RATE_FACTOR [CERTIFICATE KEY]
 *
 * Cookie "signed-in" is an account, ticket "good" opens a socket (once per suffix: "good-1" ...). It prints
 * "ready PORT" and leaves on SIGTERM.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "live/live.h"
#include "wire/wire.h"

typedef struct place {
    wire *w;
    live *l;
    pthread_mutex_t lock;
    pthread_cond_t ready;
    void *first, **last; /* jobs; the link lies in the job's own space */
    bool ended;
    atomic_int opened, closed;
} place;

static wire *stopped_by_signal; /* the handler has no other way to know it */

typedef struct say {
    hk_slice text;
    int64_t number;
} say;
static const shape_member SAY_MEMBERS[] = {
    SHAPE_TEXT(say, text, SHAPE_REQUIRED, 0, 60000, "any words"),
    SHAPE_INT(say, number, SHAPE_OPTIONAL, 0, HK_INT_MAX, "any number"),
};
static const shape SAY = SHAPE("Say", say, SAY_MEMBERS, "words");

typedef struct sign_in {
    hk_slice handle;
} sign_in;
static const shape_member SIGN_IN_MEMBERS[] = {SHAPE_TEXT(sign_in, handle, SHAPE_REQUIRED, 1, 64, "who")};
static const shape SIGN_IN = SHAPE("SignIn", sign_in, SIGN_IN_MEMBERS, "who");

static hk_err echo(wire_request *r, wire_reply *reply)
{
    return wire_reply_body(r, reply, &SAY, r->body);
}

static hk_err slow_echo(wire_request *r, wire_reply *reply)
{
    const say *body = r->body;
    (void)usleep((useconds_t)(body->number % 2000) * 1000); /* however long it sleeps */
    return echo(r, reply);
}

static hk_err bytes(wire_request *r, wire_reply *reply)
{
    return wire_reply_bytes(reply, r->raw, "application/octet-stream");
}

static hk_err big(wire_request *r, wire_reply *reply)
{
    int64_t n;
    HK_TRY(wire_param_int(r, 0, &n));
    uint8_t *p = n > 3 * 1024 * 1024 ? NULL : hk_arena_get(r->arena, (size_t)n);
    return p ? wire_reply_bytes(reply, hk_slice_of(p, (size_t)n), "application/octet-stream") : HK_TOO_MUCH;
}

static hk_err by_id(wire_request *r, wire_reply *reply)
{
    uint8_t id[16];
    HK_TRY(wire_param_id(r, 0, id));
    return wire_reply_nothing(reply);
}

static hk_err start_sign_in(wire_request *r, wire_reply *reply)
{
    wire_reply_pre_login_cookie(reply, HK_LIT("pre"), 60);
    wire_reply_cookie(reply, HK_LIT("signed-in"), 3600);
    return wire_reply_nothing(reply);
}

static hk_err refuse_stale(wire_request *r, wire_reply *reply)
{
    wire_problem_int(reply, "epoch", 7);
    return wire_problem(reply, HK_CONFLICT, "stale_epoch", "This is sealed for an older epoch.");
}

static void tell_all(void *p, void *arg)
{
    place *at = p;
    const say *s = arg;
    account_id who = {{1}};
    live_tell(at->l, &who, 1, s->text, 0);
}

static hk_err tell(wire_request *r, wire_reply *reply)
{
    const say *body = r->body;
    say *out = hk_arena_get(r->arena, sizeof *out);
    if (!out)
        return HK_NO_MEMORY;
    HK_TRY(shape_encode_told("told", &SAY, body, r->arena, &out->text));
    HK_TRY(wire_after(r, tell_all, out));
    return wire_reply_nothing(reply);
}

static const wire_route ROUTES[] = {
    {"POST", "/api/echo", WIRE_ANYBODY, WIRE_WRITE, &SAY, &SAY, echo, "echo", 0, NULL},
    {"POST", "/api/slow", WIRE_ANYBODY, WIRE_WRITE, &SAY, &SAY, slow_echo, "echo, slowly", 0, NULL},
    {"POST", "/api/mine", WIRE_SIGNED_IN, WIRE_WRITE, &SAY, &SAY, echo, "echo for who is signed in", 0, NULL},
    {"GET", "/api/admin", WIRE_ADMIN, WIRE_READ, NULL, NULL, refuse_stale, "for nobody here", 0, NULL},
    {"POST", "/api/bytes", WIRE_ANYBODY, WIRE_WRITE, NULL, NULL, bytes, "raw bytes", 65600, NULL},
    {"GET", "/api/big/:n", WIRE_ANYBODY, WIRE_READ, NULL, NULL, big, "that many bytes", 0, NULL},
    {"GET", "/api/things/:id", WIRE_ANYBODY, WIRE_READ, NULL, NULL, by_id, "a thing", 0, NULL},
    {"GET", "/api/things/mine", WIRE_ANYBODY, WIRE_READ, NULL, NULL, refuse_stale, "a conflict", 0, NULL},
    {"POST", "/api/sign-in", WIRE_ANYBODY, WIRE_WRITE, &SIGN_IN, NULL, start_sign_in, "cookies", 0,
     "sign_in"},
    {"POST", "/api/tell", WIRE_ANYBODY, WIRE_WRITE, &SAY, NULL, tell, "tells every socket", 0, NULL},
};
static const wire_message MESSAGES[] = {
    {"echo", WIRE_SIGNED_IN, WIRE_WRITE, &SAY, &SAY, echo, "through the database thread"},
    {"slow", WIRE_SIGNED_IN, WIRE_WRITE, &SAY, &SAY, slow_echo, "slowly"},
    {"quick", WIRE_SIGNED_IN, WIRE_LOOP, &SAY, &SAY, echo, "on the loop"},
    {"stale", WIRE_SIGNED_IN, WIRE_WRITE, NULL, NULL, refuse_stale, "a conflict"},
    {"admin", WIRE_ADMIN, WIRE_WRITE, NULL, NULL, refuse_stale, "for nobody here"},
};

/* ---- The database thread */

_Static_assert(sizeof(void *) <= WIRE_JOB_SPACE, "a job has room for the dispatcher");

static hk_err dispatch(void *at, wire_mode mode, void *job)
{
    place *p = at;
    *(void **)job = NULL;
    (void)pthread_mutex_lock(&p->lock);
    *p->last = job;
    p->last = job;
    (void)pthread_cond_signal(&p->ready);
    (void)pthread_mutex_unlock(&p->lock);
    return HK_OK;
}

static void *database(void *at)
{
    place *p = at;
    (void)pthread_mutex_lock(&p->lock);
    while (!p->ended) {
        void *job = p->first;
        if (!job) {
            (void)pthread_cond_wait(&p->ready, &p->lock);
            continue;
        }
        p->first = *(void **)job;
        if (!p->first)
            p->last = &p->first;
        (void)pthread_mutex_unlock(&p->lock);
        wire_job_done(job, wire_job_run(job, p));
        wire_jobs_done(p->w);
        (void)pthread_mutex_lock(&p->lock);
    }
    (void)pthread_mutex_unlock(&p->lock);
    return NULL;
}

static hk_err who(wire_request *r, wire_who *ret)
{
    if (!hk_slice_eq_z(r->cookie, "signed-in"))
        return HK_WHO;
    *ret = (wire_who){.account = {{1}}, .is = WIRE_SIGNED_IN | WIRE_CLIENT, .session = 1};
    return HK_OK;
}

static hk_err ticket(wire_request *r, hk_slice ticket, wire_who *ret)
{
    if (!hk_slice_starts(ticket, HK_LIT("good")))
        return HK_WHO;
    /* "good-N" is the account N, so that thousands of sockets are not one account's */
    long long n = ticket.n > 5 ? strtoll((const char *)ticket.p + 5, NULL, 10) : 0;
    *ret = (wire_who){.account = {{1}}, .is = WIRE_SIGNED_IN | WIRE_CLIENT, .session = 1};
    memcpy(ret->account.b + 1, &n, sizeof n);
    return HK_OK;
}

static void opened(void *at, uint64_t connection, const wire_who *w)
{
    place *p = at;
    atomic_fetch_add(&p->opened, 1);
    if (live_join(p->l, connection, w->account, w->session) != HK_OK)
        wire_socket_close(p->w, connection, 1013);
    (void)wire_socket_send(p->w, connection, HK_LIT("{\"t\":\"hello\"}"));
}

static void closed(void *at, uint64_t connection, const wire_who *w)
{
    place *p = at;
    atomic_fetch_add(&p->closed, 1);
    live_leave(p->l, connection, 0);
}

static void more(void *at, wire_text *t)
{
    place *p = at;
    wire_text_add(t, "test_opened %d\ntest_closed %d\n", atomic_load(&p->opened), atomic_load(&p->closed));
}

static hk_err live_send(void *at, uint64_t connection, hk_slice text)
{
    return wire_socket_send(((place *)at)->w, connection, text);
}

static void live_close(void *at, uint64_t connection, int code)
{
    wire_socket_close(((place *)at)->w, connection, code);
}

static void on_term(int signal)
{
    wire_stop(stopped_by_signal);
}

int main(int count, char **words)
{
    if (count < 6)
        return 2;
    place p = {.lock = PTHREAD_MUTEX_INITIALIZER, .ready = PTHREAD_COND_INITIALIZER};
    p.last = &p.first;
    const live_options ears = {.send = live_send, .close = live_close, .ctx = &p};
    const wire_route *routes[] = {ROUTES};
    const wire_message *messages[] = {MESSAGES};
    const size_t route_counts[] = {HK_COUNT(ROUTES)}, message_counts[] = {HK_COUNT(MESSAGES)};
    const char *origins[] = {words[2], NULL};
    wire_files *files = NULL;
    if (wire_files_load(words[3], &files) != HK_OK || live_new(&ears, &p.l) != HK_OK) {
        (void)fprintf(stderr, "%s\n", wire_files_problem());
        return 2;
    }
    const wire_options options = {.listen = words[1],
                                  .metrics = words[4][0] ? words[4] : NULL,
                                  .origins = origins,
                                  .tls_certificate = count > 6 ? words[6] : NULL,
                                  .tls_key = count > 7 ? words[7] : NULL,
                                  .trust_forwarded =
                                      strncmp(words[1], "unix:", 5) == 0 || getenv("TRUST_FORWARDED"),
                                  .routes = routes,
                                  .route_counts = route_counts,
                                  .room_count = 1,
                                  .messages = messages,
                                  .message_counts = message_counts,
                                  .files = files,
                                  .place = &p,
                                  .dispatch = dispatch,
                                  .who = who,
                                  .ticket = ticket,
                                  .opened = opened,
                                  .closed = closed,
                                  .metrics_more = more,
                                  .rate_factor = (uint32_t)strtoul(words[5], NULL, 10)};
    if (wire_new(&options, &p.w) != HK_OK) {
        (void)fprintf(stderr, "%s\n", wire_problem_words());
        live_free(p.l);
        wire_files_free(files);
        return 2;
    }
    stopped_by_signal = p.w;
    (void)signal(SIGTERM, on_term);
    pthread_t thread;
    if (pthread_create(&thread, NULL, database, &p) != 0)
        return 2;
    (void)printf("ready %d\n", wire_port(p.w));
    (void)fflush(stdout);
    hk_err err = wire_run(p.w);
    (void)pthread_mutex_lock(&p.lock);
    p.ended = true;
    (void)pthread_cond_signal(&p.ready);
    (void)pthread_mutex_unlock(&p.lock);
    (void)pthread_join(thread, NULL);
    wire_free(p.w);
    live_free(p.l);
    wire_files_free(files);
    return err == HK_OK ? 0 : 1;
}
