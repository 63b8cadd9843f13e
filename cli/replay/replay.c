/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * `hearken replay`: carries conversations through a place, each by a new client and an on-duty demo listener
 * over the public interface, sealed and opened by the native vault, and counts what arrived. Also the load
 * generator.
 *
 * Conversations run in waves of --pairs: each wave is set up, spoken and put away before the next, so that
 * memory and the place's own work stay bounded and set-up is not measured as talk.
 */
#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/settings.h"
#include "cli/commands.h"
#include "cli/replay/figures.h"
#include "cli/replay/pair.h"
#include "cli/replay/listeners.h"

#define PAIRS_MAX       2000
#define STALL_MS        90000 /* nothing opened for so long: something is wrong, say so instead of waiting */
#define TICK_US         1000
#define ARENA_MAX_BYTES ((size_t)1 << 30)

typedef struct replay_run {
    const char *url;
    int64_t pairs, window, rate;
    bool json, want_help;
    const char *handle, *password, *secret_key, *ledger;
    struct event_base *loop;
    listeners *listeners;
    replay_conversation *all;
    size_t count;
    pair *wave[PAIRS_MAX];
    size_t wave_count, next_pair;
    replay_tally tally;
    double talk_s, talk_cpu_s; /* spent talking, without set-up */
    int64_t lost, problems;
    int64_t wave_began_us, wave_sent_before, last_opened, last_opened_us;
} replay_run;

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* How many messages may be sent now: as many as the windows hold, or as the rate has grown to. */
static int64_t allowance(const replay_run *r)
{
    if (r->rate == 0)
        return INT32_MAX;
    int64_t due = (now_us() - r->wave_began_us) * r->rate / 1000000;
    return due - (r->tally.sent - r->wave_sent_before);
}

static void push_all(replay_run *r)
{
    int64_t most = allowance(r);
    for (size_t i = 0; i < r->wave_count && most > 0; i++) {
        pair *p = r->wave[(r->next_pair + i) % r->wave_count];
        /* with a rate, one each and round again, so that it is spread over the pairs */
        most -= pair_push(p, r->rate ? 1 : (int)most);
    }
    r->next_pair++;
}

static bool wave_is_over(replay_run *r)
{
    for (size_t i = 0; i < r->wave_count; i++)
        if (!pair_is_done(r->wave[i]) && !pair_problem(r->wave[i]))
            return false;
    return true;
}

static void on_entry(void *ctx, const entry_item *entry)
{
    replay_run *r = ctx;
    for (size_t i = 0; i < r->wave_count; i++)
        if (pair_is(r->wave[i], &entry->conversation)) {
            pair_listener_entry(r->wave[i], entry);
            return;
        }
}

static hk_err on_back(void *ctx)
{
    replay_run *r = ctx;
    hk_err err = HK_OK;
    for (size_t i = 0; i < r->wave_count && err != HK_BUSY; i++)
        err = pair_listener_back(r->wave[i]);
    return err;
}

static void on_answer(void *ctx, void *token, hk_err err, const kept_body *kept, const char *code)
{
    (void)ctx;
    pair_answer(token, err, kept, code);
}

static void on_lost(void *ctx)
{
    replay_run *r = ctx;
    (void)fprintf(stderr, "hearken replay: a listener's line could not be opened again; giving up.\n");
    r->problems++;
    event_base_loopbreak(r->loop);
}

static const line_events LISTENER_EVENTS = {on_entry, on_answer, on_back, on_lost};

static hk_err open_wave(replay_run *r, size_t from)
{
    for (size_t i = from; i < r->count && i < from + (size_t)r->pairs; i++) {
        device *listener;
        line *listener_line;
        listeners_pick(r->listeners, i, &listener, &listener_line);
        pair *p = NULL;
        hk_err err =
            pair_open(r->loop, r->url, listener, listener_line, &r->all[i], (int)r->window, &r->tally, &p);
        if (err != HK_OK) {
            (void)fprintf(stderr, "hearken replay: conversation %zu could not begin (%s). %s\n", i + 1,
                          hk_err_name(err), p && pair_problem(p) ? pair_problem(p) : "");
            pair_free(p);
            return err;
        }
        r->wave[r->wave_count++] = p;
        (void)event_base_loop(r->loop, EVLOOP_NONBLOCK); /* keeps the lines alive while setting up */
    }
    return HK_OK;
}

