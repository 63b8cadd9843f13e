/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * `hearken place`: for an administrator who prefers a terminal. Makes the place key and keeps it in a file
 * sealed by a passphrase, hands it to the place, lists who works there and signs their roster certificates.
 *
 * The key file: "HKPK" || version 1 || salt 16 || t u32 || m u32 || nonce 24 || secretbox(seed). The
 * passphrase goes through Argon2id.
 */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/settings.h"
#include "cli/commands.h"
#include "cli/device/staff.h"
#include "features/place/place.h"

#define KEY_FILE_BYTES (4 + 1 + 16 + 4 + 4 + 24 + 32 + 16)
#define SECRET_MAX     600

typedef struct place_options {
    const char *file, *url, *handle, *secret_key;
    bool lead, want_help;
} place_options;

/* A secret from the environment, or typed without showing it. */
static hk_err read_secret(const char *variable, const char *prompt, char ret[static SECRET_MAX])
{
    const char *given = getenv(variable);
    if (given) {
        int n = snprintf(ret, SECRET_MAX, "%s", given);
        return n > 0 && n < SECRET_MAX ? HK_OK : HK_BAD;
    }
    struct termios shown, hidden;
    bool terminal = tcgetattr(STDIN_FILENO, &shown) == 0;
    if (terminal) {
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        (void)fprintf(stderr, "%s: ", prompt);
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden); /* it would be shown, nothing worse */
    }
    bool got = fgets(ret, SECRET_MAX, stdin) != NULL;
    if (terminal) {
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown); /* as it was */
        (void)fprintf(stderr, "\n");
    }
    if (!got)
        return HK_BAD;
    ret[strcspn(ret, "\n")] = '\0';
    return *ret ? HK_OK : HK_BAD;
}

static hk_err derive(const char *passphrase, const uint8_t salt[static 16], uint32_t t, uint32_t m,
                     uint8_t ret[static 32])
{
    if (t < VAULT_T_MIN || t > VAULT_T_MAX || m < VAULT_M_MIN_BYTES || m > VAULT_M_MAX_BYTES)
        return HK_REFUSED;
    return crypto_pwhash(ret, 32, passphrase, strlen(passphrase), salt, t, m, crypto_pwhash_ALG_ARGON2ID13) ==
                   0
               ? HK_OK
               : HK_NO_MEMORY;
}

static hk_err seal_key(const vault_place *key, const char *passphrase, uint8_t ret[static KEY_FILE_BYTES])
{
    uint8_t salt[16], nonce[24], wrap[32], box[48];
    randombytes_buf(salt, sizeof salt);
    randombytes_buf(nonce, sizeof nonce);
    HK_TRY(derive(passphrase, salt, VAULT_T_DEFAULT, VAULT_M_DEFAULT, wrap));
    crypto_secretbox_easy(box, key->seed, sizeof key->seed, nonce, wrap);
    sodium_memzero(wrap, sizeof wrap);
    hk_writer w = hk_writer_of(ret, KEY_FILE_BYTES);
    hk_write_slice(&w, HK_LIT("HKPK"));
    hk_write_u8(&w, 1);
    hk_write_bytes(&w, salt, sizeof salt);
    hk_write_u32(&w, VAULT_T_DEFAULT);
    hk_write_u32(&w, VAULT_M_DEFAULT);
    hk_write_bytes(&w, nonce, sizeof nonce);
    hk_write_bytes(&w, box, sizeof box);
    return w.bad ? HK_BAD : HK_OK;
}

static hk_err open_key(hk_slice file, const char *passphrase, vault_place *ret)
{
    hk_reader r = hk_reader_of(file);
    uint8_t salt[16], nonce[24], wrap[32], seed[32];
    if (!hk_slice_eq(hk_read_bytes(&r, 4), HK_LIT("HKPK")) || hk_read_u8(&r) != 1)
        return HK_BAD;
    hk_read_into(&r, salt, sizeof salt);
    uint32_t t = hk_read_u32(&r), m = hk_read_u32(&r);
    hk_read_into(&r, nonce, sizeof nonce);
    hk_slice box = hk_read_bytes(&r, sizeof seed + 16);
    if (!hk_reader_finished(&r))
        return HK_BAD;
    HK_TRY(derive(passphrase, salt, t, m, wrap));
    bool opened = crypto_secretbox_open_easy(seed, box.p, box.n, nonce, wrap) == 0;
    sodium_memzero(wrap, sizeof wrap);
    if (!opened)
        return HK_REFUSED;
    vault_place_derive(seed, ret);
    sodium_memzero(seed, sizeof seed);
    return HK_OK;
}

