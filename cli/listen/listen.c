/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The command: options, reading whole files or lines, printing JSON or the account. Nothing is printed of a
 * conversation before all of it was understood, so a problem leaves no half of an answer.
 */
#include "cli/listen/listen.h"

#include <errno.h>
#include <getopt.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/listen/transcript.h"

enum { DONE = 0, WENT_WRONG = 1, ASKED_WRONGLY = 2 };

#define PROGRESS_EVERY 64 /* conversations: each takes a few milliseconds */
#define BAR_WIDE       30

typedef struct job {
    const char *path;
    const char *listener;
    const char *model_path;
    bool json, lines, rules;
    listen_engine *engine;
    char *out; /* one result */
    size_t out_cap;
} job;

static const char HELP[] =
    "hearken listen FILE - say how somebody listened in a conversation. Nothing leaves this machine.\n"
    "\n"
    "  FILE              WebVTT (<v Name>), SRT, whisper-style JSON with speakers, plain \"Name: words\" "
    "lines,\n"
    "                    or our JSON {\"turns\":[{\"who\":\"listener\"|\"speaker\",\"text\":...}]}; - reads "
    "standard input\n"
    "  --listener NAME   who listened, when it is not evident from the names\n"
    "  --json            print the figures as one line of JSON\n"
    "  --lines           FILE holds one conversation of our JSON a line; one result a line (with --json)\n"
    "  --model FILE      other weights than the ones that came with the program\n"
    "  --rules           no weights: rules and word lists only\n"
    "\n"
    "The figures are likelihoods, not a grade. Not for ranking people, and not for telling who is in "
    "danger.\n";

static int problem_at(const char *where, const char *part, size_t number, const char *expected)
{
    if (number > 0)
        (void)fprintf(stderr, "hearken listen: %s, %s %zu: expected %s.\n", where, part, number, expected);
    else
        (void)fprintf(stderr, "hearken listen: %s: expected %s.\n", where, expected);
    return WENT_WRONG;
}

static int problem(const char *where, const transcript_problem *p)
{
    if (p->turn == 0 || p->line == 0)
        return problem_at(where, p->turn > 0 ? "turn" : "line", p->turn + p->line, p->expected);
    (void)fprintf(stderr, "hearken listen: %s, line %zu (turn %zu): expected %s.\n", where, p->line, p->turn,
                  p->expected);
    return WENT_WRONG;
}

static int expected(const char *where, const char *what)
{
    return problem_at(where, "line", 0, what);
}

static const char *shown(const job *j)
{
    return strcmp(j->path, "-") == 0 ? "standard input" : j->path;
}

/* The system's own reason. */
static int broke(const char *what)
{
    (void)fprintf(stderr, "hearken listen: %s: %s.\n", what, strerror(errno));
    return WENT_WRONG;
}

static FILE *open_input(const job *j)
{
    FILE *f = strcmp(j->path, "-") == 0 ? stdin : fopen(j->path, "rbe");
    if (!f)
        (void)fprintf(stderr, "hearken listen: %s: %s.\n", j->path, strerror(errno));
    return f;
}

static void close_input(FILE *f)
{
    if (f != stdin)
        (void)fclose(f); /* only read from */
}

/* Codes the turns and writes the result into j->out. */
static hk_err result_json(job *j, const listen_turn *turns, size_t n, hk_arena *arena, size_t *ret_n)
{
    listen_code *codes = hk_arena_get_array(arena, n + 1, sizeof *codes);
    if (!codes)
        return HK_NO_MEMORY;
    listen_session session;
    HK_TRY(listen_conversation(j->engine, turns, n, codes, &session));
    size_t need = n * LISTEN_JSON_TURN_MAX + LISTEN_JSON_SESSION_MAX;
    if (need > j->out_cap) {
        char *bigger = realloc(j->out, need);
        if (!bigger)
            return HK_NO_MEMORY;
        j->out = bigger;
        j->out_cap = need;
    }
    return listen_json(turns, n, codes, &session, j->out, j->out_cap, ret_n);
}

static hk_err line_result(job *j, hk_slice line, hk_arena *arena, size_t *ret_n, transcript_problem *p)
{
    transcript t = {.arena = arena};
    listen_turn *turns;
    size_t n;
    HK_TRY(transcript_read_json(line, &t, p));
    if (!t.who_is_known) {
        p->expected = "a conversation of our JSON, {\"turns\":[...]}, on every line";
        return HK_BAD;
    }
    HK_TRY(transcript_turns(&t, (hk_slice){0}, &turns, &n, p));
    return result_json(j, turns, n, arena, ret_n);
}

