/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The conversations of listening/golden: with the shipped weights (NAME.model.json) and without any
 * (NAME.rules.json) the engine prints these very bytes; the WASM build is held to the same files. When
 * features or weights change on purpose, listening/golden/renew.sh writes them anew.
 *
 * And what the weights must not lose: the suite of hand-written traps (listening/adversarial) and the size.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>

#include "cli/listen/listen.h"
#include "cli/listen/transcript.h"
#include "listening/model/model.h"
#include "listening/model/weights.h"

#define SIZE_MAX_BYTES     (4 * 1024 * 1024) /* code and weights: what a phone is asked to fetch */
#define CODE_BYTES         (256 * 1024)      /* the library's own share of that, generously */
#define TRAPS_CREDITED_MAX 0.20              /* alone, after other turns, answered: everywhere */
#define RECALL_MIN         0.85
#define CREDITED_AT        0.5f

static const char *folder; /* listening/ */
static listen_model model;
static hk_arena arena;

static hk_slice read_file(const char *name)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    long size = ftell(f);
    assert_true(size > 0);
    rewind(f);
    uint8_t *p = hk_arena_get(&arena, (size_t)size);
    assert_non_null(p);
    size_t n = fread(p, 1, (size_t)size, f);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(n, size);
    return hk_slice_of(p, n);
}

static listen_engine *engine(const listen_model *m)
{
    listen_engine *e;
    assert_int_equal(
        listen_engine_init(hk_arena_get(&arena, listen_engine_size()), listen_engine_size(), "en", m, &e),
        HK_OK);
    return e;
}

static void agrees(const char *name, const char *kind, const listen_model *m)
{
    char file[128];
    transcript t;
    transcript_problem problem;
    listen_turn *turns;
    listen_session session;
    size_t n, length;
    (void)snprintf(file, sizeof file, "golden/%s.json", name);
    assert_int_equal(transcript_read(read_file(file), &arena, &t, &problem), HK_OK);
    assert_int_equal(transcript_turns(&t, (hk_slice){0}, &turns, &n, &problem), HK_OK);
    listen_code *codes = hk_arena_get_array(&arena, n, sizeof *codes);
    size_t cap = n * LISTEN_JSON_TURN_MAX + LISTEN_JSON_SESSION_MAX;
    char *out = hk_arena_get(&arena, cap);
    assert_int_equal(listen_conversation(engine(m), turns, n, codes, &session), HK_OK);
    assert_int_equal(listen_json(turns, n, codes, &session, out, cap, &length), HK_OK);
    (void)snprintf(file, sizeof file, "golden/%s.%s.json", name, kind);
    hk_slice expected = transcript_trim(read_file(file));
    assert_int_equal(length, expected.n);
    assert_memory_equal(out, expected.p, length);
}

static void the_golden_conversations_give_these_bytes(void **state)
{
    static const char *const NAMES[] = {"heard", "heard-recogniser", "told", "edges"};
    for (size_t i = 0; i < HK_COUNT(NAMES); i++) {
        agrees(NAMES[i], "model", &model);
        agrees(NAMES[i], "rules", NULL);
    }
}

static void code_and_weights_stay_small(void **state)
{
    assert_true(model.n + CODE_BYTES <= SIZE_MAX_BYTES);
}

static void damaged_weights_are_refused(void **state)
{
    hk_slice file = read_file("model/en.hkm");
    listen_model m;
    static const size_t PLACES[] = {0, 4, 8, 12, 16, 20, 24, 28, 64, 70};
    uint8_t *copy = hk_arena_get(&arena, file.n);
    assert_non_null(copy);
    memcpy(copy, file.p, file.n);
    assert_int_equal(listen_model_open(hk_slice_of(copy, file.n), &m), HK_OK);
    for (size_t i = 0; i <= HK_COUNT(PLACES); i++) {
        size_t at = i < HK_COUNT(PLACES) ? PLACES[i] : file.n - 1;
        copy[at] ^= 0x40;
        assert_true(listen_model_open(hk_slice_of(copy, file.n), &m) == HK_BAD || at == 16);
        copy[at] ^= 0x40;
    }
    for (size_t n = 0; n < file.n; n += n < 100 ? 1 : 100003)
        assert_int_equal(listen_model_open(hk_slice_of(copy, n), &m), HK_BAD);
}

static bool holds(const json_t *list, const char *flag)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(json_string_value(json_array_get(list, i)), flag) == 0)
            return true;
    return false;
}

/* As listening/adversarial/README.md defines the trap rate. */
static bool is_trap(const json_t *item)
{
    static const char *const KINDS[] = {"lecture-as-reflection",
                                        "confrontation-as-reflection",
                                        "minimising-as-reflection",
                                        "sarcasm-as-reflection",
                                        "at-least",
                                        "premature-reassurance"};
    const char *kind = json_string_value(json_object_get(item, "kind"));
    const json_t *must = json_object_get(item, "must");
    for (size_t i = 0; i < HK_COUNT(KINDS); i++)
        if (strcmp(kind, KINDS[i]) == 0)
            return true;
    return strcmp(kind, "second-language") == 0 && holds(json_object_get(item, "must_not"), "reflection") &&
           (json_array_size(must) == 0 || holds(must, "input"));
}

