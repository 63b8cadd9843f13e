/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * `hearken demo`: a working place on this machine with people who are not real, seeded through the public
 * interface as real clients would, and a note of where to click.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/settings.h"
#include "cli/commands.h"
#include "cli/demo/cast.h"
#include "cli/demo/program.h"
#include "cli/device/http.h"

#define PATH_MAX_BYTES 1400
#define READY_WAIT_MS  20000

typedef struct demo {
    const char *state, *listen, *web;
    bool want_help;
    char program[PATH_MAX_BYTES], db[PATH_MAX_BYTES], people[PATH_MAX_BYTES], key[PATH_MAX_BYTES],
        pages[PATH_MAX_BYTES];
    char url[300];
    pid_t server;
} demo;

static volatile sig_atomic_t asked_to_stop;

static void on_signal(int number)
{
    (void)number;
    asked_to_stop = 1;
}

static hk_err make_folders(const char *path)
{
    char partial[PATH_MAX_BYTES];
    (void)snprintf(partial, sizeof partial, "%s", path);
    for (char *c = partial + 1; *c; c++) {
        if (*c != '/')
            continue;
        *c = '\0';
        if (mkdir(partial, 0700) != 0 && errno != EEXIST)
            return HK_STORE;
        *c = '/';
    }
    return mkdir(partial, 0700) == 0 || errno == EEXIST ? HK_OK : HK_STORE;
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

/* Somebody answers where this place is to listen. It would be taken for our own. */
static bool is_answered(const demo *d)
{
    http_client *h = NULL;
    hk_arena arena;
    hk_slice answer;
    if (http_open(d->url, &h) != HK_OK)
        return false;
    hk_arena_init(&arena, HTTP_ANSWER_MAX_BYTES);
    (void)http_call_bytes(h, "GET", "/readyz", (hk_slice){0}, &arena, &answer); /* any answer is one */
    bool answered = strcmp(http_code(h), "unreachable") != 0;
    hk_arena_done(&arena);
    http_close(h);
    return answered;
}

/* Another demo may be making its people in this folder: its lock tells. */
static bool is_served(const demo *d)
{
    char name[PATH_MAX_BYTES + 8];
    (void)snprintf(name, sizeof name, "%s-lock", d->db);
    int fd = open(name, O_RDWR | O_CLOEXEC);
    bool served = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0;
    if (fd >= 0)
        (void)close(fd); /* lets our own lock go */
    return served;
}

static hk_err wait_until_ready(const demo *d)
{
    for (int waited = 0; waited < READY_WAIT_MS && !asked_to_stop; waited += 50) {
        if (waitpid(d->server, NULL, WNOHANG) == d->server)
            return HK_NOT_THERE; /* it has said why itself */
        http_client *h = NULL;
        HK_TRY(http_open(d->url, &h));
        hk_arena arena;
        hk_arena_init(&arena, 65536);
        hk_slice answer;
        hk_err err = http_call_bytes(h, "GET", "/readyz", (hk_slice){0}, &arena, &answer);
        hk_arena_done(&arena);
        http_close(h);
        if (err == HK_OK)
            return HK_OK;
        (void)nanosleep(&(struct timespec){0, 50000000}, NULL); /* too short a sleep asks once more */
    }
    return HK_BUSY;
}

static hk_err start_server(demo *d)
{
    const char *words[PROGRAM_WORDS_MAX] = {d->program,
                                            "serve",
                                            "--db",
                                            d->db,
                                            "--listen",
                                            d->listen,
                                            "--origin",
                                            d->url,
                                            "--demo-people",
                                            d->people,
                                            "--rate-factor",
                                            "100000",
                                            d->web ? "--web" : NULL,
                                            d->web};
    HK_TRY(program_start(words, &d->server));
    return wait_until_ready(d);
}

/* What `hearkend init --json` printed between "invitation":" and the next quote. */
static hk_err read_invitation(const char *answer, char *ret, size_t cap)
{
    static const char BEFORE[] = "\"invitation\":\"";
    const char *from = strstr(answer, BEFORE);
    const char *to = from ? strchr(from + sizeof BEFORE - 1, '"') : NULL;
    if (!to)
        return HK_BAD;
    int n = snprintf(ret, cap, "%.*s", (int)(to - (from + sizeof BEFORE - 1)), from + sizeof BEFORE - 1);
    return n > 0 && (size_t)n < cap ? HK_OK : HK_BAD;
}

/* A place that was never seeded to its end is begun again: a half demo would only puzzle. */
static hk_err make_place(demo *d, char *ret_invitation, size_t cap)
{
    static const char *const ENDINGS[] = {"",           "-wal", "-shm",       "-wraps", "-wraps-wal",
                                          "-wraps-shm", "-key", "-deletions", "-audit"};
    for (size_t i = 0; i < HK_COUNT(ENDINGS); i++) {
        char file[PATH_MAX_BYTES + 32];
        (void)snprintf(file, sizeof file, "%s%s", d->db, ENDINGS[i]);
        (void)unlink(file); /* usually it is not there */
    }
    const char *words[] = {d->program,           "init",     "--db", d->db,    "--name",
                           "Hearken demo place", "--origin", d->url, "--json", NULL};
    char answer[PROGRAM_ANSWER_MAX];
    HK_TRY(program_ask(words, answer));
    return read_invitation(answer, ret_invitation, cap);
}

static hk_err run_place(demo *d)
{
    bool fresh = !is_there(d->people);
    char invitation[256];
    if (fresh)
        HK_TRY(make_place(d, invitation, sizeof invitation));
    HK_TRY(start_server(d));
    if (fresh) {
        printf("Making the demo people; this takes a few seconds.\n");
        (void)fflush(stdout);
        HK_TRY(cast_seed(d->url, invitation, d->people, d->key));
    }
    return cast_on_duty(d->url);
}

static hk_err say_where_to_click(const demo *d)
{
    printf("\nHearken is here:  %s\n\n"
           "  Talk to someone:  open it, and write. A private window is a second person.\n"
           "  Be the listener:  %s/talk#back  as Ana, with her handle, the password and her secret key.\n\n"
           "These people are not real and have no secrets. Their password is: %s\n\n",
           d->url, d->url, DEMO_PASSWORD);
    HK_TRY(cast_print(d->url));
    printf("\nCarry conversations through it:  hearken replay --url %s FILE.jsonl\n"
           "Its state lies in %s. Ctrl-C ends it.\n",
           d->url, d->state);
    (void)fflush(stdout);
    return HK_OK;
}

static int wait_for_end(const demo *d)
{
    int status = 0;
    while (!asked_to_stop) {
        pid_t gone = waitpid(d->server, &status, 0);
        if (gone == d->server)
            return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_WENT_WRONG;
        if (gone < 0 && errno != EINTR)
            return EXIT_WENT_WRONG;
    }
    return program_end(d->server) == 0 ? EXIT_DONE : EXIT_WENT_WRONG;
}

static int demo_run(demo *d)
{
    (void)snprintf(d->db, sizeof d->db, "%s/place.db", d->state);
    (void)snprintf(d->people, sizeof d->people, "%s/demo-people.json", d->state);
    (void)snprintf(d->key, sizeof d->key, "%s/place-key", d->state);
    (void)snprintf(d->url, sizeof d->url, "http://%s", d->listen);
    if (make_folders(d->state) != HK_OK) {
        (void)fprintf(stderr, "hearken demo: the folder for its state cannot be made: %s.\n",
                      strerror(errno));
        return EXIT_WENT_WRONG;
    }
    if (program_find(d->program, sizeof d->program) != HK_OK) {
        (void)fprintf(stderr, "hearken demo: hearkend is not beside this program. Run `make build`.\n");
        return EXIT_WENT_WRONG;
    }
    if (!d->web && program_find_web(d->pages, sizeof d->pages) == HK_OK)
        d->web = d->pages;
    if (!d->web)
        printf("There are no built pages beside this program (`make web`): the place has no screens.\n");
    struct sigaction act = {.sa_handler = on_signal}; /* without SA_RESTART: waiting is to be interrupted */
    (void)sigaction(SIGINT, &act, NULL);
    (void)sigaction(SIGTERM, &act, NULL);
    if (is_answered(d) || is_served(d)) {
        (void)fprintf(stderr, "hearken demo: %s\n",
                      is_served(d) ? "another one runs in this folder: end it, or name another with --state."
                                   : "somebody answers there already: name another port with --listen.");
        return EXIT_WENT_WRONG;
    }
    hk_err err = run_place(d);
    if (err == HK_OK)
        err = say_where_to_click(d);
    if (err == HK_OK)
        return wait_for_end(d);
    if (!asked_to_stop)
        (void)fprintf(stderr, "hearken demo: the place could not be started (%s).\n", hk_err_name(err));
    if (d->server > 0)
        (void)program_end(d->server); /* it may have ended by itself */
    return EXIT_WENT_WRONG;
}

int hk_cmd_demo(int argc, char **argv, char *file)
{
    static demo d;
    const setting settings[] = {
        {"state", SETTING_TEXT, &d.state, "hearken-demo", 0, 0, "DIR", "where the place keeps its files"},
        {"listen", SETTING_TEXT, &d.listen, "127.0.0.1:8080", 0, 0, "HOST:PORT", "where it listens"},
        {"web", SETTING_TEXT, &d.web, NULL, 0, 0, "DIR", "the built pages"},
        {"help", SETTING_FLAG, &d.want_help, "no", 0, 0, NULL, "this text"},
    };
    settings_problem problem;
    if (settings_load(settings, HK_COUNT(settings), "HEARKEN", file, &argc, argv, &problem) != HK_OK ||
        argc > 1) {
        (void)fprintf(stderr, "hearken demo: %s\n", argc > 1 ? "it takes options only." : problem.words);
        return EXIT_ASKED_WRONGLY;
    }
    if (d.want_help) {
        printf("hearken demo - start a place with marked demo people and print where to click\n\n");
        settings_help(settings, HK_COUNT(settings), stdout);
        return EXIT_DONE;
    }
    return demo_run(&d);
}