/* How much of the input has been read: a bar where a person watches and nothing else is printed there. */
typedef struct progress {
    bool shown;
    off_t whole; /* bytes; 0: nobody knows */
    size_t conversations;
} progress;

static progress progress_of(FILE *in)
{
    struct stat st;
    bool file = fstat(fileno(in), &st) == 0 && S_ISREG(st.st_mode);
    return (progress){.shown = isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO),
                      .whole = file ? st.st_size : 0};
}

static void progress_show(const progress *p, FILE *in)
{
    char bar[BAR_WIDE + 1];
    off_t done = p->whole > 0 ? ftello(in) : 0;
    int full = p->whole > 0 ? (int)(done * BAR_WIDE / p->whole) : 0;
    memset(bar, '.', BAR_WIDE);
    memset(bar, '#', (size_t)(full < 0 ? 0 : full > BAR_WIDE ? BAR_WIDE : full));
    bar[BAR_WIDE] = 0;
    (void)fprintf(stderr, p->whole > 0 ? "\r[%s] %zu conversations" : "\r%s%zu conversations",
                  p->whole > 0 ? bar : "", p->conversations);
}

static void progress_step(progress *p, FILE *in)
{
    if (p->shown && ++p->conversations % PROGRESS_EVERY == 0)
        progress_show(p, in);
}

static void progress_end(const progress *p, FILE *in)
{
    if (!p->shown || p->conversations < PROGRESS_EVERY)
        return;
    progress_show(p, in);
    (void)fputc('\n', stderr);
}

/* One conversation a line, one result a line. A bad line gets {"error":...} as its result, so that results
 * stay beside their lines; the exit code tells. */
static int run_lines(job *j, FILE *in)
{
    char *line = NULL;
    size_t cap = 0, number = 0;
    int code = DONE;
    hk_arena arena;
    hk_arena_init(&arena, TRANSCRIPT_ARENA_MAX);
    progress bar = progress_of(in);
    ssize_t got;
    while ((got = getline(&line, &cap, in)) >= 0 && !ferror(stdout)) {
        number++;
        transcript_problem p = {.expected = "less than fits into memory"};
        size_t n;
        hk_slice text = transcript_trim(hk_slice_of(line, (size_t)got));
        if (line_result(j, text, &arena, &n, &p) == HK_OK) {
            (void)fwrite(j->out, 1, n, stdout); /* ferror tells below */
            (void)fputc('\n', stdout);
        } else {
            code = problem_at(shown(j), "line", number, p.expected);
            printf("{\"error\":{\"line\":%zu}}\n", number);
        }
        hk_arena_clear(&arena);
        progress_step(&bar, in);
    }
    progress_end(&bar, in);
    hk_arena_done(&arena);
    free(line);
    if (fflush(stdout) != 0 || ferror(in)) {
        (void)fprintf(stderr, "hearken listen: %s.\n", strerror(errno));
        code = WENT_WRONG;
    }
    return code;
}

/* The whole input, at most TRANSCRIPT_BYTES_MAX. */
static hk_err read_all(FILE *in, hk_arena *arena, hk_slice *ret)
{
    size_t cap = 1 << 16, n = 0;
    uint8_t *p = hk_arena_get(arena, cap);
    while (p) {
        n += fread(p + n, 1, cap - n, in);
        if (n < cap)
            break;
        if (cap > TRANSCRIPT_BYTES_MAX)
            return HK_TOO_MUCH;
        uint8_t *bigger = hk_arena_get(arena, cap * 2);
        if (bigger)
            memcpy(bigger, p, n);
        p = bigger;
        cap *= 2;
    }
    if (ferror(in))
        return HK_STORE;
    if (!p)
        return HK_NO_MEMORY;
    *ret = hk_slice_of(p, n);
    return HK_OK;
}

static hk_err print_result(job *j, const listen_turn *turns, size_t n, hk_arena *arena)
{
    if (j->json) {
        size_t length;
        HK_TRY(result_json(j, turns, n, arena, &length));
        (void)fwrite(j->out, 1, length, stdout);
        (void)fputc('\n', stdout);
        return HK_OK;
    }
    listen_code *codes = hk_arena_get_array(arena, n + 1, sizeof *codes);
    listen_session session;
    if (!codes)
        return HK_NO_MEMORY;
    HK_TRY(listen_conversation(j->engine, turns, n, codes, &session));
    account_print(stdout, turns, n, codes, &session, listen_engine_has_model(j->engine));
    return HK_OK;
}

