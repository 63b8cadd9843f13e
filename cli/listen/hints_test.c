/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Drafts as people write them, with what the hint must be, by the engine as it is shipped and by rules alone.
 * The silent ones weigh more: a wrong hint disturbs somebody who is trying.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "cli/listen/listen.h"

#define ADVICE   LISTEN_HINT_ADVICE_UNASKED
#define MANY     LISTEN_HINT_MANY_QUESTIONS
#define CLOSED   LISTEN_HINT_CLOSED_RUN
#define JUDGING  LISTEN_HINT_JUDGING
#define PARROT   LISTEN_HINT_PARROTING
#define FEELING  LISTEN_HINT_FEELING_PASSED
#define AT_LEAST LISTEN_HINT_AT_LEAST
#define STORY    LISTEN_HINT_OWN_STORY
#define SILENT   LISTEN_HINT_NONE

typedef struct draft_case {
    listen_hint_kind expected;
    const char
        *spoken; /* the speaker's last turn; or several turns, "L:" before the listener's, parted by '|' */
    const char *draft;
} draft_case;

static const draft_case CASES[] = {
    /* advice before it was asked for */
    {ADVICE, "I lie awake until four every night.", "You should just go to bed earlier."},
    {ADVICE, "I lie awake until four every night.", "Have you tried chamomile tea?"},
    {ADVICE, "My flatmate is driving me mad.", "Why don't you just talk to him?"},
    {ADVICE, "My flatmate is driving me mad.", "If I were you I'd move out."},
    {ADVICE, "I cannot stop thinking about her.", "Maybe try to keep yourself busy for a while."},
    {ADVICE, "I have no energy for anything.", "You need to get some exercise, it really helps."},
    {ADVICE, "We argued again last night.", "I think you should apologise to her first."},
    {ADVICE, "I have not told anyone at work.", "you might want to tell your manager"},
    {ADVICE, "He texted me again.", "Just ignore him."},
    {ADVICE, "I eat when I am stressed.", "I'd suggest you keep a diary of what you eat."},
    {ADVICE, "I keep checking her profile.", "You've got to stop that. All you have to do is block her."},

    /* several questions at once */
    {MANY, "I have not slept for days.", "How long has it been? Did you eat? Did you call someone?"},
    {MANY, "She left on Sunday.", "Oh no. What happened? Where did she go? Are you alone now?"},
    {MANY, "I failed the exam.", "Which one? Was it the second time? What do your parents say?"},
    {MANY, "My dad is ill.", "what does he have? since when? is your mum there?"},

    /* one more yes-or-no question after two */
    {CLOSED, "L:Do you live alone?|Yes.|L:Is there family near?|No.", "Are you on any tablets?"},
    {CLOSED, "L:Did you sleep?|No.|L:Did you eat anything?|A bit.", "Did you drink some water?"},
    {CLOSED, "L:Have you told your wife?|No.|L:Is she at home?|Yes.", "Does she know about the letter?"},

    /* a verdict on the person */
    {JUDGING, "I got the sack and I am ashamed.", "Well, that is your own fault, isn't it."},
    {JUDGING, "I missed the deadline.", "You should have started earlier."},
    {JUDGING, "I cry all the time.", "You need to pull yourself together."},
    {JUDGING, "He shouted at me and I cried.", "Honestly, you are being dramatic."},
    {JUDGING, "I went back to him.", "What were you thinking?"},
    {JUDGING, "I drank again.", "There is no excuse for that."},
    {JUDGING, "I have not found a job.", "You're just lazy, you know that."},
    {JUDGING, "I can't get over her.", "Oh come on, grow up."},

    /* the same words again */
    {PARROT, "My mother keeps calling me at work.", "Your mother keeps calling you at work."},
    {PARROT, "I do not know where to go.", "You do not know where to go."},
    {PARROT, "I am tired of being the strong one.", "So you are tired of being the strong one."},
    {PARROT, "They gave my desk to somebody else.", "They gave your desk to somebody else."},

    /* a feeling was named and passed by */
    {FEELING, "I am so ashamed of what I did.",
     "Okay, and then on the next day the letter arrived from them."},
    {FEELING, "I feel lonely since the move.",
     "The new flat is closer to the station, isn't that practical for work."},
    {FEELING, "I'm terrified of the operation.", "The clinic in the old town does many of those."},
    {FEELING, "I felt humiliated in front of everyone.", "Meetings on Mondays start at nine in most firms."},

    /* the bright side over something hard */
    {AT_LEAST, "They cut my hours and I can't pay the rent.", "At least you have a job."},
    {AT_LEAST, "My boss shouts at me every day.", "at least you have a job"},
    {AT_LEAST, "I lost the baby and I feel empty.", "At least you know you can get pregnant."},
    {AT_LEAST, "The dog died on Sunday.", "He was old, and at least he didn't suffer."},
    {AT_LEAST, "My marriage is over.", "Look on the bright side, you are free now."},
    {AT_LEAST, "I failed the exam again.", "It could be worse, you can take it again in spring."},
    {AT_LEAST, "I have pain every day.", "There are others who have it so much worse than you."},
    {AT_LEAST, "I miss him so much.", "Everything happens for a reason."},
    {AT_LEAST, "I can't stop crying.", "Cheer up, it will be fine."},
    {AT_LEAST, "I was not invited.", "You're lucky, weddings are boring. It's not the end of the world."},

    /* one's own story */
    {STORY, "He left in May.",
     "When I was married my husband left me too, and I had to start again on my own, and I moved twice and I "
     "found a job."},
    {STORY, "My mum is in hospice.",
     "I know exactly what that is like, when my mum died I could not sleep for weeks and I thought it would "
     "never end."},
    {STORY, "I was bullied at school.",
     "Me too! I was the smallest in my class and they took my lunch, I hated it, I still think of it when I "
     "pass there."},

    /* silent: giving back */
    {SILENT, "I cannot sleep since he left.", "The nights have got long since he left."},
    {SILENT, "My mother says I should pull myself together.",
     "Your mother says you should pull yourself together, and that leaves you alone with it."},
    {SILENT, "Everybody tells me to move on.",
     "They all tell you that you have to move on, as if you could just decide it."},
    {SILENT, "I look after dad, the kids, everything.",
     "And you have to hold all of it together, every day, with nobody behind you."},
    {SILENT, "I always have to be the strong one.",
     "You always have to be the strong one, and never get to fall apart."},
    {SILENT, "I never had time for myself.", "You never had a moment that was only yours."},
    {SILENT, "I chose to stay for the kids.", "You stayed for them, and it has cost you a lot."},
    {SILENT, "I keep thinking it was my fault.", "It was not your fault. You were a child."},
    {SILENT, "He says at least I have a job.",
     "And when he says at least you have a job, it sounds as if the rest did not count."},
    {SILENT, "I tell myself at least I have my health.",
     "At least you have your health, you tell yourself, and it does not really help."},
    {SILENT, "Like being twelve again.", "Small, and told to be quiet."},
    {SILENT, "People keep saying I should be grateful.",
     "So when they say you should be grateful, the sadness has nowhere to go."},

    /* silent: making room */
    {SILENT, "I am so tired of it all.", "That sounds exhausting. I am here."},
    {SILENT, "I feel so guilty.", "It makes sense that you feel that way."},
    {SILENT, "I am ashamed of that.", "Thank you for telling me. That took courage."},
    {SILENT, "I was alone with it all.", "You should never have had to go through that alone."},
    {SILENT, "Nobody believed me.", "I believe you. You should have been safe there."},
    {SILENT, "I am scared of tomorrow.", "I'm here and I'm not going anywhere. Take your time."},
    {SILENT, "I worked two shifts and then the kids.", "You must be so tired."},
    {SILENT, "I do not want to be a burden.",
     "You are not a burden to me. Let us stay with this for a moment."},
    {SILENT, "I don't know if I should stay or go.", "It is your choice, and I am with you whichever it is."},
    {SILENT, "I am crying while I write this.", "I am still here. There is no hurry at all."},

    /* silent: asking */
    {SILENT, "I feel sad and ashamed.", "How did that feel for you, sad and ashamed at once?"},
    {SILENT, "We argued again.", "What was that like for you?"},
    {SILENT, "I stopped going there.", "What made you stop?"},
    {SILENT, "I can't decide.", "Would an idea help, or is it enough that I listen?"},
    {SILENT, "I told him.", "You told him! How did he take it? And how are you now?"},

    /* silent: danger; nobody is taught then */
    {SILENT, "I want to die.",
     "You should call the emergency number now. Are you alone? Have you taken anything? Where are you?"},
    {SILENT, "I took pills.", "You need to call an ambulance right now, please."},
    {SILENT, "He hit me again tonight.", "Are you safe right now? Is he still there? Can you lock the door?"},
    {SILENT, "I keep thinking about hurting myself.",
     "You must not be alone with this tonight. Please call 116 123."},
    {SILENT, "I don't want to live any more.",
     "You have to be so worn out to want that. Is there a plan? Do you have something there?"},

    /* silent: a practical answer that was asked for */
    {SILENT, "How did you get through the nights?",
     "I'd put the phone in the kitchen at ten, you could try that."},
    {SILENT, "Where would you start, with a room like that?",
     "Maybe try one drawer, and have you tried music?"},
    {SILENT, "I cannot sleep. What should I do?",
     "You should try to stop the coffee, and you need to go to bed at ten."},
    {SILENT, "Do you know any helpline for parents?",
     "There is one of the city, you could try the number on their page."},
    {SILENT, "How do I get a referral?", "You need to see your GP first, they write it for you."},
    {SILENT, "Can you tell me what you would do?", "If I were you I would wait until Friday."},
    {SILENT, "When can I write to you again?",
     "You can write any time. I am here on Tuesdays and Thursdays from four."},
    {SILENT, "I need some advice about my landlord.", "You should put it in writing and keep a copy."},
    {SILENT, "I don't know how to tell her.", "You could try to begin with what you told me just now."},
    {SILENT, "L:Would you like to hear what helped others?|Yes please.",
     "You could try to get up at the same time every day."},

    /* silent: quantities, greetings, small things */
    {SILENT, "I slept badly.", "It took you at least three hours to fall asleep."},
    {SILENT, "Sorry for my spelling.", "Don't worry about the spelling, I can read it all."},
    {SILENT, "Hello.", "Hello, I am Ana. Good that you are here."},
    {SILENT, "Have you ever felt like that?",
     "Yes, when my father died I felt like that for a long time, and I did not know how to say it."},
    {SILENT, "I have to go now.", "Okay. I will be here on Thursday at four."},
};

