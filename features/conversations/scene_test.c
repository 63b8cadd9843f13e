/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/conversations/scene_test.h"

#include <stdlib.h>

int scene_open(void **state)
{
    scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->h = house_open();
    house_admin(s->h, &s->admin);
    house_staff(s->h, &s->admin, ROLE_THERAPIST, true, &s->ana);
    house_staff(s->h, &s->admin, ROLE_PEER, false, &s->ben);
    house_team(s->h, &s->ana, (person *const[]){&s->ana, &s->ben}, 2);
    house_arrive(s->h, &s->client);
    house_arrive(s->h, &s->stranger);
    s->pair = house_pair(s->h, &s->client, &s->ana);
    s->other = house_pair(s->h, &s->stranger, &s->ben);
    house_talk_open(s->h, &s->ana, s->pair, &s->a);
    house_talk_open(s->h, &s->client, s->pair, &s->c);
    *state = s;
    return 0;
}

int scene_close(void **state)
{
    scene *s = *state;
    house_close(s->h);
    free(s);
    return 0;
}

const char *scene_path(scene *s, const char *tail)
{
    return house_path(s->h, "/api/conversations/%s%s", house_id(s->h, s->pair.b), tail);
}

vault_made_commit scene_rotate(house_talk *t)
{
    static vault_made_commit made;
    vault_plan plan;
    vault_plan_from(&t->log.chain, &plan);
    must(vault_commit_make(&t->log, &plan, &made));
    return made;
}
