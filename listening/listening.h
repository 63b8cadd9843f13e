/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How somebody listened, told from the words of a conversation: what was reflected, asked, advised unasked,
 * validated; how the whole leaned; the moments worth a second look; and, while somebody writes, at most one
 * gentle hint. Pure code: no clock, no files, no network, no heap; all memory is the caller's. The arithmetic
 * is ordered so that native code and WASM agree to the last bit (build with -ffp-contract=off).
 *
 *     static alignas(64) unsigned char memory[LISTEN_ENGINE_BYTES]; // or listen_engine_size() of your own
 *     listen_engine *engine;
 *     listen_model model; // leave it out, and rules and word lists answer
 *     HK_TRY(listen_model_open(bytes_of_the_file_en_hkm, &model));
 *     HK_TRY(listen_engine_init(memory, sizeof memory, "en", &model, &engine));
 *
 *     listen_turn turns[] = {
 *         {LISTEN_SPEAKER, HK_LIT("I just lie there till four."), LISTEN_NO_TIME},
 *         {LISTEN_LISTENER, HK_LIT("The nights have got very long."), LISTEN_NO_TIME},
 *     };
 *     listen_code codes[2];
 *     listen_session session;
 *     HK_TRY(listen_conversation(engine, turns, 2, codes, &session));
 *     // codes[1].main == LISTEN_REFLECTION, codes[1].reflection near 1; session.too_short is true
 *
 * What the figures are: probabilities of a small model, calibrated on coded conversations, never certain;
 * .35 to .65 means unsure. Fewer than LISTEN_TURNS_ENOUGH listener turns are too few to say anything of a
 * session. What they may not be used for (grades, rankings, diagnosis, crisis detection) is in MODEL_CARD.md;
 * where each threshold comes from is in EVIDENCE.md.
 */
#ifndef HK_LISTENING_LISTENING_H
#define HK_LISTENING_LISTENING_H

#include "base/result.h"
#include "base/slice.h"

#define LISTEN_VERSION      1
#define LISTEN_TURNS_MAX    20000 /* turns of one conversation: ten hours of quick talk */
#define LISTEN_TEXT_MAX     65536 /* bytes of one turn; of a longer one the rest is not read */
#define LISTEN_TURNS_ENOUGH 20    /* listener turns below which a session is too short to say */
#define LISTEN_MOMENTS_MAX  8
#define LISTEN_NO_TIME      INT64_MIN
#define LISTEN_ENGINE_BYTES (1024 * 1024) /* never less than listen_engine_size() */

typedef enum listen_who {
    LISTEN_LISTENER,
    LISTEN_SPEAKER,
} listen_who;

typedef struct listen_turn {
    listen_who who;
    hk_slice text;    /* UTF-8, borrowed; bytes that are no UTF-8 are skipped */
    int64_t start_ms; /* from the start of the conversation, or LISTEN_NO_TIME */
} listen_turn;

typedef enum listen_main {
    LISTEN_REFLECTION,
    LISTEN_QUESTION,
    LISTEN_INPUT, /* advice, information, options, negotiation */
    LISTEN_OTHER,
} listen_main;

#define LISTEN_MAINS 4

/* What one listener turn did. All zero for speaker turns. Probabilities are 0 to 1. */
typedef struct listen_code {
    listen_main main;           /* the likeliest single name */
    float reflection;           /* contains a reflection, given that it is no disguised input */
    float question;             /* asks something */
    float open;                 /* if it asks: the question is open */
    float input;                /* brings in the listener's own advice, information, options */
    float advice;               /* the input is advice */
    float unasked;              /* gives input with neither request nor permission in the last turns */
    float validation;           /* affirms, or makes room for a feeling */
    uint8_t emotional_reaction; /* EPITOME's three dimensions: 0 none, 1 weak, 2 strong; written words only */
    uint8_t interpretation;
    uint8_t exploration;
    float grounding; /* share of its content words that take up the speaker's last words; exact, no model */
    bool unsure;     /* the likeliest name has less than .65 */
} listen_code;

/* What a moment shows. Words for it live with the screens. */
typedef enum listen_moment_kind {
    LISTEN_MOMENT_REFLECTION = 1, /* a strength: the speaker's meaning came back */
    LISTEN_MOMENT_OPENING,        /* a strength: an open question after which the speaker went on at length */
    LISTEN_MOMENT_VALIDATION,     /* a strength: room for a feeling */
    LISTEN_MOMENT_ADVICE_UNASKED, /* input with neither request nor permission */
    LISTEN_MOMENT_CLOSED_RUN,     /* the third closed question in a row */
    LISTEN_MOMENT_STACKED,        /* several questions in one turn */
    LISTEN_MOMENT_FEELING_PASSED, /* the speaker named a feeling; the reply names none and does not ask */
    LISTEN_MOMENT_AT_LEAST,       /* "at least ...": the bright side offered over a hard thing */
    LISTEN_MOMENT_OWN_STORY,      /* the listener's own story took over */
} listen_moment_kind;

typedef struct listen_moment {
    uint32_t turn; /* index into the turns */
    listen_moment_kind kind;
    float sureness; /* 0 to 1 */
} listen_moment;

