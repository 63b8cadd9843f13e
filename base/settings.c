/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/settings.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static hk_err set_int(const setting *s, const char *value, const char *where, settings_problem *problem)
{
    char *end;
    errno = 0;
    long long v = strtoll(value, &end, 10);
    if (errno || end == value || *end || v < s->min || v > s->max) {
        (void)snprintf(problem->words, sizeof problem->words, "%s: %s is a whole number from %lld to %lld.",
                       where, s->name, (long long)s->min, (long long)s->max);
        return HK_BAD;
    }
    *(int64_t *)s->into = v;
    return HK_OK;
}

static hk_err set_flag(const setting *s, const char *value, const char *where, settings_problem *problem)
{
    bool yes = strcmp(value, "yes") == 0;
    if (!yes && strcmp(value, "no") != 0) {
        (void)snprintf(problem->words, sizeof problem->words, "%s: %s is yes or no.", where, s->name);
        return HK_BAD;
    }
    *(bool *)s->into = yes;
    return HK_OK;
}

static hk_err set(const setting *s, const char *value, const char *where, settings_problem *problem)
{
    switch (s->kind) {
    case SETTING_TEXT:
        *(const char **)s->into = value;
        return HK_OK;
    case SETTING_INT:
        return set_int(s, value, where, problem);
    case SETTING_FLAG:
        return set_flag(s, value, where, problem);
    }
    return HK_BAD;
}

static const setting *find(const setting *settings, size_t count, hk_slice name)
{
    for (size_t i = 0; i < count; i++)
        if (hk_slice_eq_z(name, settings[i].name))
            return &settings[i];
    return NULL;
}

static char *trimmed(char *from, char *to)
{
    while (from < to && isspace((unsigned char)*from))
        from++;
    while (to > from && isspace((unsigned char)to[-1]))
        to--;
    *to = '\0';
    return from;
}

static hk_err load_line(const setting *settings, size_t count, char *line, char *end, int number,
                        settings_problem *problem)
{
    char where[40];
    (void)snprintf(where, sizeof where, "line %d of the configuration", number);
    char *text = trimmed(line, end);
    if (*text == '\0' || *text == '#')
        return HK_OK;
    char *equals = strchr(text, '=');
    if (!equals || strlen(text) > SETTINGS_LINE_MAX) {
        (void)snprintf(problem->words, sizeof problem->words, "%s: expected `key = value`.", where);
        return HK_BAD;
    }
    char *value = trimmed(equals + 1, equals + 1 + strlen(equals + 1));
    char *key = trimmed(text, equals);
    const setting *s = find(settings, count, hk_slice_z(key));
    if (!s) {
        (void)snprintf(problem->words, sizeof problem->words, "%s: there is no setting with this name.",
                       where);
        return HK_BAD;
    }
    return set(s, value, where, problem);
}

static hk_err load_file(const setting *settings, size_t count, char *text, settings_problem *problem)
{
    int number = 1;
    for (char *line = text; *line; number++) {
        char *end = strchr(line, '\n');
        char *next = end ? end + 1 : line + strlen(line);
        HK_TRY(load_line(settings, count, line, end ? end : next, number, problem));
        line = next;
    }
    return HK_OK;
}

static hk_err load_environment(const setting *settings, size_t count, const char *prefix,
                               settings_problem *problem)
{
    for (size_t i = 0; i < count; i++) {
        char name[96];
        int n = snprintf(name, sizeof name, "%s_%s", prefix, settings[i].name);
        if (n < 0 || (size_t)n >= sizeof name)
            continue;
        for (char *c = name; *c; c++)
            *c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
        const char *value = getenv(name);
        if (value)
            HK_TRY(set(&settings[i], value, name, problem));
    }
    return HK_OK;
}

/* One flag at argv[at]; *ret_used says how many words it took. */
static hk_err load_flag(const setting *settings, size_t count, int argc, char **argv, int at, int *ret_used,
                        settings_problem *problem)
{
    const char *word = argv[at] + 2;
    const char *equals = strchr(word, '=');
    const setting *s =
        find(settings, count, hk_slice_of(word, equals ? (size_t)(equals - word) : strlen(word)));
    if (!s) {
        (void)snprintf(problem->words, sizeof problem->words, "There is no option %.60s. --help lists them.",
                       argv[at]);
        return HK_BAD;
    }
    *ret_used = 1;
    if (s->kind == SETTING_FLAG && !equals) {
        *(bool *)s->into = true;
        return HK_OK;
    }
    const char *value = equals ? equals + 1 : NULL;
    if (!value && at + 1 < argc) {
        value = argv[at + 1];
        *ret_used = 2;
    }
    if (!value) {
        (void)snprintf(problem->words, sizeof problem->words, "--%s wants a value.", s->name);
        return HK_BAD;
    }
    char where[80];
    (void)snprintf(where, sizeof where, "--%s", s->name);
    return set(s, value, where, problem);
}

static hk_err load_flags(const setting *settings, size_t count, int *argc, char **argv,
                         settings_problem *problem)
{
    int kept = 1;
    bool flags = true;
    for (int at = 1; at < *argc;) {
        if (flags && strcmp(argv[at], "--") == 0) {
            flags = false;
            at++;
        } else if (flags && strncmp(argv[at], "--", 2) == 0) {
            int used = 1;
            HK_TRY(load_flag(settings, count, *argc, argv, at, &used, problem));
            at += used;
        } else {
            argv[kept++] = argv[at++];
        }
    }
    *argc = kept;
    return HK_OK;
}

hk_err settings_load(const setting *settings, size_t count, const char *prefix, char *file_text, int *argc,
                     char **argv, settings_problem *problem)
{
    for (size_t i = 0; i < count; i++)
        if (settings[i].otherwise)
            HK_TRY(set(&settings[i], settings[i].otherwise, "default", problem));
    if (file_text)
        HK_TRY(load_file(settings, count, file_text, problem));
    HK_TRY(load_environment(settings, count, prefix, problem));
    return load_flags(settings, count, argc, argv, problem);
}

void settings_help(const setting *settings, size_t count, FILE *to)
{
    for (size_t i = 0; i < count; i++) {
        const setting *s = &settings[i];
        char flag[64];
        (void)snprintf(flag, sizeof flag, "--%s%s%s", s->name, s->value_name ? " " : "",
                       s->value_name ? s->value_name : "");
        (void)fprintf(to, "  %-26s %s%s%s%s\n", flag, s->about, s->otherwise ? " (" : "",
                      s->otherwise ? s->otherwise : "", s->otherwise ? ")" : "");
    }
}