static int run_file(job *j, FILE *in)
{
    hk_arena arena;
    hk_arena_init(&arena, TRANSCRIPT_ARENA_MAX);
    transcript_problem p = {.expected = "a file of at most 64 MiB"};
    transcript t;
    listen_turn *turns;
    hk_slice text;
    size_t n;
    hk_err err = read_all(in, &arena, &text);
    if (err == HK_OK)
        err = transcript_read(text, &arena, &t, &p);
    if (err == HK_OK)
        err = transcript_turns(&t, j->listener ? hk_slice_z(j->listener) : (hk_slice){0}, &turns, &n, &p);
    if (err == HK_OK)
        err = print_result(j, turns, n, &arena);
    hk_arena_done(&arena);
    if (err == HK_STORE)
        return broke(shown(j));
    if (p.expected == NULL)
        p.expected = "a smaller conversation";
    if (err != HK_OK)
        return problem(shown(j), &p);
    return fflush(stdout) == 0 && !ferror(stdout) ? DONE : broke("what was to be printed");
}

/* 0, or the exit code + 1 when there is nothing more to do. */
static int read_options(int argc, char **argv, job *j)
{
    enum { OPT_JSON = 256, OPT_LINES, OPT_LISTENER, OPT_MODEL, OPT_RULES };
    static const struct option OPTIONS[] = {{"help", no_argument, NULL, 'h'},
                                            {"json", no_argument, NULL, OPT_JSON},
                                            {"lines", no_argument, NULL, OPT_LINES},
                                            {"listener", required_argument, NULL, OPT_LISTENER},
                                            {"model", required_argument, NULL, OPT_MODEL},
                                            {"rules", no_argument, NULL, OPT_RULES},
                                            {0}};
    int c;
    optind = 1;
    while ((c = getopt_long(argc, argv, "h", OPTIONS, NULL)) >= 0) {
        j->json |= c == OPT_JSON;
        j->lines |= c == OPT_LINES;
        j->rules |= c == OPT_RULES;
        if (c == OPT_LISTENER)
            j->listener = optarg;
        if (c == OPT_MODEL)
            j->model_path = optarg;
        if (c == 'h') {
            (void)fputs(HELP, stdout);
            return DONE + 1;
        }
        if (c == '?')
            return ASKED_WRONGLY + 1;
    }
    if (optind + 1 != argc || (j->lines && !j->json)) {
        (void)fputs(optind + 1 != argc ? "hearken listen: expected one FILE, or - for standard input.\n\n"
                                       : "hearken listen: expected --json with --lines.\n\n",
                    stderr);
        (void)fputs(HELP, stderr);
        return ASKED_WRONGLY + 1;
    }
    j->path = argv[optind];
    return 0;
}

static int start_engine(job *j, void *memory)
{
    static listen_model model; /* outlives the engine */
    hk_err err = j->rules ? HK_NOT_THERE : weights_load(j->model_path, &model);
    if (err != HK_OK && j->model_path)
        return expected(j->model_path,
                        "a whole weights file of this version; without --model the installed one answers, "
                        "with --rules word lists do");
    if (err != HK_OK && !j->rules)
        (void)fputs(
            "hearken listen: no weights found (--model FILE); rules and word lists answer, less well.\n",
            stderr);
    if (listen_engine_init(memory, listen_engine_size(), "en", err == HK_OK ? &model : NULL, &j->engine) !=
        HK_OK)
        return expected("the weights", "the language \"en\"");
    return DONE;
}

int hk_cmd_listen(int argc, char **argv, char *file)
{
    (void)file; /* what to listen to is said anew each time */
    job j = {0};
    int code = read_options(argc, argv, &j);
    if (code != 0)
        return code - 1;
    void *memory = malloc(listen_engine_size());
    if (!memory)
        return expected("memory", "one more mebibyte");
    code = start_engine(&j, memory);
    FILE *in = code == DONE ? open_input(&j) : NULL;
    if (in) {
        code = j.lines ? run_lines(&j, in) : run_file(&j, in);
        close_input(in);
    } else {
        code = WENT_WRONG;
    }
    free(j.out);
    free(memory);
    return code;
}
