/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Settings of a program, declared once: a flag beats the environment, the environment beats the file, the
 * file beats the default. The same table prints --help.
 *
 *     static struct { const char *listen; int64_t readers; bool json; } the;
 *     const setting SETTINGS[] = {
 *         {"listen", SETTING_TEXT, &the.listen, "127.0.0.1:8080", 0, 0, "HOST:PORT", "where to listen"},
 *         {"readers", SETTING_INT, &the.readers, "2", 1, 8, "N", "reader threads"},
 *         {"json", SETTING_FLAG, &the.json, NULL, 0, 0, NULL, "print figures as JSON"},
 *     };
 *     settings_problem p;
 *     HK_TRY(settings_read_file("HEARKEN", &argc, argv, &file_text, &p));
 *     HK_TRY(settings_load(SETTINGS, HK_COUNT(SETTINGS), "HEARKEN", file_text, &argc, argv, &p));
 *
 * In a file: `key = value` lines, # comments, blank lines; an unknown key is refused with its line.
 * Environment: PREFIX_KEY with - as _. Flags: --key VALUE or --key=VALUE; -- ends them. What is left in argv
 * are the words.
 */
#ifndef HK_BASE_SETTINGS_H
#define HK_BASE_SETTINGS_H

#include <stdio.h>

#include "base/slice.h"

typedef enum setting_kind {
    SETTING_TEXT, /* const char *; stays borrowed from argv, the environment or the file's text */
    SETTING_INT,  /* int64_t within min and max */
    SETTING_FLAG, /* bool; in a file or the environment: yes or no */
} setting_kind;

typedef struct setting {
    const char *name; /* lower-case words joined by - */
    setting_kind kind;
    void *into;
    const char *otherwise; /* the default as text; NULL: none (NULL, 0, false) */
    int64_t min, max;
    const char *value_name; /* for --help */
    const char *about;
} setting;

typedef struct settings_problem {
    char words[200]; /* a sentence for a person: what is wrong and what was expected */
} settings_problem;

#define SETTINGS_LINE_MAX 1024
#define SETTINGS_FILE_MAX 65536

/* The text of the file that --config FILE names, which is taken out of argv, or otherwise PREFIX_CONFIG of
 * the environment. *ret is the caller's to free when the settings are not used any more; NULL: none was
 * named. HK_BAD with *problem. */
hk_err settings_read_file(const char *prefix, int *argc, char **argv, char **ret, settings_problem *problem);

/* file_text may be NULL and is cut into NUL-terminated values in place: it must outlive the settings. argv[0]
 * is the program's or command's name and stays. HK_BAD with *problem. */
hk_err settings_load(const setting *settings, size_t count, const char *prefix, char *file_text, int *argc,
                     char **argv, settings_problem *problem);
/* One line for each setting. */
void settings_help(const setting *settings, size_t count, FILE *to);

#endif
