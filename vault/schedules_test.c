/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * 1,000 random schedules: two people on two devices each write at once, answers are lost, epochs change under
 * words in flight, devices are thrown away and opened anew, bad bytes slip in. At the end every honest
 * message was shown exactly once on every device that read from the beginning, and every H is equal.
 *
 * The generator is a small one of its own with a printed seed, so a schedule that fails can be played again:
 *     SCHEDULE_FIRST=123 SCHEDULE_COUNT=1 vault_schedules_test
 * A harness that counts must also have work to count: it demands a minimum of messages, lost answers, stale
 * epochs, taken epochs and reopened devices. SCHEDULE_BREAK names one rule to break on purpose; each must be
 * caught.
 */
#include "vault/stage_test.h"

#include <stdio.h>
#include <stdlib.h>

#define DEVICES  4
#define MESSAGES 64 /* at most, in one schedule */
#define STEPS    60

typedef enum broken {
    BROKEN_NOTHING,
    BROKEN_NO_RESEAL,
    BROKEN_NEW_MID,
    BROKEN_FORGET_MIDS,
    BROKEN_SKIP_BAD
} broken;

typedef struct pending { /* words on their way: kept until the place has answered */
    message_id mid;
    uint8_t bytes[1024];
    size_t n;
    bool sealed;
} pending;

typedef struct actor {
    stage_device device;
    const vault_account *who;
    pending outbox[MESSAGES + 1];
    size_t queued;
    size_t done;
    uint8_t seen[MESSAGES * DEVICES]; /* how often each message was shown here, by its number */
} actor;

typedef struct totals {
    unsigned messages, lost_answers, stale, conflicts, taken, reopened, restored, bad, shown, duplicates;
} totals;

static uint64_t SEED;
static totals T;
static broken BROKEN;

static uint32_t draw(uint32_t below)
{
    SEED ^= SEED << 13; /* xorshift64: small, own, the same everywhere */
    SEED ^= SEED >> 7;
    SEED ^= SEED << 17;
    return (uint32_t)(SEED >> 33) % below;
}

static message_id mid_of(uint32_t number)
{
    message_id mid = {{0}};
    memcpy(mid.b, &number, sizeof number);
    mid.b[15] = 1;
    return mid;
}

static void read_all(actor *a, const stage_place *place)
{
    while (a->device.log.position < place->head) {
        vault_finding f = stage_read_one(&a->device, place);
        T.bad += f == VAULT_BAD;
        T.duplicates += f == VAULT_DUPLICATE;
        if (BROKEN == BROKEN_FORGET_MIDS)
            memset(a->device.mids, 0, sizeof a->device.mids);
        if (BROKEN == BROKEN_SKIP_BAD && f == VAULT_BAD && a->who->id.b[0] == 1)
            memset(a->device.log.h, 0, 32); /* H that does not move over bad entries */
        assert_int_not_equal(f, VAULT_SHOWN_FORKED);
        if (f != VAULT_SHOWN && f != VAULT_SHOWN_GAP)
            continue;
        uint32_t number;
        memcpy(&number, a->device.last.mid.b, sizeof number);
        assert_true(number < sizeof a->seen);
        a->seen[number]++;
        T.shown++;
    }
}

static void seal_next(actor *a, uint32_t number)
{
    pending *p = &a->outbox[a->done];
    char text[32];
    vault_words words;
    snprintf(text, sizeof text, "message %u", number);
    words = stage_words(text, &p->mid);
    if (BROKEN == BROKEN_NEW_MID)
        words.mid.b[14] = (uint8_t)draw(255); /* another mid each time it is sealed */
    must(vault_log_seal(&a->device.log, &a->device.stream, &words, p->bytes, sizeof p->bytes, &p->n));
    p->sealed = true;
}

