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
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "features/place/place.h"
#include "server/commands.h"

#define DISK_FREE_MIN_BYTES ((uint64_t)1 << 30)
#define BACKUP_AGE_MAX_S    (26 * 3600) /* a daily one, and some patience */
#define YEAR_2026_S         1767225600
#define ZONE_MAX            64
#define ANSWER_PATIENCE_S   2

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

/* s: NULL when it does not open. */
static finding check_database(store *s)
{
    if (!s)
        return say("database", BROKEN, "it does not open; the line above says why.");
    hk_err err = store_check(s);
    finding f = say("database", SOUND, "both files are whole.");
    if (err != HK_OK) {
        f.is = BROKEN;
        (void)snprintf(f.words, sizeof f.words, "it is damaged: restore the last backup. %.150s",
                       store_open_problem());
    }
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

static hk_err read_zone(void *ctx, store_db *db)
{
    return place_time_zone(db, ctx, ZONE_MAX);
}

/* Opening hours are in the place's own zone. */
static finding check_zones(store *s)
{
    char zone[ZONE_MAX] = "", file[128];
    if (!s || store_read_now(s, read_zone, zone) != HK_OK || !*zone)
        return say("time zones", WORTH_A_LOOK, "the place does not say in which zone it is.");
    finding f = {.about = "time zones", .is = SOUND};
    struct stat is;
    (void)snprintf(file, sizeof file, "/usr/share/zoneinfo/%s", zone);
    if (strstr(zone, "..") || stat(file, &is) != 0 || !S_ISREG(is.st_mode)) {
        f.is = WORTH_A_LOOK;
        (void)snprintf(f.words, sizeof f.words,
                       "there is no data for %s: install tzdata, or give the place a zone that exists.",
                       zone);
    } else {
        (void)snprintf(f.words, sizeof f.words, "the data for %s is there.", zone);
    }
    return f;
}

typedef enum heard { NOBODY, THIS_PLACE, ANOTHER } heard;

/* Without TLS one can ask whether it is a place that answers. */
static heard ask_health(int fd, const config *c)
{
    char text[512];
    const char *host = strstr(c->origins[0], "://");
    int n = snprintf(text, sizeof text, "GET /healthz HTTP/1.1\r\nHost: %s\r\n\r\n", host ? host + 3 : "");
    struct timeval patience = {ANSWER_PATIENCE_S, 0};
    if (n < 0 || (size_t)n >= sizeof text ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
        send(fd, text, (size_t)n, MSG_NOSIGNAL) != n)
        return ANOTHER;
    ssize_t got = recv(fd, text, sizeof text - 1, 0);
    text[got > 0 ? got : 0] = '\0';
    return strncmp(text, "HTTP/1.1 200 ", 13) == 0 ? THIS_PLACE : ANOTHER;
}

static heard who_answers(int family, const struct sockaddr *at, socklen_t at_n, const config *c)
{
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    heard who = NOBODY;
    if (fd >= 0 && connect(fd, at, at_n) == 0)
        who = c->tls_certificate ? THIS_PLACE : ask_health(fd, c);
    if (fd >= 0)
        (void)close(fd); /* what it said was read */
    return who;
}

static heard who_answers_at_port(const config *c)
{
    char host[256];
    (void)snprintf(host, sizeof host, "%s", c->listen);
    char *colon = strrchr(host, ':');
    if (!colon)
        return NOBODY;
    *colon = '\0';
    const char *name = host;
    if (*name == '[') {
        name++;
        host[strcspn(host, "]")] = '\0';
    }
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    if (getaddrinfo(name, colon + 1, &hints, &found) != 0)
        return NOBODY;
    heard who = who_answers(found->ai_family, found->ai_addr, found->ai_addrlen, c);
    freeaddrinfo(found);
    return who;
}

static heard who_answers_at_socket(const config *c)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int n = snprintf(at.sun_path, sizeof at.sun_path, "%s", c->listen + 5);
    bool fits = n > 0 && (size_t)n < sizeof at.sun_path;
    return fits ? who_answers(AF_UNIX, (const struct sockaddr *)&at, sizeof at, c) : NOBODY;
}

static finding check_port(const config *c)
{
    bool by_socket = strncmp(c->listen, "unix:", 5) == 0;
    switch (by_socket ? who_answers_at_socket(c) : who_answers_at_port(c)) {
    case THIS_PLACE:
        return say("port", SOUND, "the place answers where it should listen.");
    case ANOTHER:
        return say(
            "port", BROKEN,
            "another program answers where this place should listen, or with another origin: stop it, or "
            "say --listen and --origin as the place was started.");
    case NOBODY:
        break;
    }
    return say("port", WORTH_A_LOOK, "nobody answers there: the place is not running.");
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
    config of_backup = *c;
    of_backup.db = c->backup;
    store *opened = NULL;
    hk_err err = hkd_open(&of_backup, true, &opened);
    if (err == HK_OK)
        err = store_check(opened);
    store_close(opened);
    if (err != HK_OK)
        return say("backup", BROKEN,
                   "nothing could be restored from it: it is damaged, or no backup of a place.");
    if (time(NULL) - s.st_mtime > BACKUP_AGE_MAX_S)
        return say("backup", WORTH_A_LOOK, "it is whole, but older than a day.");
    return say("backup", SOUND, "it is whole, and from today.");
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
    store *s = NULL;
    (void)hkd_open(c, true, &s); /* says itself why not; the rest can be looked at without it */
    const finding all[] = {check_database(s), check_key(c),  check_disk(c),  check_clock(),
                           check_zones(s),    check_port(c), check_proxy(c), check_backup(c)};
    store_close(s);
    bool broken = false;
    if (c->json)
        printf("{\"findings\":[");
    for (size_t i = 0; i < HK_COUNT(all); i++) {
        print(c, &all[i], i + 1 == HK_COUNT(all));
        broken = broken || all[i].is == BROKEN;
    }
    return broken ? EXIT_WENT_WRONG : EXIT_DONE;
}
