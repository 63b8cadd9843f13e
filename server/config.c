/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/config.h"

#include <stdlib.h>
#include <string.h>

/* The table stands in one place; it is filled with the addresses of one config's members. */
#define SETTINGS(c)                                                                                           \
    {                                                                                                         \
        {"db", SETTING_TEXT, &(c)->db, "hearken.db", 0, 0, "FILE", "the database"},                           \
            {"listen",                                                                                        \
             SETTING_TEXT,                                                                                    \
             &(c)->listen,                                                                                    \
             "127.0.0.1:8080",                                                                                \
             0,                                                                                               \
             0,                                                                                               \
             "WHERE",                                                                                         \
             "HOST:PORT, or unix:/path behind a proxy"},                                                      \
            {"origin",                                                                                        \
             SETTING_TEXT,                                                                                    \
             &(c)->origin,                                                                                    \
             NULL,                                                                                            \
             0,                                                                                               \
             0,                                                                                               \
             "URLS",                                                                                          \
             "what browsers see, as https://talk.example.org; several with commas"},                          \
            {"web", SETTING_TEXT, &(c)->web, NULL, 0, 0, "DIR", "the built pages"},                           \
            {"metrics",                                                                                       \
             SETTING_TEXT,                                                                                    \
             &(c)->metrics,                                                                                   \
             NULL,                                                                                            \
             0,                                                                                               \
             0,                                                                                               \
             "HOST:PORT",                                                                                     \
             "loopback listener for figures"},                                                                \
            {"tls-certificate", SETTING_TEXT, &(c)->tls_certificate, NULL, 0, 0, "FILE", "PEM, whole chain"}, \
            {"tls-key", SETTING_TEXT, &(c)->tls_key, NULL, 0, 0, "FILE", "PEM"},                              \
            {"trust-forwarded",                                                                               \
             SETTING_FLAG,                                                                                    \
             &(c)->trust_forwarded,                                                                           \
             "no",                                                                                            \
             0,                                                                                               \
             0,                                                                                               \
             NULL,                                                                                            \
             "believe our own proxy's X-Forwarded-For"},                                                      \
            {"key-file",                                                                                      \
             SETTING_TEXT,                                                                                    \
             &(c)->key_file,                                                                                  \
             NULL,                                                                                            \
             0,                                                                                               \
             0,                                                                                               \
             "FILE",                                                                                          \
             "the key that seals sign-in records; keep it out of the backups (DB-key)"},                      \
            {"deletions",                                                                                     \
             SETTING_TEXT,                                                                                    \
             &(c)->deletions,                                                                                 \
             NULL,                                                                                            \
             0,                                                                                               \
             0,                                                                                               \
             "FILE",                                                                                          \
             "what was erased, for the day of a restore (DB-deletions)"},                                     \
            {"audit-heads",                                                                                   \
             SETTING_TEXT,                                                                                    \
             &(c)->audit_heads,                                                                               \
             NULL,                                                                                            \
             0,                                                                                               \
             0,                                                                                               \
             "FILE",                                                                                          \
             "heads of the audit chain; better on another disk (DB-audit)"},                                  \
            {"readers", SETTING_INT, &(c)->readers, "2", 1, 8, "N", "threads that read the database"},        \
            {"session-hours",                                                                                 \
             SETTING_INT,                                                                                     \
             &(c)->session_hours,                                                                             \
             "12",                                                                                            \
             1,                                                                                               \
             168,                                                                                             \
             "N",                                                                                             \
             "a session ends after this"},                                                                    \
            {"idle-minutes",                                                                                  \
             SETTING_INT,                                                                                     \
             &(c)->idle_minutes,                                                                              \
             "720",                                                                                           \
             5,                                                                                               \
             10080,                                                                                           \
             "N",                                                                                             \
             "a session nobody uses ends after this"},                                                        \
            {"lock-client-minutes",                                                                           \
             SETTING_INT,                                                                                     \
             &(c)->lock_client_minutes,                                                                       \
             "30",                                                                                            \
             1,                                                                                               \
             1440,                                                                                            \
             "N",                                                                                             \
             "a client's page locks after this"},                                                             \
            {"lock-staff-minutes",                                                                            \
             SETTING_INT,                                                                                     \
             &(c)->lock_staff_minutes,                                                                        \
             "15",                                                                                            \
             1,                                                                                               \
             1440,                                                                                            \
             "N",                                                                                             \
             "a listener's page locks after this"},                                                           \
            {"demo-people",                                                                                   \
             SETTING_TEXT,                                                                                    \
             &(c)->demo_people,                                                                               \
             NULL,                                                                                            \
             0,                                                                                               \
             0,                                                                                               \
             "FILE",                                                                                          \
             "people who are not real; makes this a demo"},                                                   \
            {"rate-factor",                                                                                   \
             SETTING_INT,                                                                                     \
             &(c)->rate_factor,                                                                               \
             "1",                                                                                             \
             1,                                                                                               \
             1000000,                                                                                         \
             "N",                                                                                             \
             "rate limits times this: for demos and measurements only"},                                      \
            {"name", SETTING_TEXT, &(c)->name, NULL, 0, 0, "TEXT", "init: what the place is called"},         \
            {"language", SETTING_TEXT, &(c)->language, "en", 0, 0, "CODE", "init: en, de"},                   \
            {"country",                                                                                       \
             SETTING_TEXT,                                                                                    \
             &(c)->country,                                                                                   \
             "GB",                                                                                            \
             0,                                                                                               \
             0,                                                                                               \
             "CODE",                                                                                          \
             "init: whose crisis numbers come first"},                                                        \
            {"time-zone", SETTING_TEXT, &(c)->time_zone,         "Europe/London", 0,                          \
             0,           "ZONE",       "init: of opening hours"},                                            \
            {"head",                                                                                          \
             SETTING_TEXT,                                                                                    \
             &(c)->head,                                                                                      \
             NULL,                                                                                            \
             0,                                                                                               \
             0,                                                                                               \
             "COUNT:HASH",                                                                                    \
             "audit verify: a head that was kept elsewhere"},                                                 \
            {"backup", SETTING_TEXT, &(c)->backup, NULL, 0, 0, "FILE", "check: the newest backup"},           \
            {"json", SETTING_FLAG, &(c)->json, "no", 0, 0, NULL, "figures and answers as JSON"},              \
            {"help", SETTING_FLAG, &(c)->help, "no", 0, 0, NULL, "this text"},                                \
    }

