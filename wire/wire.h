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

typedef enum wire_mode {
    WIRE_READ,  /* on a reader: sees the last commit, may not change anything */
    WIRE_WRITE, /* on the writer, inside the group's transaction */
    WIRE_LOOP,  /* on the loop's thread, without the database: typing, health */
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
    void *db;    /* store_db of the running transaction (WIRE_READ, WIRE_WRITE), else NULL */
    void *place; /* the server's composed state, given in wire_options */
    wire_who who;
    int64_t now_ms;     /* the server's clock when the request was complete */
    const void *body;   /* the decoded struct of the declared shape, or NULL */
    hk_slice raw;       /* the body's bytes for routes with `raw_max` */
    hk_slice params[4]; /* path parameters in order, percent-decoding refused: ids and numbers only */
    size_t param_count;
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

/* Run on the loop's thread after COMMIT (never when the request failed), in order: for telling others. */
hk_err wire_after(wire_request *r, void (*run)(void *place, void *arg),
                  void *arg); /* arg: in the request's arena */

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
    const char *limit; /* name of a rate limit in limits.h, NULL for the general one */
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

/* The server's side of a socket, for `live`: bytes go out as one text frame each. Loop thread only. */
hk_err wire_socket_send(wire *w, uint64_t connection,
                        hk_slice text); /* HK_BUSY: too slow, it is being dropped */
void wire_socket_close(wire *w, uint64_t connection, int code);

/* A static file, whole in memory. */
typedef struct wire_file {
    const char *path, *content_type, *etag, *etag_br;
    hk_slice bytes, brotli;
    bool immutable; /* its name holds its hash */
} wire_file;

typedef struct wire_options {
    const char *listen;  /* "127.0.0.1:8080", "[::1]:8080" or "unix:/run/hearken/socket" (behind a proxy) */
    const char *metrics; /* loopback only, or NULL */
    const char *const
        *origins; /* NULL-terminated: "https://talk.example.org"; checked on every unsafe request */
    const char *tls_certificate, *tls_key; /* files, or NULL */
    bool trust_forwarded; /* behind our own proxy on a Unix socket: take X-Forwarded-For's last address */
    const wire_route *const *routes;
    const size_t *route_counts;
    size_t room_count;
    const wire_message *const *messages;
    const size_t *message_counts;
    const wire_file *files;
    size_t file_count; /* sorted by path */
    void *place;
    /* Give the job to a database thread; it must call wire_job_run there and wire_job_done after the commit.
     */
    hk_err (*dispatch)(void *place, wire_mode mode, void *job);
    /* Who is asking, from the cookie; called on the database thread before the handler. */
    hk_err (*who)(wire_request *r, wire_who *ret);
    /* A ticket presented at the upgrade: burns it and says whose it is (called on a database thread). */
    hk_err (*ticket)(wire_request *r, hk_slice ticket, wire_who *ret);
    void (*opened)(void *place, uint64_t connection, const wire_who *who); /* loop thread */
    void (*closed)(void *place, uint64_t connection, const wire_who *who); /* loop thread */
    bool (*ready)(void *place);                                            /* for /readyz */
    void (*metrics_more)(void *place, struct evbuffer *out);               /* more lines for /metrics */
} wire_options;

hk_err wire_new(const wire_options *options, wire **ret);
hk_err wire_run(
    wire *w); /* until wire_stop; drains: no new connections, finish what runs, close sockets with 1001 */
void wire_stop(wire *w); /* safe from a signal handler and any thread */
void wire_free(wire *w);
const char *wire_problem_words(void); /* why wire_new failed, for a person */
/* Have something run on the loop's thread. Any thread. */
hk_err wire_on_loop(wire *w, void (*run)(void *place, void *arg), void *arg);

#endif