static const char *folder;
static listen_model model;
static _Alignas(64) unsigned char memory[LISTEN_ENGINE_BYTES];

static size_t turns_of(const char *spoken, listen_turn turns[8])
{
    size_t n = 0;
    for (const char *at = spoken; at && n < 8; n++) {
        const char *end = strchr(at, '|');
        size_t length = end ? (size_t)(end - at) : strlen(at);
        bool own = strncmp(at, "L:", 2) == 0;
        turns[n] =
            (listen_turn){.who = own ? LISTEN_LISTENER : LISTEN_SPEAKER,
                          .text = hk_slice_of((const uint8_t *)at + (own ? 2 : 0), length - (own ? 2 : 0)),
                          .start_ms = LISTEN_NO_TIME};
        at = end ? end + 1 : NULL;
    }
    return n;
}

static size_t wrong_by(const listen_model *m, const char *by, bool silent_only)
{
    listen_engine *e;
    size_t wrong = 0;
    assert_int_equal(listen_engine_init(memory, sizeof memory, "en", m, &e), HK_OK);
    for (size_t i = 0; i < HK_COUNT(CASES); i++) {
        listen_turn turns[8];
        listen_hint hint;
        const draft_case *c = &CASES[i];
        if (silent_only && c->expected != SILENT)
            continue;
        size_t n = turns_of(c->spoken, turns);
        listen_hint_draft(e, turns, n, hk_slice_z(c->draft), &hint);
        if (hint.kind == c->expected)
            continue;
        wrong++;
        print_error("%s: %s, not %s: [%s] %s\n", by, listen_hint_name(hint.kind),
                    listen_hint_name(c->expected), c->spoken, c->draft);
    }
    return wrong;
}

