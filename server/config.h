/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What `hearkend` can be told: one table for the file (--config FILE or HEARKEND_CONFIG), the environment
 * (HEARKEND_...) and flags. Every command takes the same settings; it uses those that concern it.
 */
#ifndef HK_SERVER_CONFIG_H
#define HK_SERVER_CONFIG_H

#include "base/settings.h"

#define CONFIG_ORIGINS_MAX 8

typedef struct config {
    const char *db, *listen, *web, *origin, *metrics, *tls_certificate, *tls_key, *demo_people;
    const char *key_file, *deletions, *audit_heads; /* NULL in the settings: beside the database */
    int64_t readers, rate_factor, session_hours, idle_minutes, lock_client_minutes, lock_staff_minutes;
    const char *name, *language, *country, *time_zone; /* init */
    const char *head;                                  /* audit verify: COUNT:HASH kept elsewhere */
    const char *backup;                                /* check: where the last backup lies */
    bool trust_forwarded, json, help;
    const char *origins[CONFIG_ORIGINS_MAX + 1]; /* NULL-terminated; from `origin`, or made from `listen` */
    char *owned[8];                              /* texts made here; count of them in owned_count */
    size_t owned_count;
} config;

/* Reads file, environment and flags; on failure says why on standard error. Leaves the words in argc, argv.
 */
hk_err config_load(config *c, const char *command, int *argc, char **argv);
void config_help(FILE *to);
void config_done(config *c);

#endif
