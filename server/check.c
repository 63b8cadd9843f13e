/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * `hearkend check`: in plain words, is this place sound? Each question has an answer and, when it is no, what
 * to do.
 */
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "server/commands.h"

#define DISK_FREE_MIN_BYTES ((uint64_t)1 << 30)
#define BACKUP_AGE_MAX_S    (26 * 3600) /* a daily one, and some patience */
#define YEAR_2026_S         1767225600

typedef enum answer { SOUND, WORTH_A_LOOK, BROKEN } answer;

typedef struct finding {
    const char *about;
    answer is;
    char words[240];
} finding;

static finding say(const char *about, answer is, const char *words)
{
    finding f = {.about = about, .is = is};
    (void)snprintf(f.words, sizeof f.words, "%s", words);
    return f;
}

static finding check_database(const config *c)
{
    store *s = NULL;
    if (hkd_open(c, true, &s) != HK_OK)
        return say("database", BROKEN, "it does not open; the line above says why.");
    hk_err err = store_check(s);
    finding f = say("database", SOUND, "both files are whole.");
    if (err != HK_OK) {
        f.is = BROKEN;
        (void)snprintf(f.words, sizeof f.words, "it is damaged: restore the last backup. %.150s",
                       store_open_problem());
    }
    store_close(s);
    return f;
}

static finding check_disk(const config *c)
{
    char folder[4096];
    (void)snprintf(folder, sizeof folder, "%s", c->db);
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = '\0';
    else
        (void)snprintf(folder, sizeof folder, ".");
    struct statvfs v;
    if (statvfs(*folder ? folder : "/", &v) != 0)
        return say("disk", BROKEN, "the folder of the database cannot be looked at.");
    uint64_t left = (uint64_t)v.f_bavail * v.f_frsize;
    finding f = {.about = "disk", .is = left >= DISK_FREE_MIN_BYTES ? SOUND : WORTH_A_LOOK};
    (void)snprintf(f.words, sizeof f.words, "%llu MiB are free%s.", (unsigned long long)(left >> 20),
                   f.is == SOUND
                       ? ""
                       : ": make room before it is full; a full disk stops people's words from being kept");
    return f;
}

static finding check_clock(void)
{
    struct timex t = {0};
    int state = adjtimex(&t);
    if (time(NULL) < YEAR_2026_S)
        return say("clock", BROKEN, "it is years behind: certificates and deadlines go wrong. Set it.");
    if (state == TIME_ERROR || (t.status & STA_UNSYNC))
        return say("clock", WORTH_A_LOOK,
                   "nothing keeps it right: run a time service, for example chrony or systemd-timesyncd.");
    return say("clock", SOUND, "it is kept right.");
}

static finding check_zones(void)
{
    struct stat s;
    if (stat("/usr/share/zoneinfo/Europe/London", &s) != 0)
        return say("time zones", WORTH_A_LOOK, "the time zone data is missing: install tzdata.");
    return say("time zones", SOUND, "the data is there.");
}

/* Somebody answers where the place should listen: then it runs, or another program has the port. */
static bool somebody_answers(const char *listen)
{
    char host[256];
    (void)snprintf(host, sizeof host, "%s", listen);
    char *colon = strrchr(host, ':');
    if (!colon)
        return false;
    *colon = '\0';
    const char *name = host;
    if (*name == '[') {
        name++;
        host[strcspn(host, "]")] = '\0';
    }
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    if (getaddrinfo(name, colon + 1, &hints, &found) != 0)
        return false;
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool yes = fd >= 0 && connect(fd, found->ai_addr, found->ai_addrlen) == 0;
    if (fd >= 0)
        (void)close(fd); /* nothing was sent */
    freeaddrinfo(found);
    return yes;
}

static finding check_port(const config *c)
{
    struct stat s;
    if (strncmp(c->listen, "unix:", 5) == 0) {
        bool there = stat(c->listen + 5, &s) == 0 && S_ISSOCK(s.st_mode);
        return say("port", there ? SOUND : WORTH_A_LOOK,
                   there ? "the socket for the proxy is there."
                         : "the socket for the proxy is not there: nobody serves.");
    }
    bool yes = somebody_answers(c->listen);
    return say("port", yes ? SOUND : WORTH_A_LOOK,
               yes ? "somebody answers where this place listens."
                   : "nobody answers there: the place is not running.");
}

static finding check_proxy(const config *c)
{
    bool proxied = strncmp(c->listen, "unix:", 5) == 0;
    bool https = strncmp(c->origins[0], "https://", 8) == 0;
    if (!https && strstr(c->origins[0], "://127.0.0.1") == NULL &&
        strstr(c->origins[0], "://localhost") == NULL)
        return say("proxy", BROKEN,
                   "people would come by http, which anybody on their way can read and change: use https.");
    if (proxied && !c->trust_forwarded)
        return say("proxy", WORTH_A_LOOK,
                   "behind a proxy, say trust-forwarded = yes: otherwise all people share one rate limit.");
    if (!proxied && c->trust_forwarded)
        return say("proxy", BROKEN,
                   "trust-forwarded without a proxy lets anybody pretend to be at another address.");
    return say("proxy", SOUND, proxied ? "a proxy stands in front." : "no proxy is needed here.");
}

static finding check_key(const config *c)
{
    uint8_t key[32];
    hk_err err = hkd_key(c, false, key);
    explicit_bzero(key, sizeof key);
    struct stat s;
    if (err == HK_OK && stat(c->key_file, &s) == 0 && (s.st_mode & 077))
        return say("key file", WORTH_A_LOOK, "others on this machine can read it: make it mode 600.");
    return err == HK_OK ? say("key file", SOUND, "it is there. Keep a copy apart from the backups.")
                        : say("key file", BROKEN, "without it nobody can sign in; the line above says more.");
}

static finding check_backup(const config *c)
{
    struct stat s;
    if (!c->backup)
        return say("backup", WORTH_A_LOOK,
                   "say where the newest one lies (--backup FILE), and it will be looked at.");
    if (stat(c->backup, &s) != 0)
        return say("backup", BROKEN,
                   "there is none. `hearkend backup FILE` writes one while the place runs.");
    if (time(NULL) - s.st_mtime > BACKUP_AGE_MAX_S)
        return say("backup", WORTH_A_LOOK, "it is older than a day.");
    return say("backup", SOUND, "it is from today.");
}

static void print(const config *c, const finding *f, bool last)
{
    static const char *const WORD[] = {"sound", "look", "BROKEN"};
    if (c->json)
        printf("{\"about\":\"%s\",\"is\":\"%s\"}%s", f->about, WORD[f->is], last ? "]}\n" : ",");
    else
        printf("%-7s %-11s %s\n", WORD[f->is], f->about, f->words);
}

int hkd_check(const config *c, int argc, char **argv)
{
    (void)argv;
    if (argc > 1) {
        (void)fprintf(stderr, "hearkend check: it takes options only.\n");
        return EXIT_ASKED_WRONGLY;
    }
    const finding all[] = {check_database(c), check_key(c),  check_disk(c),  check_clock(),
                           check_zones(),     check_port(c), check_proxy(c), check_backup(c)};
    bool broken = false;
    if (c->json)
        printf("{\"findings\":[");
    for (size_t i = 0; i < HK_COUNT(all); i++) {
        print(c, &all[i], i + 1 == HK_COUNT(all));
        broken = broken || all[i].is == BROKEN;
    }
    return broken ? EXIT_WENT_WRONG : EXIT_DONE;
}