/* One step towards bringing the oldest unanswered words to the place: seal them, or send what is sealed. */
static void send_next(actor *a, stage_place *place)
{
    pending *p = &a->outbox[a->done];
    uint32_t number;
    if (a->done == a->queued)
        return;
    memcpy(&number, p->mid.b, sizeof number);
    if (!p->sealed) {
        read_all(a, place);
        assert_true(vault_log_may_seal(&a->device.log));
        seal_next(a, number);
        if (draw(2))
            return; /* on their way: much may happen before they arrive */
    }
    stage_answer answer = stage_message(place, hk_slice_of(p->bytes, p->n), NULL);
    if (draw(4) == 0) { /* the answer is lost: the same bytes again, later */
        T.lost_answers++;
        return;
    }
    switch (answer) {
    case STAGE_STORED:
    case STAGE_REPEATED:
        a->done++;
        break;
    case STAGE_STALE_EPOCH:
        T.stale++;
        p->sealed = false;
        if (BROKEN == BROKEN_NO_RESEAL)
            a->done++;
        break;
    case STAGE_STREAM_CONFLICT:
        T.conflicts++;
        vault_stream_make(&a->device.stream);
        p->sealed = false;
        break;
    case STAGE_EPOCH_TAKEN:
    case STAGE_HISTORY_DIFFERS:
    case STAGE_REFUSED:
        fail_msg("an honest message was answered %d", (int)answer);
    }
}

static void commit_now(actor *a, stage_place *place, vault_made_commit *held, bool *ret_held)
{
    vault_plan plan;
    if (*ret_held) { /* made some steps ago: another may have been first */
        stage_answer answer = stage_commit(place, held);
        T.taken += answer == STAGE_EPOCH_TAKEN;
        assert_true(answer == STAGE_STORED || answer == STAGE_EPOCH_TAKEN);
        *ret_held = false;
        return;
    }
    read_all(a, place);
    vault_plan_from(&a->device.log.chain, &plan);
    must(vault_commit_make(&a->device.log, &plan, held));
    *ret_held = true;
}

/* The device is lost with everything in memory. The outbox on disk stays, or comes back from a backup made
 * before the words were sealed; and sometimes the machine is a copy of this person's other one, with its
 * stream and counter. */
static void reopen(actor *a, const actor *sibling, stage_place *place)
{
    stage_device_done(&a->device);
    stage_device_open(&a->device, a->who, &place->conv);
    if (draw(3) == 0)
        a->device.stream = sibling->device.stream;
    if (draw(3) == 0)
        a->outbox[a->done].sealed = false;
    memset(a->seen, 0, sizeof a->seen);
    T.reopened++;
}

static void play(uint64_t seed)
{
    static actor actors[DEVICES];
    static stage_pair s;
    static vault_made_commit held[DEVICES];
    bool holds[DEVICES] = {false};
    uint32_t numbers = 0;
    SEED = seed * 2654435761u + 88172645463325252u;
    stage_pair_open(&s);
    memset(actors, 0, sizeof actors);
    for (size_t i = 0; i < DEVICES; i++) {
        actors[i].who = i % 2 ? &s.listener : &s.client;
        stage_device_open(&actors[i].device, actors[i].who, &s.place.conv);
        read_all(&actors[i], &s.place);
    }
    for (int step = 0; step < STEPS; step++) {
        size_t who = draw(DEVICES);
        actor *a = &actors[who];
        uint32_t dice = draw(100);
        if (dice < 30 && a->queued < MESSAGES)
            a->outbox[a->queued++].mid = mid_of(numbers++);
        else if (dice < 70)
            send_next(a, &s.place);
        else if (dice < 85)
            read_all(a, &s.place);
        else if (dice < 93)
            commit_now(a, &s.place, &held[who], &holds[who]);
        else if (dice < 97)
            reopen(a, &actors[who ^ 2], &s.place);
        else
            stage_force(&s.place, hk_slice_of(&dice, sizeof dice)); /* a bad entry */
    }
    bool waiting = true;
    for (int round = 0; waiting && round < 2000; round++) {
        waiting = false;
        for (size_t i = 0; i < DEVICES; i++) {
            send_next(&actors[i], &s.place);
            waiting |= actors[i].done < actors[i].queued;
        }
    }
    assert_false(waiting);
    T.messages += numbers;
    for (size_t i = 0; i < DEVICES; i++) {
        read_all(&actors[i], &s.place);
        assert_memory_equal(actors[i].device.log.h, s.place.entries[s.place.head - 1].h, 32);
        stage_device_done(&actors[i].device);
        stage_device_open(&actors[i].device, actors[i].who, &s.place.conv); /* a new device sees it all */
        memset(actors[i].seen, 0, sizeof actors[i].seen);
        read_all(&actors[i], &s.place);
        for (uint32_t n = 0; n < numbers; n++)
            if (actors[i].seen[n] != 1)
                fail_msg("schedule %llu: message %u was shown %u times", (unsigned long long)seed, n,
                         actors[i].seen[n]);
        stage_device_done(&actors[i].device);
    }
    stage_pair_close(&s);
}

