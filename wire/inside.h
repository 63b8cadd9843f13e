/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Inside wire/ only: the loop, its connections and its jobs. Who may touch what:
 *
 *   - a conn belongs to the loop's thread, always;
 *   - a job belongs to the loop's thread until dispatch, to a database thread until wire_job_done, then to
 * the loop's thread again. It knows its connection by id, so a connection may die meanwhile;
 *   - shared are only the mailbox (its lock), the rates (their lock) and the figures (atomic).
 */
#ifndef HK_WIRE_INSIDE_H
#define HK_WIRE_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include "wire/files.h"
#include "wire/frame.h"
#include "wire/head.h"
#include "wire/json.h"
#include "wire/rate.h"
#include "wire/routes.h"
#include "wire/wire.h"

/* ---- Replies (wire/reply.c) */

struct wire_reply {
    hk_slice body; /* in the request's arena */
    const char *content_type;
    hk_slice cookie, pre_login_cookie; /* p == NULL: not set */
    int64_t cookie_age_s, pre_login_cookie_age_s;
    const char *code, *sentence; /* of a problem */
    char member[sizeof((shape_problem){0}.member)];
    const char *number_name;
    int64_t number;
    int status;        /* 0: not said yet */
    int retry_after_s; /* 0: not said */
};

/* What an error is in HTTP. */
int wire_status_of(hk_err err);
/* Fills reply->body with the problem, as JSON for HTTP (socket_id < 0) or for a socket; err's own code and
 * words where the handler gave none. `status` 0: that of err. */
void wire_reply_fail(wire_reply *reply, hk_err err, int status, int64_t socket_id, hk_arena *arena);

/* ---- Jobs (wire/job.c) */

typedef struct wire_after_entry {
    struct wire_after_entry *next;
    void (*run)(void *place, void *arg);
    void *arg;
} wire_after_entry;

typedef struct wire_job {
    _Alignas(
        16) uint8_t space[WIRE_JOB_SPACE]; /* the dispatcher's; first, so that it is at the job's address */
    wire *w;                               /* NULL in wire_call */
    const wire_options *options;
    struct wire_job *next;                  /* in the mailbox */
    void (*posted)(void *place, void *arg); /* wire_on_loop: this is no request at all */
    void *posted_arg;
    wire_request r;
    wire_reply reply;
    hk_arena arena;          /* r.arena is this one; in wire_call the caller's */
    uint64_t conn;           /* id, of HTTP connections too */
    const wire_route *route; /* one of the three says what is asked */
    const wire_message *message;
    hk_slice ticket, key; /* an upgrade: its ticket and Sec-WebSocket-Key */
    int64_t message_id;
    wire_after_entry *afters, **afters_end;
    hk_err result;
    bool head_only; /* method HEAD */
} wire_job;

/* Loop thread. Some freed ones are kept, each with its arena's first block: a flood of small requests then
 * asks malloc for nothing. */
wire_job *wire_job_new(wire *w, uint64_t connection);
void wire_job_free(wire_job *job);
wire_job *wire_job_make(wire *w, uint64_t connection); /* any thread */
void wire_job_free_spare(wire *w);
/* Loop thread: run it here (WIRE_LOOP) or hand it over; either way wire_job_deliver follows. */
void wire_job_start(wire_job *job, wire_mode mode);
/* Decodes a checked object by the shape into the request; HK_BAD with the member in the reply's problem. */
hk_err wire_job_body(wire_job *job, const shape *s, hk_slice object, const char *const *beside);
/* Loop thread: the outcome is certain; tell others, answer, free. */
void wire_job_deliver(wire_job *job);

/* ---- Connections (wire/connection.c) */

typedef enum conn_state {
    CONN_HEAD,    /* waiting for a head, or for the rest of one */
    CONN_BODY,    /* the head is fine and still in the buffer */
    CONN_JOB,     /* a request is on its way; nothing is read */
    CONN_REPLY,   /* the answer is leaving; nothing is read */
    CONN_LINGER,  /* refused and answered: what still comes is thrown away */
    CONN_SOCKET,  /* a WebSocket */
    CONN_CLOSING, /* a WebSocket that has sent its close frame */
} conn_state;

