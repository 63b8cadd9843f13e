/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Many signed-in people who are only there: opens idle sockets to a place, says what each costs the server,
 * and, when the place is started anew, how long it takes until everybody is back and has read on.
 *
 *     bench_people --url URL --connections N --pid SERVER_PID [--restart]
 *
 * With --restart it prints "ready" and waits until every line has been opened a second time.
 */
#include <curl/curl.h>
#include <event2/event.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/settings.h"
#include "cli/device/line.h"

#define PER_ACCOUNT     16 /* sockets of one account: the place allows no more */
#define CONNECTIONS_MAX 50000

typedef struct crowd {
    struct event_base *loop;
    const char *url;
    int64_t connections, pid;
    bool restart;
    device **devices;
    line **lines;
    int64_t open, opened_times;
} crowd;

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int64_t server_rss_bytes(int64_t pid)
{
    char name[64], line_text[256];
    (void)snprintf(name, sizeof name, "/proc/%lld/status", (long long)pid);
    FILE *f = fopen(name, "r");
    int64_t kib = -1;
    while (f && fgets(line_text, sizeof line_text, f))
        if (strncmp(line_text, "VmRSS:", 6) == 0)
            kib = strtoll(line_text + 6, NULL, 10);
    if (f)
        (void)fclose(f); /* only read */
    return kib < 0 ? -1 : kib * 1024;
}

static void on_entry(void *ctx, const entry_item *entry)
{
    (void)ctx;
    (void)entry;
}

static void on_answer(void *ctx, void *token, hk_err err, const kept_body *kept, const char *code)
{
    (void)ctx;
    (void)token;
    (void)err;
    (void)kept;
    (void)code;
}

static hk_err on_back(void *ctx)
{
    crowd *c = ctx;
    c->opened_times++;
    return HK_OK;
}

static void on_lost(void *ctx)
{
    crowd *c = ctx;
    event_base_loopbreak(c->loop);
}

static const line_events EVENTS = {on_entry, on_answer, on_back, on_lost};

/* Until so many openings have been seen, or the patience is over. */
static bool wait_for(crowd *c, int64_t opened_times, double patience_s)
{
    for (double until = now_s() + patience_s; c->opened_times < opened_times;) {
        if (now_s() > until)
            return false;
        struct timeval slice = {0, 20000};
        event_base_loopexit(c->loop, &slice);
        (void)event_base_dispatch(c->loop);
    }
    return true;
}

static hk_err open_one(crowd *c, int64_t i)
{
    device **d = &c->devices[i / PER_ACCOUNT];
    if (!*d) {
        HK_TRY(device_new(c->url, d));
        HK_TRY(device_arrive(*d));
    }
    return line_open(c->loop, *d, &EVENTS, c, &c->lines[i]);
}

static int measure(crowd *c)
{
    c->loop = event_base_new();
    c->devices = calloc((size_t)(c->connections / PER_ACCOUNT + 1), sizeof *c->devices);
    c->lines = calloc((size_t)c->connections, sizeof *c->lines);
    if (!c->loop || !c->devices || !c->lines)
        return 1;
    for (int64_t i = 0; i < PER_ACCOUNT; i++) /* what any first connection costs is not what one more costs */
        if (open_one(c, i) != HK_OK)
            return 1;
    (void)wait_for(c, PER_ACCOUNT, 10);
    int64_t before = server_rss_bytes(c->pid);
    double began = now_s();
    for (int64_t i = PER_ACCOUNT; i < c->connections; i++) {
        if (open_one(c, i) != HK_OK) {
            (void)fprintf(stderr, "bench_people: connection %lld could not be opened: %s\n", (long long)i,
                          device_problem(c->devices[i / PER_ACCOUNT]));
            return 1;
        }
        (void)event_base_loop(c->loop, EVLOOP_NONBLOCK);
    }
    if (!wait_for(c, c->connections, 60))
        return 1;
    double opening_s = now_s() - began;
    (void)wait_for(c, INT64_MAX, 3); /* let it rest */
    int64_t after = server_rss_bytes(c->pid);
    printf("{\"connections\":%lld,\"opening_s\":%.2f,\"bytes_per_connection\":%lld}\n",
           (long long)c->connections, opening_s,
           (long long)((after - before) / (c->connections - PER_ACCOUNT)));
    (void)fflush(stdout);
    return 0;
}

static int measure_restart(crowd *c)
{
    printf("ready\n");
    (void)fflush(stdout);
    int64_t still_open = c->connections;
    while (still_open > 0) { /* until the old place is gone */
        (void)wait_for(c, INT64_MAX, 0.005);
        still_open = 0;
        for (int64_t i = 0; i < c->connections; i++)
            still_open += line_is_open(c->lines[i]) && line_times_opened(c->lines[i]) == 1;
    }
    double began = now_s();
    bool back = wait_for(c, 2 * c->connections, 60);
    printf("{\"clients\":%lld,\"all_back\":%s,\"resume_s\":%.3f}\n", (long long)c->connections,
           back ? "true" : "false", now_s() - began);
    return back ? 0 : 1;
}

int main(int argc, char **argv)
{
    crowd c = {0};
    const setting settings[] = {
        {"url", SETTING_TEXT, &c.url, "http://127.0.0.1:8080", 0, 0, "URL", "the place"},
        {"connections", SETTING_INT, &c.connections, "10000", PER_ACCOUNT + 1, CONNECTIONS_MAX, "N",
         "idle sockets"},
        {"pid", SETTING_INT, &c.pid, "0", 0, INT32_MAX, "PID", "the server's"},
        {"restart", SETTING_FLAG, &c.restart, "no", 0, 0, NULL, "wait for a restart and time the way back"},
    };
    settings_problem problem;
    if (settings_load(settings, HK_COUNT(settings), "BENCH", NULL, &argc, argv, &problem) != HK_OK) {
        (void)fprintf(stderr, "bench_people: %s\n", problem.words);
        return 2;
    }
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files); /* too few shows when the connections are opened */
    }
    (void)signal(SIGPIPE, SIG_IGN); /* an error of the write */
    if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return 1;
    int code = measure(&c);
    if (code == 0 && c.restart)
        code = measure_restart(&c);
    return code; /* the system takes everything back */
}