void config_help(FILE *to)
{
    config none = {0};
    const setting settings[] = SETTINGS(&none);
    (void)fprintf(to, "  %-26s %s\n", "--config FILE", "key = value lines of what follows (HEARKEND_CONFIG)");
    settings_help(settings, HK_COUNT(settings), to);
}

static const char *keep(config *c, char *text)
{
    if (!text || c->owned_count == HK_COUNT(c->owned)) {
        free(text);
        return NULL;
    }
    return c->owned[c->owned_count++] = text;
}

static hk_err beside_database(config *c, const char **member, const char *ending)
{
    if (*member)
        return HK_OK;
    char *text = NULL;
    if (asprintf(&text, "%s%s", c->db, ending) < 0)
        return HK_NO_MEMORY;
    *member = keep(c, text);
    return *member ? HK_OK : HK_NO_MEMORY;
}

/* "a, b" -> its parts; without any, what a browser on this machine would show. */
static hk_err split_origins(config *c)
{
    char *text = NULL;
    const char *scheme = c->tls_certificate ? "https" : "http";
    int n = c->origin ? asprintf(&text, "%s", c->origin) : asprintf(&text, "%s://%s", scheme, c->listen);
    if (n < 0 || !keep(c, text))
        return HK_NO_MEMORY;
    size_t count = 0;
    char *rest = text, *part;
    while ((part = strsep(&rest, ", ")) != NULL) {
        if (*part == '\0')
            continue;
        if (count == CONFIG_ORIGINS_MAX)
            return HK_TOO_MUCH;
        c->origins[count++] = part;
    }
    c->origins[count] = NULL;
    return HK_OK;
}

hk_err config_load(config *c, const char *command, int *argc, char **argv)
{
    *c = (config){0};
    const setting settings[] = SETTINGS(c);
    char *file = NULL;
    settings_problem problem = {"there is no memory left."};
    hk_err err = settings_read_file("HEARKEND", argc, argv, &file, &problem);
    if (err == HK_OK && file && !keep(c, file))
        err = HK_NO_MEMORY;
    if (err == HK_OK)
        err = settings_load(settings, HK_COUNT(settings), "HEARKEND", file, argc, argv, &problem);
    if (err == HK_OK)
        err = beside_database(c, &c->key_file, "-key");
    if (err == HK_OK)
        err = beside_database(c, &c->deletions, "-deletions");
    if (err == HK_OK)
        err = beside_database(c, &c->audit_heads, "-audit");
    if (err == HK_OK)
        err = split_origins(c);
    if (err != HK_OK)
        (void)fprintf(stderr, "hearkend %s: %s\n", command, problem.words);
    return err;
}

void config_done(config *c)
{
    for (size_t i = 0; i < c->owned_count; i++)
        free(c->owned[i]);
    c->owned_count = 0;
}