static void wait_for_lines(replay_run *r)
{
    for (int64_t until = now_us() + 10000000; now_us() < until;) {
        bool all = listeners_are_open(r->listeners);
        for (size_t i = 0; all && i < r->wave_count; i++)
            all = pair_is_open(r->wave[i]);
        if (all)
            return;
        (void)event_base_loop(r->loop, EVLOOP_ONCE);
    }
}

static void on_tick(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    replay_run *r = ctx;
    push_all(r);
    int64_t now = now_us();
    if (r->tally.opened != r->last_opened) {
        r->last_opened = r->tally.opened;
        r->last_opened_us = now;
    } else if (now - r->last_opened_us > (int64_t)STALL_MS * 1000) {
        (void)fprintf(stderr, "hearken replay: nothing arrived for %d seconds; giving up.\n",
                      STALL_MS / 1000);
        r->problems++;
        event_base_loopbreak(r->loop);
    }
}

static void run_wave(replay_run *r)
{
    wait_for_lines(r);
    r->wave_began_us = r->last_opened_us = now_us();
    r->wave_sent_before = r->tally.sent;
    double cpu_before_s = cpu_s();
    r->last_opened = r->tally.opened;
    struct event *tick = event_new(r->loop, -1, EV_PERSIST, on_tick, r);
    struct timeval every = {0, TICK_US};
    event_add(tick, &every);
    while (!wave_is_over(r) && r->problems == 0) {
        if (r->rate == 0)
            push_all(r);
        if (event_base_loop(r->loop, EVLOOP_ONCE) != 0)
            break;
    }
    event_free(tick);
    r->talk_s += (double)(now_us() - r->wave_began_us) / 1e6;
    r->talk_cpu_s += cpu_s() - cpu_before_s;
}

static void close_wave(replay_run *r)
{
    for (size_t i = 0; i < r->wave_count; i++) {
        if (pair_problem(r->wave[i])) {
            (void)fprintf(stderr, "hearken replay: a conversation stopped: %s\n", pair_problem(r->wave[i]));
            r->problems++;
        }
        r->lost += pair_lost(r->wave[i]);
    }
    size_t n = r->wave_count;
    r->wave_count = 0; /* entries that still come are nobody's */
    for (size_t i = 0; i < n; i++)
        pair_free(r->wave[i]);
}

static void show_progress(const replay_run *r, size_t done)
{
    if (!r->json && isatty(STDERR_FILENO))
        (void)fprintf(stderr, "\r%zu of %zu conversations, %lld messages ", done, r->count,
                      (long long)r->tally.opened);
}

static hk_err open_ledger(replay_run *r)
{
    hk_err err = r->ledger ? ledger_open(r->ledger, &r->tally.ledger) : HK_OK;
    if (err != HK_OK)
        (void)fprintf(stderr, "hearken replay: the ledger cannot be made: %s. Nothing was sent.\n",
                      strerror(errno));
    return err;
}

static hk_err close_ledger(replay_run *r)
{
    hk_err err = ledger_close(r->tally.ledger);
    if (err != HK_OK)
        (void)fprintf(stderr,
                      "hearken replay: the ledger is not whole: it could not be written to its end.\n");
    return err;
}

static hk_err run_all(replay_run *r)
{
    HK_TRY(open_ledger(r));
    r->loop = event_base_new();
    if (!r->loop)
        return HK_NO_MEMORY;
    HK_TRY(listeners_open(r->loop, r->url, r->handle, r->password, r->secret_key, &LISTENER_EVENTS, r,
                          &r->listeners));
    hk_err err = HK_OK;
    for (size_t from = 0; err == HK_OK && r->problems == 0 && from < r->count; from += (size_t)r->pairs) {
        err = open_wave(r, from);
        if (err == HK_OK)
            run_wave(r);
        close_wave(r);
        show_progress(r, from + (size_t)r->pairs < r->count ? from + (size_t)r->pairs : r->count);
    }
    if (!r->json && isatty(STDERR_FILENO))
        (void)fprintf(stderr, "\n");
    return err;
}