static void enough_drafts_are_looked_at(void **state)
{
    size_t silent = 0;
    for (size_t i = 0; i < HK_COUNT(CASES); i++)
        silent += CASES[i].expected == SILENT;
    assert_true(HK_COUNT(CASES) >= 60 && silent >= 20);
}

static void every_draft_gets_its_hint_or_none(void **state)
{
    assert_int_equal(wrong_by(&model, "with weights", false), 0);
}

static void rules_alone_disturb_nobody_either(void **state)
{
    assert_int_equal(wrong_by(NULL, "rules", true), 0);
}

/* Drafts by other hands: what gives meaning back, or was permitted, must hardly ever bring a hint; what the
 * hints are for must bring one more often than not. */
static void the_adversarial_suite_is_disturbed_where_it_should_be(void **state)
{
    static const struct {
        const char *kind;
        double least, most;
    } KINDS[] = {{"true-reflection", 0, 0.02},
                 {"true-reflection-unpunctuated", 0, 0.02},
                 {"backchannel", 0, 0},
                 {"advice-with-permission", 0, 0.07},
                 {"question-without-mark", 0, 0.06},
                 {"at-least", 0.8, 1},
                 {"parroting", 0.8, 1},
                 {"advice-without-permission", 0.6, 1},
                 {"self-disclosure", 0.5, 1}};
    double n[HK_COUNT(KINDS)] = {0}, hinted[HK_COUNT(KINDS)] = {0};
    char path[4096], *line = NULL;
    size_t cap = 0;
    listen_engine *e;
    (void)snprintf(path, sizeof path, "%s/adversarial/cases.jsonl", folder);
    FILE *f = fopen(path, "rbe");
    assert_non_null(f);
    assert_int_equal(listen_engine_init(memory, sizeof memory, "en", &model, &e), HK_OK);
    while (getline(&line, &cap, f) >= 0) {
        json_t *item = json_loads(line, 0, NULL);
        const char *kind = json_string_value(json_object_get(item, "kind"));
        for (size_t k = 0; kind && k < HK_COUNT(KINDS); k++) {
            if (strcmp(kind, KINDS[k].kind) != 0)
                continue;
            listen_hint hint;
            listen_turn spoken = {.who = LISTEN_SPEAKER,
                                  .text = hk_slice_z(json_string_value(json_object_get(item, "speaker"))),
                                  .start_ms = LISTEN_NO_TIME};
            listen_hint_draft(e, &spoken, 1, hk_slice_z(json_string_value(json_object_get(item, "listener"))),
                              &hint);
            n[k]++;
            hinted[k] += hint.kind != LISTEN_HINT_NONE;
        }
        json_decref(item);
    }
    free(line);
    (void)fclose(f);
    for (size_t k = 0; k < HK_COUNT(KINDS); k++) {
        print_message("%s: %.0f of %.0f bring a hint\n", KINDS[k].kind, hinted[k], n[k]);
        assert_true(n[k] >= 10 && hinted[k] >= KINDS[k].least * n[k] && hinted[k] <= KINDS[k].most * n[k]);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(enough_drafts_are_looked_at),
        cmocka_unit_test(every_draft_gets_its_hint_or_none),
        cmocka_unit_test(rules_alone_disturb_nobody_either),
        cmocka_unit_test(the_adversarial_suite_is_disturbed_where_it_should_be),
    };
    folder = argc > 1 ? argv[1] : "listening";
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/model/en.hkm", folder);
    if (weights_load(path, &model) != HK_OK)
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