static hk_err load_key(const place_options *o, vault_place *ret)
{
    uint8_t bytes[KEY_FILE_BYTES + 1];
    FILE *f = fopen(o->file, "rb");
    size_t n = f ? fread(bytes, 1, sizeof bytes, f) : 0;
    if (f)
        (void)fclose(f); /* only read */
    else
        (void)fprintf(stderr, "hearken place: the key file cannot be opened: %s.\n", strerror(errno));
    if (!f)
        return HK_NOT_THERE;
    char passphrase[SECRET_MAX];
    hk_err err = read_secret("HEARKEN_PASSPHRASE", "Passphrase of the place key", passphrase);
    if (err == HK_OK)
        err = open_key(hk_slice_of(bytes, n), passphrase, ret);
    sodium_memzero(passphrase, sizeof passphrase);
    if (err == HK_REFUSED)
        (void)fprintf(stderr, "hearken place: this passphrase does not open the key file.\n");
    else if (err != HK_OK)
        (void)fprintf(stderr, "hearken place: this is no key file of ours, or no passphrase was given.\n");
    return err;
}

/* Fingerprints are read aloud and compared: groups of four hexadecimal digits. */
static void print_fingerprint(const uint8_t fp[static VAULT_HASH_BYTES])
{
    for (size_t i = 0; i < 16; i += 2)
        printf("%s%02x%02x", i ? " " : "", fp[i], fp[i + 1]);
    printf("\n");
}

static void print_place(const vault_place *key)
{
    uint8_t fp[VAULT_HASH_BYTES];
    vault_place_fingerprint(key->pk, fp);
    printf("The place key's fingerprint: ");
    print_fingerprint(fp);
}