/* A connection stands in one queue; all in it have the same patience, so it is ordered by itself. */
typedef enum conn_deadline {
    CONN_BY_HEAD,
    CONN_BY_KEEP,
    CONN_BY_BODY,
    CONN_BY_PACE,
    CONN_BY_LINGER,
    CONN_BY_CHECK,
    CONN_BY_CLOSE,
    CONN_BY_NOTHING, /* a job runs: the database answers or the process ends */
    CONN_DEADLINES
} conn_deadline;

typedef struct conn {
    wire *w;
    struct bufferevent *be;
    uint64_t id;
    struct conn *before, *after; /* in its deadline's queue */
    int64_t deadline_ms;
    uint64_t address_key;
    wire_who who;
    uint8_t *message; /* fragments so far; NULL between messages, and for messages of one frame */
    uint32_t message_n;
    uint32_t mark; /* HEAD: bytes looked at; BODY: the head's size; REPLY: bytes pending at the last look;
                      LINGER: bytes thrown away */
    struct conn *closing_next;
    struct conn *unwritten_next;
    uint16_t close_code; /* > 0: wire_socket_close was asked for */
    uint8_t state;       /* conn_state */
    uint8_t deadline;    /* conn_deadline */
    wire_frame_reader reader;
    uint8_t unanswered;
    uint8_t controls;     /* since the last check */
    bool is_metrics : 1;  /* came in at the metrics listener */
    bool is_proxied : 1;  /* from our own proxy, which says the address */
    bool is_local : 1;    /* came in at a Unix socket */
    bool close_after : 1; /* this answer is the last */
    bool heard : 1;       /* SOCKET: since the last check */
    bool asked : 1;       /* SOCKET: pinged at the last check */
    bool drained : 1;     /* SOCKET: the output was empty since the last check */
    bool stopped : 1;     /* SOCKET: not read, too much unanswered */
    bool deaf : 1;        /* CLOSING: what comes cannot be read as frames any more */
    bool unwritten : 1;   /* has bytes to write at the end of this turn */
    bool told_open : 1;   /* options.opened was called */
} conn;

typedef struct conn_queue {
    conn *first, *last;
} conn_queue;

void conn_accept(wire *w, int fd, const struct sockaddr *address, bool is_metrics);
void conn_free(conn *c); /* tells `closed` when `opened` was told; c is gone */
conn *conn_by_id(const wire *w, uint64_t id);
void conn_wait(conn *c, conn_deadline which); /* a fresh deadline of that kind */
/* Bytes were added to its output: they are written once, when this turn of the loop has nothing more to add.
 */
void conn_write(conn *c);
void conn_write_all(wire *w);   /* the end of a turn; every callback of the loop ends with it */
void conn_tick(wire *w);        /* lets deadlines run out */
void conn_close_asked(wire *w); /* carries out what wire_socket_close asked for */

/* HTTP (wire/http.c) */
void http_readable(conn *c);
void http_drained(conn *c);
void http_answer(conn *c, wire_job *job); /* takes the job */
void http_refuse(conn *c,
                 int status); /* a problem without a job; c->close_after says whether it is the last */
void http_sent(conn *c);      /* a whole answer stands in the output */
void http_pace(conn *c);

/* The head of a reply (wire/reply.c). */
typedef struct reply_head {
    int status;
    const char *content_type;            /* NULL: none */
    const char *cache, *etag, *encoding; /* NULL: not to be kept, none, none */
    const char *allow;                   /* of a 405 */
    int retry_after_s;
    size_t length;
    bool close, varies;
} reply_head;
hk_err reply_write_head(wire *w, struct evbuffer *out, const reply_head *h, const wire_reply *cookies);
char *reply_security_fields(bool https); /* malloc'd */

/* Files (wire/files.c): answers GET and HEAD from the table; false when there is no such file. */
bool files_answer(conn *c, const wire_head *h);

