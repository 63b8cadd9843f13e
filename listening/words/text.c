/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Text to tokens. First raw words (letters, digits, apostrophes) are cut from UTF-8, then each is spelled
 * out: contractions are opened ("don't" -> do not), chat and spoken forms take their full spelling ("gonna"
 * -> going to), fillers (um, uh) go, numbers become "#". What the transcriber chose must not matter.
 */
#include "listening/words/text.h"

#include <string.h>

typedef struct spelling {
    const char *from, *to; /* to may hold two words; "" drops the word */
} spelling;

/* Words written without their apostrophe, spoken forms, chat forms. Searched linearly after a check of
 * length. */
static const spelling SPELLINGS[] = {
    {"okay", "ok"},
    {"k", "ok"},
    {"kay", "ok"},
    {"gonna", "going to"},
    {"wanna", "want to"},
    {"gotta", "got to"},
    {"kinda", "kind of"},
    {"sorta", "sort of"},
    {"cuz", "because"},
    {"cause", "because"},
    {"coz", "because"},
    {"cos", "because"},
    {"bc", "because"},
    {"u", "you"},
    {"ur", "your"},
    {"r", "are"},
    {"ya", "you"},
    {"yer", "your"},
    {"pls", "please"},
    {"thx", "thanks"},
    {"alright", "all right"},
    {"dunno", "do not know"},
    {"lemme", "let me"},
    {"gimme", "give me"},
    {"tho", "though"},
    {"im", "i am"},
    {"ive", "i have"},
    {"youre", "you are"},
    {"youve", "you have"},
    {"youll", "you will"},
    {"youd", "you d"},
    {"theyre", "they are"},
    {"theyve", "they have"},
    {"theyll", "they will"},
    {"weve", "we have"},
    {"thats", "that s"},
    {"whats", "what s"},
    {"hes", "he s"},
    {"shes", "she s"},
    {"theres", "there s"},
    {"heres", "here s"},
    {"hows", "how s"},
    {"wheres", "where s"},
    {"whos", "who s"},
    {"lets", "let s"},
    {"its", "it s"},
    {"dont", "do not"},
    {"cant", "can not"},
    {"cannot", "can not"},
    {"wont", "will not"},
    {"didnt", "did not"},
    {"doesnt", "does not"},
    {"isnt", "is not"},
    {"arent", "are not"},
    {"wasnt", "was not"},
    {"werent", "were not"},
    {"couldnt", "could not"},
    {"wouldnt", "would not"},
    {"shouldnt", "should not"},
    {"havent", "have not"},
    {"hasnt", "has not"},
    {"hadnt", "had not"},
    {"aint", "is not"},
    {"yall", "you all"},
    {"itll", "it will"},
    {"thatll", "that will"},
    {"um", ""},
    {"uh", ""},
    {"umm", ""},
    {"uhh", ""},
    {"uhm", ""},
    {"er", ""},
    {"erm", ""},
    {"mhm", "mhm"},
    {"mmhm", "mhm"},
    {"mmhmm", "mhm"},
    {"mmm", "mhm"},
    {"mm", "mhm"},
    {"hmm", "hm"},
    {"hmmm", "hm"},
    {"uhhuh", "mhm"},
    {"yup", "yeah"},
    {"yep", "yeah"},
    {"yea", "yeah"},
    {"nope", "no"},
    {"nah", "no"},
};

/* Contractions by what stands after the apostrophe. */
static const spelling ENDINGS[] = {
    {"re", "are"}, {"ll", "will"}, {"ve", "have"}, {"m", "am"}, {"d", "d"}, {"s", "s"},
};

uint32_t text_hash(const char *p, size_t n)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)p[i]) * 16777619u;
    return h;
}

uint32_t text_join(uint32_t a, uint32_t b)
{
    uint32_t h = a * 0x9E3779B1u ^ ((b << 13) | (b >> 19)) ^ b * 0x85EBCA6Bu;
    h ^= h >> 15;
    h *= 0x2C1B3C6Du;
    h ^= h >> 12;
    return h;
}

static bool ends(const char *p, size_t n, const char *end)
{
    size_t k = strlen(end);
    return n > k && memcmp(p + n - k, end, k) == 0;
}