static hk_slice text_of(const json_t *item, const char *member)
{
    return hk_slice_z(json_string_value(json_object_get(item, member)));
}

/* A talk that says nothing about the case: what goes before it, and what comes after. As in train/bench.py.
 */
static const struct {
    listen_who who;
    const char *text;
} BEFORE[] = {
    {LISTEN_SPEAKER, "I nearly did not come today."},
    {LISTEN_LISTENER, "Mm, and here you are."},
    {LISTEN_SPEAKER, "Yeah. It has been a week."},
    {LISTEN_LISTENER, "Tell me about the week."},
};

static void say(listen_turn *turns, size_t *n, listen_who who, hk_slice text)
{
    turns[(*n)++] = (listen_turn){.who = who, .text = text, .start_ms = LISTEN_NO_TIME};
}

static bool credits(listen_engine *e, const json_t *item, bool in_a_talk, bool answered)
{
    listen_turn turns[HK_COUNT(BEFORE) + 3];
    listen_code codes[HK_COUNT(turns)];
    listen_session s;
    size_t n = 0;
    for (size_t i = 0; in_a_talk && i < HK_COUNT(BEFORE); i++)
        say(turns, &n, BEFORE[i].who, hk_slice_z(BEFORE[i].text));
    say(turns, &n, LISTEN_SPEAKER, text_of(item, "speaker"));
    size_t judged = n;
    say(turns, &n, LISTEN_LISTENER, text_of(item, "listener"));
    if (answered)
        say(turns, &n, LISTEN_SPEAKER, HK_LIT("Yeah, I suppose."));
    assert_int_equal(listen_conversation(e, turns, n, codes, &s), HK_OK);
    return codes[judged].reflection >= CREDITED_AT;
}

static void suite_is_credited(bool in_a_talk, bool answered)
{
    hk_slice rest = read_file("adversarial/cases.jsonl");
    listen_engine *e = engine(&model);
    int traps = 0, traps_credited = 0, true_ones = 0, true_credited = 0;
    while (rest.n > 0) {
        size_t end = hk_slice_find(rest, '\n');
        json_t *item = json_loadb((const char *)rest.p, end, 0, NULL);
        rest = hk_slice_part(rest, end + 1, rest.n);
        if (!item)
            continue;
        if (is_trap(item)) {
            traps++;
            traps_credited += credits(e, item, in_a_talk, answered);
        } else if (strncmp(json_string_value(json_object_get(item, "kind")), "true-reflection", 15) == 0) {
            true_ones++;
            true_credited += credits(e, item, in_a_talk, answered);
        }
        json_decref(item);
    }
    print_message("traps credited: %d of %d; true reflections: %d of %d\n", traps_credited, traps,
                  true_credited, true_ones);
    assert_true(traps >= 80 && true_ones >= 80);
    assert_true(traps_credited <= TRAPS_CREDITED_MAX * traps);
    assert_true(true_credited >= RECALL_MIN * true_ones);
}

static void lectures_that_sound_like_reflections_are_not_credited(void **state)
{
    suite_is_credited(false, false);
    suite_is_credited(true, false);
}

static void nor_are_they_once_the_speaker_has_answered(void **state)
{
    suite_is_credited(false, true);
    suite_is_credited(true, true);
}

/* Traps are written lines: whatever an answer told the trap head, it would tell it of talks and not of traps.
 */
static void no_answer_reaches_the_trap_head(void **state)
{
    const size_t params = 1 + BLOCKS, steps = params * HEAD_TRAP + 1;
    assert_true(weights_f32(model.view.head_params, steps + BLOCK_ANSWER) == 0.0f);
    assert_true(weights_f32(model.view.head_params, steps + BLOCK_WORDS) > 0.0f);
}

static int fresh(void **state)
{
    hk_arena_init(&arena, (size_t)128 << 20);
    return listen_model_open(read_file("model/en.hkm"), &model) == HK_OK ? 0 : -1;
}

static int over(void **state)
{
    hk_arena_done(&arena);
    return 0;
}

#define T(f) cmocka_unit_test_setup_teardown(f, fresh, over)

int main(int argc, char **argv)
{
    folder = argc > 1 ? argv[1] : "listening";
    const struct CMUnitTest tests[] = {
        T(the_golden_conversations_give_these_bytes),
        T(code_and_weights_stay_small),
        T(damaged_weights_are_refused),
        T(lectures_that_sound_like_reflections_are_not_credited),
        T(nor_are_they_once_the_speaker_has_answered),
        T(no_answer_reaches_the_trap_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