typedef struct listen_session {
    uint32_t listener_turns;
    bool too_short;
    /* (reflections - inputs) / listener turns, -1 to 1, as the session heads see them; with a 90 % interval.
     * 0, -1 and 1 without listener turns. */
    float listening_balance, listening_balance_low, listening_balance_high;
    /* Counts as the turn heads expect them: shown as intervals. */
    float reflections, questions, open_questions, inputs, unasked;
    /* The listener's share of the time from turn start to turn start; -1 when not every turn has a time. */
    float talk_share;
    float word_share; /* the listener's share of the words; -1 without words */
    uint32_t moments_n;
    listen_moment moments[LISTEN_MOMENTS_MAX]; /* strengths first, then by turn */
} listen_session;

/* --- the model: weights as data ------------------------------------------------------------------------- */

typedef struct listen_model {
    const uint8_t *bytes; /* borrowed: must outlive every engine that uses it */
    size_t n;
    struct listen_model_view {
        uint32_t rows_bits, heads, vocab, width, filters, hidden;
        const uint8_t *head_params, *rows, *net;
    } view; /* private: where the parts lie */
    char language[4];
} listen_model;

/* Checks magic, version, sizes and checksum of a weights file (layout: listening/model/model.c).
 * HK_BAD: not such a file, damaged, or cut off. */
hk_err listen_model_open(hk_slice file, listen_model *ret);

/* --- the engine -------------------------------------------------------------------------------------------
 */

typedef struct listen_engine listen_engine;

size_t listen_engine_size(void);

/* Lays an engine into memory (16-aligned, at least listen_engine_size() bytes). model may be NULL: then rules
 * and word lists answer, less well. HK_NOT_THERE: this language is not supported (only "en"), or the model
 * speaks another; HK_NO_MEMORY: too little. */
hk_err listen_engine_init(void *memory, size_t n, const char *language, const listen_model *model,
                          listen_engine **ret);
bool listen_engine_has_model(const listen_engine *e);

/* Codes a whole conversation; ret_codes has room for n. HK_TOO_MUCH over LISTEN_TURNS_MAX. */
hk_err listen_conversation(listen_engine *e, const listen_turn *turns, size_t n, listen_code *ret_codes,
                           listen_session *ret_session);

/* The same, turn by turn, for talk that is still going on: start, add each turn in order. */
void listen_start(listen_engine *e);
void listen_add(listen_engine *e, const listen_turn *turn, listen_code *ret_code);

/* --- one hint while somebody writes
 * ------------------------------------------------------------------------- */

typedef enum listen_hint_kind {
    LISTEN_HINT_NONE = 0,
    LISTEN_HINT_ADVICE_UNASKED = 1, /* advice before it was asked for */
    LISTEN_HINT_MANY_QUESTIONS = 2, /* three questions or more at once */
    LISTEN_HINT_CLOSED_RUN = 3,     /* one more closed question after two */
    LISTEN_HINT_JUDGING = 4,        /* "you should have", "that's your own fault" */
    LISTEN_HINT_PARROTING = 5,      /* the same words back and nothing else */
    LISTEN_HINT_FEELING_PASSED = 6, /* the speaker named a feeling, the draft names none */
    LISTEN_HINT_AT_LEAST = 7,       /* "at least", "look on the bright side" */
    LISTEN_HINT_OWN_STORY = 8,      /* one's own story takes over */
} listen_hint_kind;

#define LISTEN_HINTS 9

typedef struct listen_hint {
    listen_hint_kind kind; /* at most one; LISTEN_HINT_NONE most of the time, on purpose */
    uint32_t from, to;     /* the bytes of the draft it is about: [from, to) */
    float sureness;
} listen_hint;

/* What to say, if anything, about a draft that would follow these turns (the last twenty matter). Does not
 * change the state of listen_start/listen_add. */
void listen_hint_draft(listen_engine *e, const listen_turn *turns, size_t n, hk_slice draft,
                       listen_hint *ret);

/* --- figures as JSON
 * ---------------------------------------------------------------------------------------- */

/* One line, without its line end:
 * {"turns":[{"who":"speaker"},{"who":"listener","main":...}],"session":{...}} as the man page hearken(1)
 * shows it. Numbers have four decimals, formatted here so that every machine prints the same. HK_TOO_MUCH:
 * cap is too small (LISTEN_JSON_TURN_MAX bytes a turn and LISTEN_JSON_SESSION_MAX are always enough). */
#define LISTEN_JSON_TURN_MAX    384
#define LISTEN_JSON_SESSION_MAX 2048
hk_err listen_json(const listen_turn *turns, size_t n, const listen_code *codes,
                   const listen_session *session, char *p, size_t cap, size_t *ret_n);

/* --- names, as they stand in the JSON of `hearken listen --json`
 * ------------------------------------------------ */

const char *listen_main_name(listen_main m);             /* "reflection" */
const char *listen_moment_name(listen_moment_kind kind); /* "advice_unasked" */
const char *listen_moment_why(listen_moment_kind kind);  /* one plain English sentence */
bool listen_moment_is_strength(listen_moment_kind kind);
const char *listen_hint_name(listen_hint_kind kind); /* "advice_unasked"; "none" */

#endif
