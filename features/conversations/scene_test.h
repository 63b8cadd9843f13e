/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef HK_FEATURES_CONVERSATIONS_SCENE_TEST_H
#define HK_FEATURES_CONVERSATIONS_SCENE_TEST_H

#include "features/house_test.h"

/* Two pairs in one place: what one has, the other must not reach. */
typedef struct scene {
    house *h;
    person admin, ana, ben, client, stranger;
    conversation_id pair, other;
    house_talk a, c; /* ana's and the client's view of `pair` */
} scene;

int scene_open(void **state); /* cmocka's set-up and tear-down */
int scene_close(void **state);
const char *scene_path(scene *s, const char *tail); /* of `pair` */
vault_made_commit scene_rotate(house_talk *t);      /* the next epoch with the same people */

#endif
