/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The figures as one line of JSON, with a number formatter of our own: printf would differ between libraries
 * and would bring 12 kB of it into the WASM.
 */
#include "listening/listening.h"

#include <string.h>

#define DECIMALS 10000

static void put(hk_writer *w, const char *z)
{
    hk_write_bytes(w, z, strlen(z));
}

static void put_count(hk_writer *w, uint32_t v)
{
    char digits[10];
    size_t n = 0;
    do
        digits[sizeof digits - ++n] = (char)('0' + v % 10);
    while (v /= 10);
    hk_write_bytes(w, digits + sizeof digits - n, n);
}

/* Four decimals, the half away from zero; never "-0.0000". */
static void put_number(hk_writer *w, float x)
{
    int32_t v = (int32_t)(x * (float)DECIMALS + (x < 0 ? -0.5f : 0.5f));
    uint32_t size = (uint32_t)(v < 0 ? -v : v);
    if (v < 0)
        put(w, "-");
    put_count(w, size / DECIMALS);
    put(w, ".");
    for (uint32_t unit = DECIMALS / 10; unit > 0; unit /= 10)
        hk_write_u8(w, (uint8_t)('0' + size / unit % 10));
}

static void put_member(hk_writer *w, const char *name, float x)
{
    put(w, ",\"");
    put(w, name);
    put(w, "\":");
    put_number(w, x);
}

static void put_level(hk_writer *w, const char *name, uint8_t level)
{
    put(w, ",\"");
    put(w, name);
    put(w, "\":");
    put_count(w, level);
}

static void put_code(hk_writer *w, const listen_code *c)
{
    put(w, "{\"who\":\"listener\",\"main\":\"");
    put(w, listen_main_name(c->main));
    put(w, "\"");
    put_member(w, "reflection", c->reflection);
    put_member(w, "question", c->question);
    put_member(w, "open", c->open);
    put_member(w, "input", c->input);
    put_member(w, "advice", c->advice);
    put_member(w, "unasked", c->unasked);
    put_member(w, "validation", c->validation);
    put_level(w, "emotional_reaction", c->emotional_reaction);
    put_level(w, "interpretation", c->interpretation);
    put_level(w, "exploration", c->exploration);
    put_member(w, "grounding", c->grounding);
    put(w, c->unsure ? ",\"unsure\":true}" : ",\"unsure\":false}");
}

static void put_session(hk_writer *w, const listen_session *s)
{
    put(w, "{\"listener_turns\":");
    put_count(w, s->listener_turns);
    put(w, s->too_short ? ",\"too_short\":true" : ",\"too_short\":false");
    put_member(w, "listening_balance", s->listening_balance);
    put_member(w, "listening_balance_low", s->listening_balance_low);
    put_member(w, "listening_balance_high", s->listening_balance_high);
    if (s->talk_share < 0)
        put(w, ",\"talk_share\":null");
    else
        put_member(w, "talk_share", s->talk_share);
    put(w, ",\"moments\":[");
    for (uint32_t i = 0; i < s->moments_n; i++) {
        put(w, i ? ",{\"turn\":" : "{\"turn\":");
        put_count(w, s->moments[i].turn);
        put(w, ",\"kind\":\"");
        put(w, listen_moment_name(s->moments[i].kind));
        put(w, "\",\"why\":\"");
        put(w, listen_moment_why(s->moments[i].kind));
        put(w, "\"}");
    }
    put(w, "]}");
}

hk_err listen_json(const listen_turn *turns, size_t n, const listen_code *codes,
                   const listen_session *session, char *p, size_t cap, size_t *ret_n)
{
    hk_writer w = hk_writer_of((uint8_t *)p, cap);
    put(&w, "{\"turns\":[");
    for (size_t i = 0; i < n; i++) {
        if (i)
            put(&w, ",");
        if (turns[i].who == LISTEN_SPEAKER)
            put(&w, "{\"who\":\"speaker\"}");
        else
            put_code(&w, &codes[i]);
    }
    put(&w, "],\"session\":");
    put_session(&w, session);
    put(&w, "}");
    if (w.bad)
        return HK_TOO_MUCH;
    *ret_n = w.n;
    return HK_OK;
}