static int read_file(replay_run *r, const char *name, hk_arena *arena)
{
    FILE *f = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");
    if (!f) {
        (void)fprintf(stderr, "hearken replay: the file cannot be opened: %s.\n", strerror(errno));
        return EXIT_ASKED_WRONGLY;
    }
    replay_problem problem;
    hk_err err = replay_read(f, arena, &r->all, &r->count, &problem);
    if (f != stdin)
        (void)fclose(f); /* only read */
    if (err == HK_OK)
        return EXIT_DONE;
    if (problem.line)
        (void)fprintf(stderr, "hearken replay: line %zu: expected %s. Nothing was sent.\n", problem.line,
                      problem.expected ? problem.expected : "less: there is no memory left");
    else
        (void)fprintf(stderr, "hearken replay: expected %s. Nothing was sent.\n",
                      problem.expected ? problem.expected : "a smaller file: there is no memory left");
    return EXIT_ASKED_WRONGLY;
}

static bool is_url(const char *url)
{
    http_client *h;
    if (http_open(url, &h) != HK_OK)
        return false;
    http_close(h);
    return true;
}

static int replay(replay_run *r, const char *file)
{
    hk_arena arena;
    hk_arena_init(&arena, ARENA_MAX_BYTES);
    int code = read_file(r, file, &arena);
    if (code == EXIT_DONE) {
        hk_err err = run_all(r);
        if (close_ledger(r) != HK_OK)
            r->problems++;
        replay_figures figures = {.conversations = (int64_t)r->count,
                                  .tally = &r->tally,
                                  .lost = r->lost,
                                  .talk_s = r->talk_s,
                                  .talk_cpu_s = r->talk_cpu_s};
        if (err == HK_OK)
            figures_print(&figures, r->json, stdout);
        bool good = err == HK_OK && r->problems == 0 && figures_are_good(&figures);
        code = good ? EXIT_DONE : EXIT_WENT_WRONG;
    }
    listeners_close(r->listeners);
    if (r->loop)
        event_base_free(r->loop);
    free(r->tally.latency_us);
    hk_arena_done(&arena);
    return code;
}

int hk_cmd_replay(int argc, char **argv, char *file)
{
    replay_run *r = calloc(1, sizeof *r);
    if (!r)
        return EXIT_WENT_WRONG;
    const setting settings[] = {
        {"url", SETTING_TEXT, &r->url, "http://127.0.0.1:8080", 0, 0, "URL", "the place"},
        {"pairs", SETTING_INT, &r->pairs, "8", 1, PAIRS_MAX, "N", "conversations at the same time"},
        {"window", SETTING_INT, &r->window, "1", 1, PAIR_WINDOW_MAX, "W",
         "messages of one conversation on their way"},
        {"rate", SETTING_INT, &r->rate, "0", 0, 1000000, "R",
         "messages a second in all; 0: as fast as it goes"},
        {"handle", SETTING_TEXT, &r->handle, NULL, 0, 0, "HANDLE",
         "a listener's, where the place is no demo"},
        {"password", SETTING_TEXT, &r->password, NULL, 0, 0, "TEXT", "the listener's (or HEARKEN_PASSWORD)"},
        {"secret-key", SETTING_TEXT, &r->secret_key, NULL, 0, 0, "TEXT", "the listener's sheet"},
        {"ledger", SETTING_TEXT, &r->ledger, NULL, 0, 0, "FILE",
         "write down who talked and what was acknowledged, for a check from another device (it holds their "
         "secrets)"},
        {"json", SETTING_FLAG, &r->json, "no", 0, 0, NULL, "print the figures as one line of JSON, last"},
        {"help", SETTING_FLAG, &r->want_help, "no", 0, 0, NULL, "this text"},
    };
    settings_problem problem;
    int code = EXIT_ASKED_WRONGLY;
    if (settings_load(settings, HK_COUNT(settings), "HEARKEN", file, &argc, argv, &problem) != HK_OK) {
        (void)fprintf(stderr, "hearken replay: %s\n", problem.words);
    } else if (r->want_help) {
        printf("hearken replay FILE.jsonl - carry conversations through a place and count what arrives\n\n"
               "Each line of FILE (or - for standard input) is {\"id\", \"turns\": [{\"who\": "
               "\"listener\"|\"speaker\", "
               "\"text\"}, ...]}.\n\n");
        settings_help(settings, HK_COUNT(settings), stdout);
        code = EXIT_DONE;
    } else if (argc != 2) {
        (void)fprintf(stderr, "hearken replay: name one file, or - for standard input. --help says more.\n");
    } else if (!is_url(r->url)) {
        (void)fprintf(stderr,
                      "hearken replay: --url is http:// or https:// and a host, nothing behind it.\n");
    } else {
        code = replay(r, argv[1]);
    }
    free(r);
    return code;
}
