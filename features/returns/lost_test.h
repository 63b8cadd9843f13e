/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * For the tests of returns: a scene in which the client has lost everything, and each step of coming back.
 */
#ifndef HK_FEATURES_RETURNS_LOST_TEST_H
#define HK_FEATURES_RETURNS_LOST_TEST_H

#include "features/conversations/scene_test.h"
#include "features/returns/contract.h"

/* A listener and her client, who has lost everything; and whoever types the code. */
typedef struct lost {
    scene *s;
    person *by;       /* who listens: ana, where nothing else is said */
    house_talk *view; /* her view of the scene's pair */
    char code[16];
    person back;
    return_door_body door;
    vault_member listener, candidate;
    uint8_t c[32], ra[32], rb[32];
} lost;

int lost_open(void **state); /* cmocka's set-up and tear-down */
int lost_close(void **state);
hk_err lost_offer(lost *l, person *who);
hk_err lost_type_code(lost *l, person *who, const char *code);
void lost_make_keys(lost *l, person *who, new_account_body *ret); /* as the page makes them */
hk_err lost_bring(lost *l, person *who, const new_account_body *body);
hk_err lost_answer(lost *l, const uint8_t *answer);
hk_err lost_listener_step(lost *l, const uint8_t *promise, const uint8_t *reveal);
hk_err lost_say(lost *l, bool same);
void lost_come_back(lost *l);  /* the code given and typed, the keys made */
void lost_read_words(lost *l); /* and the four words read */
vault_made_commit lost_replace_with(lost *l, const vault_account *keys);
hk_err lost_confirm_with(lost *l, person *who, const vault_made_commit *made);

#endif