static bool vowel(char c)
{
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

uint32_t text_stem(const char *p, size_t n)
{
    char w[TEXT_WORD_MAX];
    if (n > sizeof w)
        n = sizeof w;
    memcpy(w, p, n);
    if (n > 4 && ends(w, n, "ies"))
        n -= 2; /* worries -> worri */
    else if (n > 4 && (ends(w, n, "sses") || ends(w, n, "shes") || ends(w, n, "ches")))
        n -= 2;
    else if (n > 3 && w[n - 1] == 's' && w[n - 2] != 's' && w[n - 2] != 'u')
        n -= 1;
    bool cut = false;
    if (n > 5 && ends(w, n, "ing")) {
        n -= 3;
        cut = true;
    } else if (n > 4 && ends(w, n, "ed")) {
        n -= 2;
        cut = true;
    } else if (n > 4 && ends(w, n, "ly")) {
        n -= 2;
    }
    if (cut && n > 3 && w[n - 1] == w[n - 2] && !vowel(w[n - 1]) && w[n - 1] != 'l' && w[n - 1] != 's')
        n--; /* stopped -> stop */
    if (n > 3 && w[n - 1] == 'e')
        n--; /* smoke, smoking -> smok */
    if (n > 2 && w[n - 1] == 'y')
        w[n - 1] = 'i'; /* worry, worried -> worri */
    return text_hash(w, n);
}

/* "and-and", "I I": a stutter that one transcriber writes and another leaves out. */
static bool repeats(const text_tokens *t, const char *p, size_t n)
{
    if (t->n == 0)
        return false;
    const text_token *last = &t->token[t->n - 1];
    return last->n == n && !(last->after & ~(TEXT_DASH | TEXT_COMMA)) &&
           memcmp(t->chars + last->at, p, n) == 0;
}

static void push(text_tokens *t, const char *p, size_t n, uint32_t source)
{
    if (n > TEXT_WORD_MAX)
        n = TEXT_WORD_MAX;
    if (n == 0 || t->n == TEXT_TOKENS_MAX || t->chars_n + n > TEXT_CHARS_MAX || repeats(t, p, n))
        return;
    text_token *k = &t->token[t->n++];
    *k = (text_token){.hash = text_hash(p, n),
                      .stem = text_stem(p, n),
                      .source = source,
                      .at = (uint16_t)t->chars_n,
                      .n = (uint16_t)n};
    memcpy(t->chars + t->chars_n, p, n);
    t->chars_n += (uint32_t)n;
}

/* Pushes each of the words that stand in z, separated by one blank. */
static void push_words(text_tokens *t, const char *z, uint32_t source)
{
    while (*z) {
        const char *end = strchr(z, ' ');
        size_t n = end ? (size_t)(end - z) : strlen(z);
        push(t, z, n, source);
        z += n + (end ? 1 : 0);
    }
}

/* "mm" + "hm", "uh" + "huh": two written halves of one sound. */
static bool completes_backchannel(const text_tokens *t, const char *w, size_t n)
{
    if (t->n == 0 || t->token[t->n - 1].after & ~TEXT_DASH)
        return false;
    const text_token *last = &t->token[t->n - 1];
    bool mhm = last->n == 3 && memcmp(t->chars + last->at, "mhm", 3) == 0;
    return mhm && ((n == 2 && memcmp(w, "hm", 2) == 0) || (n == 3 && memcmp(w, "hmm", 3) == 0) ||
                   (n == 3 && memcmp(w, "mhm", 3) == 0) || (n == 2 && memcmp(w, "mm", 2) == 0));
}

/* One word without apostrophe, lower case. */
static void spell(text_tokens *t, const char *w, size_t n, uint32_t source)
{
    if (n == 0)
        return;
    if (w[0] >= '0' && w[0] <= '9') {
        if (t->n == 0 || t->chars[t->token[t->n - 1].at] != '#')
            push(t, "#", 1, source);
        return;
    }
    if (completes_backchannel(t, w, n))
        return;
    if (n <= 8)
        for (size_t i = 0; i < sizeof SPELLINGS / sizeof SPELLINGS[0]; i++)
            if (SPELLINGS[i].from[0] == w[0] && strlen(SPELLINGS[i].from) == n &&
                memcmp(SPELLINGS[i].from, w, n) == 0) {
                push_words(t, SPELLINGS[i].to, source);
                return;
            }
    push(t, w, n, source);
}

/* One raw word; apostrophe is the index of its last inner apostrophe (removed already), or n. */
static void word_done(text_tokens *t, char *w, size_t n, size_t apostrophe, uint32_t source)
{
    if (n == 0)
        return;
    if (apostrophe > 0 && apostrophe < n) {
        const char *tail = w + apostrophe;
        size_t tail_n = n - apostrophe;
        if (tail_n == 1 && *tail == 't' && w[apostrophe - 1] == 'n') {
            spell(t, w, n, source); /* dont, wont: in the table */
            return;
        }
        for (size_t i = 0; i < sizeof ENDINGS / sizeof ENDINGS[0]; i++)
            if (strlen(ENDINGS[i].from) == tail_n && memcmp(ENDINGS[i].from, tail, tail_n) == 0) {
                push(t, w, apostrophe, source);
                push_words(t, ENDINGS[i].to, source);
                return;
            }
    }
    spell(t, w, n, source);
}

/* Reads one character: its code point and length; 0 for a byte that is no UTF-8. */
static uint32_t code_point(hk_slice s, size_t at, size_t *ret_n)
{
    uint8_t c = s.p[at];
    *ret_n = 1;
    if (c < 0x80)
        return c;
    size_t n = c >= 0xF0 && c < 0xF8 ? 4 : c >= 0xE0 && c < 0xF0 ? 3 : c >= 0xC2 && c < 0xE0 ? 2 : 0;
    if (n == 0 || at + n > s.n)
        return 0;
    uint32_t v = c & (0xFFu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((s.p[at + i] & 0xC0) != 0x80)
            return 0;
        v = v << 6 | (s.p[at + i] & 0x3Fu);
    }
    *ret_n = n;
    return v;
}

static uint8_t punctuation(uint32_t c)
{
    switch (c) {
    case '?':
        return TEXT_ASKS;
    case '.':
    case ';':
    case ':':
    case 0x2026:
        return TEXT_STOPS;
    case ',':
        return TEXT_COMMA;
    case '!':
        return TEXT_LOUD;
    case '-':
    case 0x2013:
    case 0x2014:
        return TEXT_DASH;
    default:
        return 0;
    }
}

static bool is_letter(uint32_t c)
{
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return c >= 0xC0 && !(c >= 0x2000 && c <= 0x206F) && c != 0xD7 && c != 0xF7 && c != 0xFEFF;
}

/* Transcribers' notes, "[laughs]" or "<unk>": the byte after one, or at itself when there is none. */
static size_t after_note(hk_slice s, size_t at)
{
    enum { NOTE_MAX = 40 };
    uint8_t close = s.p[at] == '[' ? ']' : s.p[at] == '<' ? '>' : 0;
    for (size_t i = at + 1; close && i < s.n && i < at + NOTE_MAX; i++)
        if (s.p[i] == close)
            return i + 1;
    return at;
}

/* ":)", ":-(", "<3": the word for one that begins here, and its length. */
static const char *emoticon(hk_slice s, size_t at, size_t *ret_n)
{
    static const spelling FACES[] = {{"<3", "heart"}, {":)", "smile"},  {":-)", "smile"}, {";)", "smile"},
                                     {":(", "frown"}, {":-(", "frown"}, {":/", "frown"}};
    for (size_t i = 0; i < HK_COUNT(FACES); i++) {
        *ret_n = strlen(FACES[i].from);
        if (at + *ret_n <= s.n && memcmp(s.p + at, FACES[i].from, *ret_n) == 0)
            return FACES[i].to;
    }
    return NULL;
}

void text_read(hk_slice text, text_tokens *t)
{
    t->n = t->chars_n = 0;
    char w[TEXT_WORD_MAX];
    size_t n = 0, apostrophe = SIZE_MAX;
    uint32_t source = 0;
    size_t at = 0;
    while (at < text.n && t->n < TEXT_TOKENS_MAX) {
        size_t k, note_end = after_note(text, at);
        const char *face = emoticon(text, at, &k);
        if (face || note_end != at) {
            word_done(t, w, n, apostrophe, source);
            n = 0;
            if (face)
                push(t, face, strlen(face), (uint32_t)at);
            at = face ? at + k : note_end;
            continue;
        }
        uint32_t c = code_point(text, at, &k);
        bool quote = c == '\'' || c == 0x2019 || c == 0x2018 || c == 0x02BC || c == '`';
        if (c && is_letter(c)) {
            if (n == 0) {
                source = (uint32_t)at;
                apostrophe = SIZE_MAX;
            }
            if (n + k <= sizeof w) {
                for (size_t i = 0; i < k; i++)
                    w[n++] = (char)text.p[at + i];
                if (k == 1 && c >= 'A' && c <= 'Z')
                    w[n - 1] = (char)(c + 32);
                else if (c >= 0xC0 && c <= 0xDE)
                    w[n - 1] = (char)(w[n - 1] + 32); /* the capital letters of Latin-1 */
            }
        } else if (quote && n > 0) {
            apostrophe = n;
        } else if (!quote) {
            word_done(t, w, n, apostrophe, source);
            n = 0;
            if (t->n > 0)
                t->token[t->n - 1].after |= punctuation(c);
        }
        at += k;
    }
    word_done(t, w, n, apostrophe, source);
    t->source_end = (uint32_t)at;
}
