/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The loop: its life, its clock, its mailbox, and the drain at the end.
 */
#include "wire/inside.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <event2/thread.h>

static _Thread_local const char *problem_words = "";

const char *wire_problem_words(void)
{
    return problem_words;
}

/* ---- Clocks */

int64_t wire_clock_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_REALTIME, &t); /* cannot fail for this clock */
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t wire_monotonic_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC_COARSE, &t); /* cannot fail for this clock */
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

const char *wire_date(wire *w)
{
    int64_t now_s = wire_clock_ms() / 1000;
    if (now_s == w->date_s && w->date[0])
        return w->date;
    time_t t = (time_t)now_s;
    struct tm tm;
    (void)gmtime_r(&t, &tm); /* fits: the clock is in this century */
    static const char DAYS[] = "SunMonTueWedThuFriSat", MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    (void)snprintf(w->date, sizeof w->date, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", DAYS + 3 * tm.tm_wday,
                   tm.tm_mday, MONTHS + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
    w->date_s = now_s;
    return w->date;
}

/* ---- The mailbox: what other threads want done on the loop's. One write wakes it for everything that comes
 * until it looks. */

static void wake(wire *w)
{
    uint64_t one = 1;
    while (write(w->wake_fd, &one, sizeof one) < 0 && errno == EINTR)
        ; /* otherwise the counter is full, which wakes just as well */
}

void wire_mail(wire *w, wire_job *job)
{
    job->next = NULL;
    (void)pthread_mutex_lock(&w->mail_lock); /* a plain mutex of ours cannot fail */
    *w->mail_end = job;
    w->mail_end = &job->next;
    (void)pthread_mutex_unlock(&w->mail_lock);
}

void wire_mail_wake(wire *w)
{
    (void)pthread_mutex_lock(&w->mail_lock); /* as above */
    bool is_news = w->mail && !w->mail_woken;
    w->mail_woken |= is_news;
    (void)pthread_mutex_unlock(&w->mail_lock);
    if (is_news)
        wake(w);
}

hk_err wire_on_loop(wire *w, void (*run)(void *place, void *arg), void *arg)
{
    wire_job *job = wire_job_make(w, 0);
    if (!job)
        return HK_NO_MEMORY;
    job->posted = run;
    job->posted_arg = arg;
    wire_mail(w, job);
    wire_mail_wake(w);
    return HK_OK;
}

static void deliver_mail(wire *w)
{
    (void)pthread_mutex_lock(&w->mail_lock); /* as above */
    wire_job *job = w->mail;
    w->mail = NULL;
    w->mail_end = &w->mail;
    w->mail_woken = false;
    (void)pthread_mutex_unlock(&w->mail_lock);
    while (job) {
        wire_job *next = job->next;
        if (job->posted) {
            job->posted(w->options.place, job->posted_arg);
            wire_job_free(job);
        } else {
            wire_job_deliver(job);
        }
        job = next;
    }
}

/* ---- The drain */

static void begin_drain(wire *w)
{
    w->draining = true;
    w->drain_until_ms = w->now_ms + WIRE_DRAIN_MS;
    listen_close(w);
    for (uint32_t i = 0; i < w->slot_count; i++) {
        conn *c = w->slots[i];
        if (!c)
            continue;
        if (c->state == CONN_SOCKET)
            wire_socket_close(w, c->id, WIRE_CLOSE_GOING);
        else if (c->state == CONN_HEAD && !evbuffer_get_length(bufferevent_get_input(c->be)))
            conn_free(c);
    }
}

static void look_at_drain(wire *w)
{
    if (!w->draining && atomic_load(&w->stopping))
        begin_drain(w);
    if (w->draining && ((w->conn_count == 0 && w->jobs == 0) || w->now_ms >= w->drain_until_ms))
        (void)event_base_loopbreak(w->base); /* cannot fail inside the loop */
}

void wire_stop(wire *w)
{
    int saved = errno; /* a signal handler leaves no trace */
    atomic_store(&w->stopping, true);
    wake(w);
    errno = saved;
}

/* ---- Events */

static void on_wake(evutil_socket_t fd, short what, void *ctx)
{
    wire *w = ctx;
    uint64_t count;
    (void)what;
    w->now_ms = wire_monotonic_ms();
    if (read(fd, &count, sizeof count) < 0 && errno != EAGAIN && errno != EINTR)
        abort(); /* the mailbox is broken: nothing could ever be answered again */
    deliver_mail(w);
    look_at_drain(w);
    conn_write_all(w);
}

static void on_tick(evutil_socket_t fd, short what, void *ctx)
{
    wire *w = ctx;
    (void)fd;
    (void)what;
    w->now_ms = wire_monotonic_ms();
    conn_tick(w);
    if (w->listener)
        (void)evconnlistener_enable(w->listener); /* after a pause for want of descriptors; else nothing */
    if (w->metrics_listener)
        (void)evconnlistener_enable(w->metrics_listener); /* the same */
    look_at_drain(w);
    conn_write_all(w);
}

static void on_closing(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    conn_close_asked(ctx);
    conn_write_all(ctx);
}

/* ---- Life */

static hk_err check_options(const wire_options *o)
{
    if (!o->listen || !o->origins || !o->origins[0])
        problem_words = "an address to listen on and at least one origin are needed";
    else if (!o->dispatch || !o->who || !o->ticket)
        problem_words = "the server gives no way to ask who somebody is";
    else if (!o->tls_certificate != !o->tls_key)
        problem_words = "TLS needs both a certificate and a key";
    else
        return HK_OK;
    return HK_BAD;
}

static hk_err new_events(wire *w)
{
    struct event_config *config = event_config_new();
    if (!config)
        return HK_NO_MEMORY;
    /* Adding and removing an interest in one turn of the loop costs no system call then. */
    (void)event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
    w->base = event_base_new_with_config(config);
    event_config_free(config);
    w->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (!w->base || w->wake_fd < 0)
        return HK_NO_MEMORY;
    w->wake = event_new(w->base, w->wake_fd, EV_READ | EV_PERSIST, on_wake, w);
    w->tick = event_new(w->base, -1, EV_PERSIST, on_tick, w);
    w->closing_event = event_new(w->base, -1, 0, on_closing, w);
    const struct timeval every = {.tv_usec = WIRE_TICK_MS * 1000};
    if (!w->wake || !w->tick || !w->closing_event || event_add(w->wake, NULL) != 0 ||
        event_add(w->tick, &every) != 0)
        return HK_NO_MEMORY;
    return HK_OK;
}

static hk_err fill(wire *w, const wire_options *options)
{
    w->options = *options;
    w->mail_end = &w->mail;
    w->wake_fd = -1;
    w->now_ms = wire_monotonic_ms();
    for (size_t i = 0; options->origins[i]; i++)
        w->https |= strncmp(options->origins[i], "https://", 8) == 0;
    if (pthread_mutex_init(&w->mail_lock, NULL) != 0 || !(w->security = reply_security_fields(w->https)))
        return HK_NO_MEMORY;
    HK_TRY(wire_rates_new(options->rate_factor, &w->rates));
    HK_TRY(wire_routes_new(options, &w->routes, &problem_words));
    if (options->tls_certificate)
        HK_TRY(tls_context(options->tls_certificate, options->tls_key, &w->tls, &problem_words));
    HK_TRY(new_events(w));
    return listen_open(w, &problem_words);
}

hk_err wire_new(const wire_options *options, wire **ret)
{
    problem_words = "there is not enough memory";
    HK_TRY(check_options(options));
    (void)signal(SIGPIPE, SIG_IGN); /* a closed connection is an error of write, not the end of the process */
    wire *w = calloc(1, sizeof *w);
    if (!w)
        return HK_NO_MEMORY;
    hk_err err = fill(w, options);
    if (err != HK_OK) {
        wire_free(w);
        return err;
    }
    problem_words = "";
    *ret = w;
    return HK_OK;
}

hk_err wire_run(wire *w)
{
    look_at_drain(w); /* stopped before it began */
    if (event_base_dispatch(w->base) < 0)
        return HK_STORE;
    for (uint32_t i = 0; i < w->slot_count; i++)
        if (w->slots[i])
            conn_free(w->slots[i]);
    return HK_OK;
}

/* The database is closed before: nothing comes into the mailbox any more. */
void wire_free(wire *w)
{
    if (!w)
        return;
    listen_close(w);
    for (uint32_t i = 0; i < w->slot_count; i++)
        if (w->slots[i])
            conn_free(w->slots[i]);
    if (w->mail)
        deliver_mail(w);
    struct event *events[] = {w->wake, w->tick, w->closing_event};
    for (size_t i = 0; i < HK_COUNT(events); i++)
        if (events[i])
            event_free(events[i]);
    if (w->base)
        event_base_free(w->base);
    wire_job_free_spare(w); /* the base gave back what connections had borrowed from theirs */
    if (w->wake_fd >= 0)
        (void)close(w->wake_fd); /* nothing was written to it that matters */
    tls_context_free(w->tls);
    wire_rates_free(w->rates);
    wire_routes_free(w->routes);
    (void)pthread_mutex_destroy(&w->mail_lock); /* nobody holds it any more */
    free(w->security);
    free(w->slots);
    free(w->generations);
    free(w->free_slots);
    free(w);
}

int wire_port(const wire *w)
{
    return w->port;
}
