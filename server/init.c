/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * `hearkend init`: makes the place and prints the first administrator's invitation. There is no place key yet
 * and no inviter, so both fingerprints in it are zero: whoever holds this line becomes the administrator.
 */
#include <sodium.h>
#include <string.h>
#include <time.h>

#include "features/invitations/invitations.h"
#include "features/place/place.h"
#include "server/commands.h"
#include "vault/public.h"

#define INVITE_DAYS 7

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

typedef struct making {
    const config *c;
    uint8_t stored[VAULT_HASH_BYTES];
    int64_t now_ms;
} making;

static hk_err make(void *ctx, store_db *db)
{
    making *m = ctx;
    HK_TRY(place_make(db, hk_slice_z(m->c->name), hk_slice_z(m->c->language), hk_slice_z(m->c->country),
                      hk_slice_z(m->c->time_zone)));
    return invitation_first(db, m->stored, m->now_ms, m->now_ms + (int64_t)INVITE_DAYS * 24 * 3600 * 1000);
}

/* The text behind the #, as FORMAT.md has it, and what the database keeps of its token. */
static void draw_invitation(char ret_text[static VAULT_INVITE_TEXT + 1],
                            uint8_t ret_stored[static VAULT_HASH_BYTES])
{
    uint8_t bytes[HK_ID_BYTES + 2 * VAULT_HASH_BYTES] = {0}, token[VAULT_HASH_BYTES];
    uint8_t hashed[VAULT_DOMAIN_BYTES + HK_ID_BYTES] = VAULT_D_INV_TOKEN;
    randombytes_buf(bytes, HK_ID_BYTES);
    memcpy(hashed + VAULT_DOMAIN_BYTES, bytes, HK_ID_BYTES);
    crypto_generichash(token, sizeof token, hashed, sizeof hashed, NULL, 0);
    vault_invite_stored(token, ret_stored);
    memcpy(ret_text, "1.", 2);
    hk_b64_encode(hk_slice_of(bytes, sizeof bytes), ret_text + 2);
    ret_text[VAULT_INVITE_TEXT] = '\0';
    sodium_memzero(bytes, sizeof bytes);
    sodium_memzero(hashed, sizeof hashed);
    sodium_memzero(token, sizeof token);
}

int hkd_init(const config *c, int argc, char **argv)
{
    (void)argv;
    if (argc > 1 || !c->name || !*c->name) {
        (void)fprintf(stderr, "hearkend init: say what the place is called, with --name \"...\".\n");
        return EXIT_ASKED_WRONGLY;
    }
    uint8_t key[32];
    char invitation[VAULT_INVITE_TEXT + 1];
    making m = {.c = c, .now_ms = now_ms()};
    draw_invitation(invitation, m.stored);
    store *s = NULL;
    hk_err err = hkd_open(c, false, &s);
    if (err == HK_OK)
        err = hkd_key(c, true, key);
    sodium_memzero(key, sizeof key);
    if (err == HK_OK) {
        err = store_write_now(s, make, &m);
        if (err == HK_CONFLICT)
            (void)fprintf(stderr, "hearkend init: this database is a place already. Nothing was changed.\n");
        else if (err != HK_OK)
            (void)fprintf(stderr, "hearkend init: the place could not be made (%s).\n", hk_err_name(err));
    }
    store_close(s);
    if (err != HK_OK)
        return EXIT_WENT_WRONG;
    if (c->json)
        printf("{\"invitation\":\"%s\",\"link\":\"%s/join#%s\"}\n", invitation, c->origins[0], invitation);
    else
        printf("The place is made. Its first administrator opens this link, once, within %d days:\n\n  "
               "%s/join#%s\n\n"
               "Whoever opens it becomes the administrator: give it to nobody else.\n",
               INVITE_DAYS, c->origins[0], invitation);
    return EXIT_DONE;
}
