/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * HTTP and WebSocket bytes to requests, and replies back. Every limit and deadline stands in wire/limits.h
 * with its reason. The loop's thread owns the connections; a request travels with its arena to a database
 * thread, where its handler runs straight down inside the open transaction, and the reply leaves after
 * COMMIT.
 *
 * `wire` knows no tables and no people: the server tells it who is asking (wire_options.who) and how to get
 * to the database threads (wire_options.dispatch).
 *
 *     static const wire_route ROUTES[] = {
 *         {"POST", "/api/conversations/:conversation/messages", WIRE_SIGNED_IN, WIRE_WRITE, &SEND, &KEPT,
 * send_message},
 *         {"GET",  "/api/place", WIRE_ANYBODY, WIRE_READ, NULL, &PLACE, read_place},
 *     };
 *     static const wire_message MESSAGES[] = {{"send", WIRE_WRITE, &SEND, &KEPT, send_message_by_socket}};
 */
#ifndef HK_WIRE_WIRE_H
#define HK_WIRE_WIRE_H

#include "base/arena.h"
#include "base/ids.h"
#include "wire/shape.h"

typedef struct wire wire;
typedef struct wire_request wire_request;
typedef struct wire_reply wire_reply;
typedef struct wire_text wire_text;

typedef enum wire_mode {
    WIRE_READ,  /* on a reader: sees the last commit, may not change anything */
    WIRE_WRITE, /* on the writer, inside the group's transaction */
    WIRE_LOOP,  /* on the loop's thread, without the database: typing. Routes in this mode are for anybody
                   (nobody can be asked who it is); messages know their socket's owner */
} wire_mode;

/* Who may call a route at all; finer permission is the statement's business. Bits of wire_who.is. */
typedef enum wire_access {
    WIRE_ANYBODY = 0,
    WIRE_SIGNED_IN = 1u << 0,
    WIRE_CLIENT = 1u << 1,
    WIRE_LISTENER = 1u << 2, /* therapist or peer */
    WIRE_SUPERVISOR = 1u << 3,
    WIRE_ADMIN = 1u << 4,
    WIRE_RECOVERING = 1u << 5, /* came in with the recovery sheet: may only change what is lost */
    WIRE_PRE_LOGIN = 1u << 6,  /* holds a pre-login cookie */
} wire_access;

typedef struct wire_who {
    account_id account;
    uint32_t is;     /* wire_access bits; 0: nobody we know */
    int64_t session; /* the session's row, 0 for none */
} wire_who;

/* What a handler sees. Borrowed for the handler's run; the arena lives until the reply has left. */
struct wire_request {
    hk_arena *arena;
    void *db;    /* store_db of the running transaction (WIRE_READ, WIRE_WRITE), NULL in WIRE_LOOP */
    void *place; /* the server's composed state, given in wire_options */
    wire_who who;
    int64_t now_ms;     /* the server's clock when the request was complete */
    const void *body;   /* the decoded struct of the declared shape, or NULL */
    hk_slice raw;       /* the body's bytes for routes with `raw_max` */
    hk_slice params[4]; /* path parameters in order, percent-decoding refused: ids and numbers only */
    size_t param_count;
    hk_slice query;                    /* after the "?", for wire_query_int */
    hk_slice cookie, pre_login_cookie; /* tokens, as sent; empty when not */
    hk_slice host;                     /* the Host header, checked against the configured origins */
    uint64_t address_key; /* keyed hash of the peer's address, rotated daily; for rate limits only */
    uint64_t connection;  /* id of the socket connection for socket messages, else 0 */
};

/* Path parameters and query members. HK_NOT_THERE for what is no id or number: a wrong id is simply not
 * there. */
hk_err wire_param_id(const wire_request *r, size_t index, uint8_t ret[static HK_ID_BYTES]);
hk_err wire_param_int(const wire_request *r, size_t index, int64_t *ret);
/* ?name=NUMBER; the default when missing; HK_BAD when malformed. */
hk_err wire_query_int(const wire_request *r, const char *name, int64_t otherwise, int64_t *ret);

/* Replies. A handler that returns an error sets none; the kit answers with an RFC 9457 problem. */
hk_err wire_reply_body(wire_request *r, wire_reply *reply, const shape *s, const void *value); /* 200 */
hk_err wire_reply_nothing(wire_reply *reply);                                                  /* 204 */
hk_err wire_reply_bytes(wire_reply *reply, hk_slice bytes, const char *content_type);
void wire_reply_cookie(wire_reply *reply, hk_slice token, int64_t max_age_s); /* empty token: delete */
void wire_reply_pre_login_cookie(wire_reply *reply, hk_slice token, int64_t max_age_s);
/* A finer code than the result has ("epoch_taken"), and words for people; both string constants. Returns err.
 */
hk_err wire_problem(wire_reply *reply, hk_err err, const char *code, const char *sentence);
/* Adds to the problem answer: which member was meant (from our own tables), or a number ("epoch": 7). */
void wire_problem_member(wire_reply *reply, const char *member);
void wire_problem_int(wire_reply *reply, const char *name, int64_t value);

/* Run on the loop's thread after COMMIT and just before this request's own reply leaves, in the order of the
 * commits; never when the request failed; also when its connection is gone by then. For telling others. `arg`
 * lies in the request's arena and lives until run returns. */
hk_err wire_after(wire_request *r, void (*run)(void *place, void *arg), void *arg);

typedef hk_err (*wire_handler)(wire_request *r, wire_reply *reply);