static int make(const place_options *o)
{
    char passphrase[SECRET_MAX];
    uint8_t bytes[KEY_FILE_BYTES];
    vault_place key;
    if (read_secret("HEARKEN_PASSPHRASE", "A passphrase for the place key (15 characters or more)",
                    passphrase) != HK_OK ||
        strlen(passphrase) < 15) {
        (void)fprintf(stderr,
                      "hearken place: the passphrase has at least 15 characters. Nothing was made.\n");
        return EXIT_ASKED_WRONGLY;
    }
    vault_place_make(&key);
    hk_err err = seal_key(&key, passphrase, bytes);
    sodium_memzero(passphrase, sizeof passphrase);
    int fd = err == HK_OK ? open(o->file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    bool kept = fd >= 0 && write(fd, bytes, sizeof bytes) == (ssize_t)sizeof bytes && fsync(fd) == 0;
    if (fd >= 0 && close(fd) != 0)
        kept = false;
    if (kept) {
        print_place(&key);
        printf("Put it on the place's paper. Keep the file and the passphrase in two different places; who "
               "has both can "
               "vouch for false listeners.\n");
    } else {
        (void)fprintf(stderr,
                      "hearken place: the key file could not be written: %s. An old one is never "
                      "overwritten.\n",
                      strerror(errno));
    }
    vault_place_wipe(&key);
    return kept ? EXIT_DONE : EXIT_WENT_WRONG;
}

static int show(const place_options *o)
{
    vault_place key;
    if (load_key(o, &key) != HK_OK)
        return EXIT_WENT_WRONG;
    print_place(&key);
    vault_place_wipe(&key);
    return EXIT_DONE;
}

static hk_err sign_in(const place_options *o, device **ret)
{
    if (!o->handle) {
        (void)fprintf(stderr, "hearken place: say who you are, with --handle and --secret-key.\n");
        return HK_BAD;
    }
    char password[SECRET_MAX];
    HK_TRY(device_new(o->url, ret));
    HK_TRY(read_secret("HEARKEN_PASSWORD", "Your password at the place", password));
    hk_err err = device_sign_in(*ret, o->handle, password, o->secret_key);
    sodium_memzero(password, sizeof password);
    if (err != HK_OK)
        (void)fprintf(stderr, "hearken place: signing in did not work. %s\n", device_problem(*ret));
    return err;
}

static hk_err give(const place_options *o, device *admin, const vault_place *key, const char *who)
{
    (void)o;
    (void)who;
    hk_err err = staff_give_place_key(admin, key);
    if (err == HK_OK)
        printf("The place has its key now.\n");
    return err;
}

static void print_member(const staff_item *m)
{
    char id[23] = {0};
    uint8_t fp[VAULT_HASH_BYTES];
    hk_b64_encode(HK_ID_SLICE(m->account), id);
    vault_fingerprint(&m->account, m->ik, fp);
    printf("%s  %-11s %-9s %.*s\n  ", id, ROLE_WORDS[m->role],
           m->disabled    ? "disabled"
           : m->certified ? (m->lead ? "lead" : "certified")
                          : "waiting",
           (int)m->name.n, (const char *)m->name.p);
    print_fingerprint(fp);
}

static hk_err list(const place_options *o, device *admin, const vault_place *key, const char *who)
{
    (void)o;
    (void)key;
    (void)who;
    staff_body staff = {0};
    HK_TRY(staff_list(admin, &staff));
    const staff_item *items = staff.staff.items;
    for (size_t i = 0; i < staff.staff.count; i++)
        print_member(&items[i]);
    return HK_OK;
}

static hk_err certify(const place_options *o, device *admin, const vault_place *key, const char *who)
{
    uint8_t id[HK_ID_BYTES];
    size_t n = 0;
    if (hk_b64_decode(hk_slice_z(who), id, sizeof id, &n) != HK_OK || n != sizeof id) {
        (void)fprintf(stderr, "hearken place: name the account as `hearken place list` prints it.\n");
        return HK_BAD;
    }
    staff_body staff = {0};
    HK_TRY(staff_list(admin, &staff));
    const staff_item *items = staff.staff.items;
    for (size_t i = 0; i < staff.staff.count; i++) {
        if (memcmp(items[i].account.b, id, sizeof id) != 0)
            continue;
        staff_item copy = items[i];
        print_member(&copy);
        HK_TRY(staff_certify(admin, key, &copy, o->lead, (uint32_t)(device_now_ms() / 1000)));
        printf("Certified for %d days.\n", STAFF_CERTIFICATE_DAYS);
        return HK_OK;
    }
    return HK_NOT_THERE;
}

static int with_place(const place_options *o, const char *who,
                      hk_err (*act)(const place_options *, device *, const vault_place *, const char *))
{
    device *admin = NULL;
    vault_place key;
    if (load_key(o, &key) != HK_OK)
        return EXIT_WENT_WRONG;
    hk_err err = sign_in(o, &admin);
    if (err == HK_OK) {
        err = act(o, admin, &key, who);
        if (err != HK_OK)
            (void)fprintf(stderr, "hearken place: it did not work (%s). %s\n", hk_err_name(err),
                          device_problem(admin));
    }
    device_free(admin);
    vault_place_wipe(&key);
    return err == HK_OK ? EXIT_DONE : EXIT_WENT_WRONG;
}

static void help(const setting *settings, size_t count)
{
    printf(
        "hearken place - make and keep the place key, and sign roster certificates with it\n\n"
        "  new                 make the key and seal it into the file\n"
        "  show                print its fingerprint\n"
        "  give                hand it to the place, once, as its administrator\n"
        "  list                who works there, with fingerprints\n"
        "  certify ACCOUNT     vouch for one of them (--lead: they may also certify the team's key)\n\n"
        "Passphrase and password are asked for, or taken from HEARKEN_PASSPHRASE and HEARKEN_PASSWORD.\n\n");
    settings_help(settings, count, stdout);
}

int hk_cmd_place(int argc, char **argv, char *file)
{
    place_options o = {0};
    const setting settings[] = {
        {"file", SETTING_TEXT, &o.file, "place-key", 0, 0, "FILE", "the sealed key"},
        {"url", SETTING_TEXT, &o.url, "http://127.0.0.1:8080", 0, 0, "URL", "the place"},
        {"handle", SETTING_TEXT, &o.handle, NULL, 0, 0, "HANDLE", "the administrator's"},
        {"secret-key", SETTING_TEXT, &o.secret_key, NULL, 0, 0, "TEXT", "from the administrator's sheet"},
        {"lead", SETTING_FLAG, &o.lead, "no", 0, 0, NULL, "certify: as a lead of the team"},
        {"help", SETTING_FLAG, &o.want_help, "no", 0, 0, NULL, "this text"},
    };
    settings_problem problem;
    if (settings_load(settings, HK_COUNT(settings), "HEARKEN", file, &argc, argv, &problem) != HK_OK) {
        (void)fprintf(stderr, "hearken place: %s\n", problem.words);
        return EXIT_ASKED_WRONGLY;
    }
    const char *word = argc > 1 ? argv[1] : "";
    if (o.want_help) {
        help(settings, HK_COUNT(settings));
        return EXIT_DONE;
    }
    if (strcmp(word, "new") == 0 && argc == 2)
        return make(&o);
    if (strcmp(word, "show") == 0 && argc == 2)
        return show(&o);
    if (strcmp(word, "give") == 0 && argc == 2)
        return with_place(&o, NULL, give);
    if (strcmp(word, "list") == 0 && argc == 2)
        return with_place(&o, NULL, list);
    if (strcmp(word, "certify") == 0 && argc == 3)
        return with_place(&o, argv[2], certify);
    (void)fprintf(stderr, "hearken place: say new, show, give, list or certify ACCOUNT. --help says more.\n");
    return EXIT_ASKED_WRONGLY;
}