/* Sockets (wire/socket.c) */
/* Judges an upgrade request: 0 and the ticket, or the status to refuse with. */
int socket_judge(const wire_head *h, hk_slice *ret_ticket);
void socket_open(conn *c, const wire_job *job);
void socket_readable(conn *c);
void socket_drained(conn *c);
void socket_answer(conn *c, wire_job *job);
void socket_check(conn *c);
void socket_close(conn *c, int code); /* sends the close frame and waits for the other's */

/* ---- The gate (wire/gate.c): 0, or the status to refuse with */
int gate_host(const wire *w, const wire_head *h);
int gate_origin(const wire *w, const wire_head *h, bool unsafe);
uint64_t gate_address_key(const wire *w, const struct sockaddr *address);
uint64_t gate_forwarded_key(const wire *w, const wire_head *h);

/* ---- Judging a head (wire/judge.c) */
typedef struct judged {
    int status; /* to refuse with; 0: go on */
    bool is_upgrade;
    int retry_after_s;
    size_t body_n;
    hk_slice ticket;
    wire_match match;
} judged;

void judge(conn *c, const wire_head *h, judged *j);
void judge_rates(conn *c, judged *j); /* once for each request: it takes tokens */

/* ---- Cookies (wire/cookie.c) */
#define WIRE_COOKIE           "__Host-hearken"
#define WIRE_PRE_LOGIN_COOKIE "__Host-hearken-pre"
/* The cookie's value; empty when it is not there, or there twice (somebody tossed one in). */
hk_slice cookie_find(const wire_head *h, const char *name);
void cookie_write(wire_text *out, const char *name, hk_slice token, int64_t max_age_s);

/* ---- Figures (wire/metrics.c) */
typedef struct wire_figures {
    atomic_ullong accepted, requests, refused_heads, refused_rates, refused_origins, problems_client,
        problems_server, messages_in, messages_out, dropped_slow, deadlines;
} wire_figures;

struct wire_text {
    char *p;
    size_t n, cap;
    bool full; /* something did not fit; nothing more is added */
};
void metrics_answer(conn *c, const wire_head *h);

/* ---- The loop (wire/loop.c) */

struct wire {
    wire_options options;
    struct event_base *base;
    struct evconnlistener *listener, *metrics_listener;
    void *tls; /* SSL_CTX, or NULL */
    struct event *wake, *tick, *closing_event;
    int wake_fd;
    int port;
    pthread_mutex_t mail_lock;
    wire_job *mail, **mail_end;
    bool mail_woken; /* the loop was told, and has not looked yet */
    atomic_bool stopping;
    bool draining, listens_to_unix, https;
    int64_t drain_until_ms;
    conn **slots; /* by the low bits of an id */
    uint32_t *generations;
    uint32_t *free_slots;
    uint32_t slot_count, free_count, conn_count, socket_count;
    conn_queue queues[CONN_DEADLINES];
    conn *closing;   /* wire_socket_close was asked for */
    conn *unwritten; /* conn_write was asked for */
    uint32_t jobs;   /* started and not delivered */
    wire_job *spare; /* freed, for the next requests */
    uint32_t spare_count;
    int64_t now_ms; /* monotonic, as of this turn of the loop */
    char date[40];  /* of the Date field */
    int64_t date_s;
    wire_rates *rates;
    wire_routes *routes;
    wire_figures figures;
    char *security; /* the fields of every answer */
};

int64_t wire_clock_ms(void);            /* wall clock */
int64_t wire_monotonic_ms(void);        /* for deadlines */
void wire_mail(wire *w, wire_job *job); /* it lies there until the loop is woken */
void wire_mail_wake(wire *w);
const char *wire_date(wire *w);

/* ---- TLS (wire/tls.c) */
hk_err tls_context(const char *certificate, const char *key, void **ret, const char **ret_problem);
void tls_context_free(void *context);
struct bufferevent *tls_bufferevent(wire *w, int fd);

/* ---- Addresses (wire/listen.c) */
hk_err listen_open(wire *w, const char **ret_problem);
void listen_close(wire *w);
bool listen_is_loopback(const struct sockaddr *address);

#endif