typedef struct wire_route {
    const char *method;
    const char *path;
    uint32_t access; /* any of these bits is enough; WIRE_ANYBODY: no session asked for */
    wire_mode mode;
    const shape *body; /* NULL: no body allowed */
    const shape *answer;
    wire_handler handler;
    const char *about; /* one sentence for the documentation */
    size_t raw_max;    /* > 0: the body is bytes of at most this many, not JSON */
    const char *limit; /* a rate class of limits.h ("sign_in"), besides the general one; or NULL */
} wire_route;

/* A message on the socket: {"t": NAME, "id": n, ...members}; the answer is {"t": "ok"|"problem", "id": n,
 * ...}. */
typedef struct wire_message {
    const char *name;
    uint32_t access;
    wire_mode mode;
    const shape *body;
    const shape *answer;
    wire_handler handler;
    const char *about;
} wire_message;

/* The server's side of a socket, for `live`: bytes go out as one text frame each. Loop thread only. HK_BUSY:
 * the reader is too slow and is being dropped (4002); HK_NOT_THERE: gone. */
hk_err wire_socket_send(wire *w, uint64_t connection, hk_slice text);
void wire_socket_close(wire *w, uint64_t connection, int code);

/* ---- Jobs: how a request gets to a database thread and back.
 * `dispatch` hands one over (it never runs it on the loop's thread); the thread calls wire_job_run inside the
 * transaction, and, when the outcome is on disk, wire_job_done. An error of wire_job_run means: undo what
 * this job did; give the same error to wire_job_done (or HK_STORE when the commit failed). After
 * wire_job_done the job is gone. Behind the last one of a transaction wire_jobs_done wakes the loop, once for
 * all of them: it then answers them in one turn, with one write to each connection. The first WIRE_JOB_SPACE
 * bytes of a job belong to the dispatcher (a store_job fits), aligned to 16. */
#define WIRE_JOB_SPACE 64
hk_err wire_job_run(void *job, void *db);
void wire_job_done(void *job, hk_err result);
void wire_jobs_done(wire *w);

/* ---- Static files */

/* Reads a directory written by the web build, whole: its manifest.json says for each path the file, its type
 * and whether its name holds its hash (wire/files.h has the form). Free with wire_files_free. */
typedef struct wire_files wire_files;
hk_err wire_files_load(const char *directory, wire_files **ret);
void wire_files_free(wire_files *files);
const char *wire_files_problem(void); /* why the last load on this thread failed, for a person */

typedef struct wire_options {
    const char *listen;  /* "127.0.0.1:8080", "[::1]:8080" or "unix:/run/hearken/socket" (behind a proxy) */
    const char *metrics; /* loopback only, or NULL */
    const char *const
        *origins; /* NULL-terminated: "https://talk.example.org"; checked on every unsafe request */
    const char *tls_certificate, *tls_key; /* files, or NULL */
    bool trust_forwarded; /* behind our own proxy, on a Unix socket or loopback: take X-Forwarded-For's last
                             address */
    const wire_route *const *routes;
    const size_t *route_counts;
    size_t room_count;
    const wire_message *const *messages;
    const size_t *message_counts;
    const wire_files *files; /* NULL: none */
    void *place;
    /* Give the job to a database thread (see Jobs). An error (HK_BUSY) is answered as a problem. */
    hk_err (*dispatch)(void *place, wire_mode mode, void *job);
    /* Who is asking, from the cookie; called on the database thread before the handler. */
    hk_err (*who)(wire_request *r, wire_who *ret);
    /* A ticket presented at the upgrade: burns it and says whose it is (called on a database thread). */
    hk_err (*ticket)(wire_request *r, hk_slice ticket, wire_who *ret);
    void (*opened)(void *place, uint64_t connection, const wire_who *who); /* loop thread */
    void (*closed)(void *place, uint64_t connection, const wire_who *who); /* loop thread */
    bool (*ready)(void *place);                                            /* for /readyz */
    void (*metrics_more)(void *place, wire_text *out);                     /* more lines for /metrics */
    uint32_t rate_factor; /* every rate and burst times this; 0 is 1. Higher only where one machine plays many
                             people: demo, replay, measurements */
} wire_options;

/* Everything in *options is borrowed until wire_free. Call before other threads exist (it seeds hash tables).
 */
hk_err wire_new(const wire_options *options, wire **ret);
/* Serves until wire_stop, then drains: no new connections, what runs is finished, sockets close with 1001. */
hk_err wire_run(wire *w);
void wire_stop(wire *w); /* safe from a signal handler and any thread */
/* After the database is closed, so that no job is on its way any more; before `place` goes. */
void wire_free(wire *w);
int wire_port(const wire *w);         /* where it listens; useful with port 0; 0 for a Unix socket */
const char *wire_problem_words(void); /* why the last wire_new on this thread failed, for a person */
/* Have something run on the loop's thread. Any thread. */
hk_err wire_on_loop(wire *w, void (*run)(void *place, void *arg), void *arg);

/* Text that grows, for /metrics. Over its bound it stops growing and the answer is a problem. */
void wire_text_add(wire_text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- One request without a network, as a database thread would run it: for tests of features. `who`: NULL
 * asks options->who. The answer lies in the arena. Runs the wire_after functions when the request succeeded
 * and `after` is true. Origin and rates are not looked at. `base` brings place, now_ms, cookies and
 * address_key. A message of the socket is called with the method "SOCKET" and its name as target. */
typedef struct wire_called {
    hk_err err;
    int status;
    hk_slice body;                             /* JSON or bytes, as they would have been sent */
    const char *code;                          /* of a problem, or NULL */
    hk_slice set_cookie, set_pre_login_cookie; /* tokens; p is NULL when not set */
} wire_called;
void wire_call(const wire_options *options, const char *method, hk_slice target, hk_slice body,
               const wire_who *who, wire_request *base, hk_arena *arena, void *db, bool after,
               wire_called *ret);

#endif