/* The same with one restore from a backup in between: what was lost is sent again from the outbox after a
 * RESUME. */
static void play_restore(uint64_t seed)
{
    static stage_pair s;
    static uint8_t kept[24][1024];
    vault_tip tips[2];
    vault_plan plan;
    vault_made_commit made;
    uint32_t count = 6 + (uint32_t)(seed % 12);
    SEED = seed * 2654435761u + 362436069;
    stage_pair_open(&s);
    stage_device *devices[2] = {&s.c, &s.l};
    for (uint32_t n = 0; n < count; n++) {
        stage_device *d = devices[draw(2)];
        message_id mid = mid_of(n);
        stage_read(d, &s.place);
        size_t size = stage_seal(d, "words", &mid, kept[n], sizeof kept[n]);
        assert_int_equal(stage_message(&s.place, hk_slice_of(kept[n], size), NULL), STAGE_STORED);
    }
    for (size_t i = 0; i < 2; i++) {
        stage_read(devices[i], &s.place);
        vault_log_tip(&devices[i]->log, &tips[i]);
    }
    stage_cut(&s.place, 1 + draw(count)); /* at least the last words are gone */
    for (size_t i = 0; i < 2; i++) {
        const vault_account *who = devices[i]->log.me;
        stage_device_done(devices[i]);
        stage_device_open(devices[i], who, &s.place.conv);
        vault_log_expect(&devices[i]->log, &tips[i]);
        stage_read(devices[i], &s.place);
        assert_true(devices[i]->log.stops & VAULT_STOP_INTERRUPTED);
    }
    must(vault_plan_resume(&s.c.log, &plan));
    must(vault_commit_make(&s.c.log, &plan, &made));
    assert_int_equal(stage_commit(&s.place, &made), STAGE_STORED);
    for (uint32_t n = 0; n < count;
         n++) { /* everybody offers their own lost words again, with the same mid */
        vault_envelope e;
        must(vault_envelope_parse(hk_slice_of(kept[n], 116 + 24 + 4 + 272 + 1 + 96), &e));
        stage_device *d = HK_ID_EQ(e.sender, s.client.id) ? &s.c : &s.l;
        stage_read(d, &s.place);
        assert_true(vault_log_may_seal(&d->log));
        uint8_t again[1024];
        size_t size = stage_seal(d, "words", &e.mid, again, sizeof again);
        assert_int_equal(stage_message(&s.place, hk_slice_of(again, size), NULL), STAGE_STORED);
    }
    for (size_t i = 0; i < 2; i++) {
        stage_read(devices[i], &s.place);
        assert_int_equal(devices[i]->shown, count); /* each once, though some were in the log twice */
        assert_memory_equal(devices[i]->log.h, s.place.entries[s.place.head - 1].h, 32);
    }
    T.restored++;
    stage_pair_close(&s);
}

static unsigned from_environment(const char *name, unsigned otherwise)
{
    const char *text = getenv(name);
    return text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

static void every_honest_message_is_shown_once_and_every_h_is_equal(void **state)
{
    unsigned first = from_environment("SCHEDULE_FIRST", 1), count = from_environment("SCHEDULE_COUNT", 1000);
    BROKEN = (broken)from_environment("SCHEDULE_BREAK", BROKEN_NOTHING);
    for (unsigned i = 0; i < count; i++)
        play(first + i);
    for (unsigned i = 0; i < count / 4; i++)
        play_restore(first + i);
    print_message("%u messages, %u shown, %u duplicates, %u bad; %u answers lost, %u stale epochs, %u stream "
                  "conflicts, %u epochs taken, %u devices reopened, %u restores\n",
                  T.messages, T.shown, T.duplicates, T.bad, T.lost_answers, T.stale, T.conflicts, T.taken,
                  T.reopened, T.restored);
    if (count < 1000)
        return;
    assert_true(T.messages > 10 * count);
    assert_true(T.shown > 8 * T.messages / 2);
    assert_true(T.lost_answers > count && T.stale > count / 2 && T.taken > count / 20);
    assert_true(T.conflicts > count / 20 && T.reopened > count / 2 && T.restored >= count / 4);
    assert_true(T.bad > count && T.duplicates > count / 20);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_honest_message_is_shown_once_and_every_h_is_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
