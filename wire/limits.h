/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Every limit and deadline of the wire, in one place, each with its reason. Deadlines are total: bytes that
 * trickle in do not move them.
 */
#ifndef HK_WIRE_LIMITS_H
#define HK_WIRE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

/* ---- Heads (wire/head.c) */
#define WIRE_HEAD_BYTES    (16 * 1024) /* browsers stay under 4 KiB; Chromium itself refuses far bigger ones */
#define WIRE_FIELDS        64          /* browsers send about 20, a proxy adds 5 */
#define WIRE_METHOD_BYTES  16          /* the longest method we answer is DELETE */
#define WIRE_LENGTH_DIGITS 9           /* of Content-Length: under 1 GB, cannot overflow anything */
#define WIRE_SEGMENTS      8           /* of a path; our deepest has 7 */
#define WIRE_PARAMS        4           /* path parameters; our deepest route has 3 */
#define WIRE_ROUTES        512         /* of all rooms together */
#define WIRE_MESSAGES      128         /* names of socket messages */

/* ---- Bodies and requests */
#define WIRE_BODY_BYTES  (256 * 1024)  /* JSON: a commit that wraps an epoch key for a big team */
#define WIRE_RAW_BYTES   (1024 * 1024) /* no route may ask for more raw bytes at once; files come in chunks */
#define WIRE_ARENA_BYTES (4 * 1024 * 1024) /* one request with its answer: a page of the log is 0.7 MiB */
#define WIRE_JOBS        4096              /* requests on their way to the database: beyond it, 503 */
#define WIRE_SPARE_JOBS  256 /* finished ones kept for the next, as many as one commit holds: 1.3 MiB */
#define WIRE_COPY_BYTES  (16 * 1024) /* answers up to here are copied, bigger ones are lent to the socket */

/* ---- Connections */
#define WIRE_CONNECTIONS    60000        /* held at once; RLIMIT_NOFILE is raised as far as allowed */
#define WIRE_SPARE_FILES    256          /* descriptors kept for the database, its WAL and backups */
#define WIRE_ACCEPT_BACKLOG 1024         /* a whole place coming back after a restart */
#define WIRE_NOTSENT_BYTES  (128 * 1024) /* kept in the kernel unsent: more hides how slow a reader is */

/* ---- Deadlines, ms */
#define WIRE_HEAD_MS      10000        /* a whole head, TLS handshake included */
#define WIRE_BODY_MS      20000        /* a whole body: 256 KiB at 13 KiB/s */
#define WIRE_KEEP_MS      60000        /* between requests; proxies reuse connections for about as long */
#define WIRE_PACE_MS      5000         /* how often a pending reply's pace is looked at */
#define WIRE_PACE_BYTES   (5 * 1024)   /* that must leave in WIRE_PACE_MS: 1 KiB/s */
#define WIRE_LINGER_MS    2000         /* after a refusal: time for the reply to arrive before the reset */
#define WIRE_LINGER_BYTES (256 * 1024) /* thrown away meanwhile, at most */
#define WIRE_JOB_MS       30000 /* a job's answer: past it something is broken, the drain does not wait on */
#define WIRE_DRAIN_MS     5000  /* from SIGTERM to the end, whatever clients do */
#define WIRE_TICK_MS      250   /* how exactly deadlines are kept */

/* ---- Sockets (wire/frame.c, wire/socket.c) */
#define WIRE_MESSAGE_BYTES (64 * 1024)  /* one message, all its fragments together */
#define WIRE_FRAGMENTS     32           /* of one message; browsers send one or two */
#define WIRE_UNANSWERED    64           /* messages of one socket on their way: then it is not read */
#define WIRE_QUEUE_BYTES   (512 * 1024) /* waiting for a slow reader: then it is dropped and reads the log */
#define WIRE_CHECK_MS                                                                                        \
    25000 /* a socket is looked at so often: silent once, we ping; twice, it is gone. At most                \
             50 s of silence, under the 60 s of proxies and phone networks */
#define WIRE_CLOSE_MS     2000 /* for the other side's close frame */
#define WIRE_CONTROLS     32 /* pings and pongs of one socket per WIRE_CHECK_MS; a browser sends none itself */
#define WIRE_TICKET_BYTES 128 /* of a ticket's text; ours has 43 */

/* ---- Rates: token buckets, each with its burst and its refill (wire/rate.c). By address means by the keyed
 * hash of the IPv4 address or the IPv6 /64; a clinic or a school may sit behind one. A handle or invitation
 * is guessed slowly; nobody can lock another out, because a bucket belongs to the pair of handle and address.
 */
#define WIRE_RATES(X)                                                                                        \
    /* name, key, burst, refill per hour, why */                                                             \
    X(CONNECTIONS, "connections", ADDRESS, 600, 72000) /* 20 a second: a waiting room after a restart */     \
    X(GENERAL, "general", ADDRESS, 600, 360000)        /* 100 a second: several people, pages and all */     \
    X(ACCOUNT, "account", ACCOUNT, 300, 72000)         /* 20 a second for long: syncing, files */            \
    X(SIGN_IN, "sign_in", HANDLE, 12, 60)              /* one guess a minute after a dozen typing errors */  \
    X(SIGN_IN_ALL, "sign_in_all", ADDRESS, 120, 1200)  /* all handles from one address together */           \
    X(ARRIVALS, "arrivals", ADDRESS, 30, 120)          /* a class arriving together, not a script */         \
    X(INVITATIONS, "invitations", ADDRESS, 30, 120)    /* looking at a token: tokens have 128 bits anyway */ \
    X(RETURNS, "returns", ADDRESS, 12, 60)             /* nine digits, good for an hour: said by telephone */
#define WIRE_RATE_SLOTS                                                                                      \
    (64 * 1024) /* buckets kept, 1.5 MiB; when full, the fullest bucket near by is forgotten */

/* ---- Metrics */
#define WIRE_METRICS_BYTES (64 * 1024)

#endif
