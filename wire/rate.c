/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "wire/rate.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

typedef struct bucket {
    uint64_t key;    /* of class and key together; 0: never used */
    int64_t at_ms;   /* when `tokens` was true */
    uint32_t tokens; /* in thousandths */
    uint32_t class;
} bucket;

struct wire_rates {
    pthread_mutex_t lock;
    uint64_t secret[2];
    uint32_t factor;
    bucket buckets[WIRE_RATE_SLOTS];
};

#define RATE_PROBES 8 /* slots a bucket may stand in */

static const struct {
    const char *name;
    wire_rate_key by;
    uint32_t burst, per_hour;
} CLASSES[] = {
#define WIRE_RATE_ROW(id, name, key, burst, per_hour) {name, WIRE_BY_##key, burst, per_hour},
    WIRE_RATES(WIRE_RATE_ROW)
#undef WIRE_RATE_ROW
};

hk_err wire_rates_new(uint32_t factor, wire_rates **ret)
{
    wire_rates *r = calloc(1, sizeof *r);
    if (!r)
        return HK_NO_MEMORY;
    r->factor = factor ? factor : 1;
    if (RAND_bytes((uint8_t *)r->secret, sizeof r->secret) != 1 || pthread_mutex_init(&r->lock, NULL) != 0) {
        free(r);
        return HK_NO_MEMORY;
    }
    *ret = r;
    return HK_OK;
}

void wire_rates_free(wire_rates *r)
{
    if (!r)
        return;
    (void)pthread_mutex_destroy(&r->lock); /* nobody holds it any more */
    free(r);
}

/* SipHash-2-4 (Aumasson, Bernstein 2012): short input, a secret, and no way to aim at a slot. */
typedef struct sip {
    uint64_t a, b, c, d;
} sip;

static uint64_t rotl(uint64_t x, int n)
{
    return x << n | x >> (64 - n);
}

static void sip_round(sip *s)
{
    s->a += s->b;
    s->b = rotl(s->b, 13) ^ s->a;
    s->a = rotl(s->a, 32);
    s->c += s->d;
    s->d = rotl(s->d, 16) ^ s->c;
    s->a += s->d;
    s->d = rotl(s->d, 21) ^ s->a;
    s->c += s->b;
    s->b = rotl(s->b, 17) ^ s->c;
    s->c = rotl(s->c, 32);
}

static void sip_word(sip *s, uint64_t word)
{
    s->d ^= word;
    sip_round(s);
    sip_round(s);
    s->a ^= word;
}

uint64_t wire_rate_hash(const wire_rates *r, hk_slice bytes, uint64_t with)
{
    sip s = {r->secret[0] ^ 0x736f6d6570736575, r->secret[1] ^ 0x646f72616e646f6d,
             r->secret[0] ^ 0x6c7967656e657261, r->secret[1] ^ 0x7465646279746573};
    sip_word(&s, with);
    for (size_t i = 0; i < bytes.n; i += 8) {
        uint64_t word = 0;
        memcpy(&word, bytes.p + i, bytes.n - i < 8 ? bytes.n - i : 8);
        sip_word(&s, word);
    }
    sip_word(&s, (uint64_t)bytes.n << 56);
    s.c ^= 0xff;
    for (int i = 0; i < 4; i++)
        sip_round(&s);
    return s.a ^ s.b ^ s.c ^ s.d;
}

bool wire_rate_named(const char *name, wire_rate *ret)
{
    for (size_t i = 0; i < HK_COUNT(CLASSES); i++)
        if (strcmp(CLASSES[i].name, name) == 0) {
            *ret = (wire_rate)i;
            return true;
        }
    return false;
}

wire_rate_key wire_rate_counts_by(wire_rate class)
{
    return CLASSES[class].by;
}

static uint32_t full(const wire_rates *r, uint32_t class)
{
    uint64_t tokens = (uint64_t)CLASSES[class].burst * r->factor * 1000;
    return tokens > UINT32_MAX ? UINT32_MAX : (uint32_t)tokens;
}

/* Thousandths gained in that many ms: per_hour tokens an hour are per_hour / 3600 thousandths a ms. */
static uint32_t tokens_now(const wire_rates *r, const bucket *b, int64_t now_ms)
{
    int64_t passed = now_ms > b->at_ms ? now_ms - b->at_ms : 0;
    if (passed > 24 * 3600000)
        return full(r, b->class);
    uint64_t gained = (uint64_t)passed * CLASSES[b->class].per_hour * r->factor / 3600;
    uint64_t sum = b->tokens + gained;
    return sum > full(r, b->class) ? full(r, b->class) : (uint32_t)sum;
}

/* Its bucket, or the slot near by whose loss is the smallest: an unused one, else the fullest. */
static bucket *bucket_for(wire_rates *r, wire_rate class, uint64_t key, int64_t now_ms)
{
    uint64_t hash = wire_rate_hash(r, hk_slice_of(&key, sizeof key), class);
    if (hash == 0)
        hash = 1;
    bucket *best = NULL;
    uint64_t best_share = 0;
    for (size_t i = 0; i < RATE_PROBES; i++) {
        bucket *b = &r->buckets[(hash + i) % WIRE_RATE_SLOTS];
        if (b->key == hash)
            return b;
        uint64_t share = b->key == 0 ? 1001 : (uint64_t)tokens_now(r, b, now_ms) * 1000 / full(r, b->class);
        if (!best || share > best_share) {
            best = b;
            best_share = share;
        }
    }
    *best = (bucket){.key = hash, .at_ms = now_ms, .tokens = full(r, class), .class = class};
    return best;
}

/* The moment up to which `gained` was counted: a rest too small for a thousandth must add up, not vanish. */
static int64_t counted_to(const wire_rates *r, const bucket *b, uint32_t tokens, int64_t now_ms)
{
    if (tokens == full(r, b->class) || tokens < b->tokens)
        return now_ms;
    uint64_t per_hour = (uint64_t)CLASSES[b->class].per_hour * r->factor;
    return b->at_ms + (int64_t)(((uint64_t)(tokens - b->tokens) * 3600 + per_hour - 1) / per_hour);
}

bool wire_rate_take(wire_rates *r, wire_rate class, uint64_t key, int64_t now_ms, int *ret_wait_s)
{
    (void)pthread_mutex_lock(&r->lock); /* a plain mutex of ours cannot fail */
    bucket *b = bucket_for(r, class, key, now_ms);
    uint32_t tokens = tokens_now(r, b, now_ms);
    bool granted = tokens >= 1000;
    if (granted) {
        b->at_ms = counted_to(r, b, tokens, now_ms);
        b->tokens = tokens - 1000;
    }
    (void)pthread_mutex_unlock(&r->lock);
    if (!granted && ret_wait_s) {
        uint64_t per_hour = (uint64_t)CLASSES[class].per_hour * r->factor;
        *ret_wait_s = 1 + (int)((uint64_t)(1000 - tokens) * 3600 / per_hour / 1000);
    }
    return granted;
}
