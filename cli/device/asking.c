/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Asking to be heard, and accepting: first words to a team that is certified from the place key down, and the
 * first commit that answers them.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/device/steps.h"
#include "features/requests/contract.h"
#include "features/staff/contract.h"

hk_err device_place(device *d, place_body *ret)
{
    HK_TRY(http_call(d->http, "GET", "/api/place", NULL, NULL, &PLACE, &d->arena, ret));
    static const uint8_t NONE[VAULT_KEY_BYTES];
    if (memcmp(ret->place_key, NONE, sizeof NONE) == 0)
        return device_refuse(d, HK_BUSY,
                             "This place is not set up yet: its administrator has made no place key.");
    if (memcmp(d->place_key, NONE, sizeof NONE) == 0)
        memcpy(d->place_key, ret->place_key, sizeof d->place_key); /* first use */
    if (memcmp(d->place_key, ret->place_key, sizeof d->place_key) != 0)
        return device_refuse(d, HK_REFUSED,
                             "This place shows another place key than before. Nothing was sent.");
    return HK_OK;
}

static hk_err check_team(device *d)
{
    place_body place = {0};
    HK_TRY(device_place(d, &place));
    if (!place.has_team)
        return device_refuse(d, HK_BUSY, "No team answers at this place yet.");
    if (vault_team_check(place.team.certificate, place.team.lead_certificate, place.place_key,
                         device_now_ms(), d->team.serial, &d->team) != HK_OK)
        return device_refuse(d, HK_REFUSED, "The team's key is not vouched for. Nothing was sent.");
    return HK_OK;
}

/* The opening: wish u8 || channel u8 || name length u8 || name || text. */
static hk_err write_opening(device *d, hk_slice name, hk_slice text, hk_slice *ret)
{
    size_t n = 3 + name.n + text.n;
    if (name.n > VAULT_NAME_MAX || n > VAULT_CONTENT_MAX)
        return device_refuse(d, HK_TOO_MUCH, "These words are longer than one message holds.");
    uint8_t *p = hk_arena_get(&d->arena, n);
    if (!p)
        return HK_NO_MEMORY;
    hk_writer w = hk_writer_of(p, n);
    hk_write_u8(&w, 0);
    hk_write_u8(&w, 0);
    hk_write_u8(&w, (uint8_t)name.n);
    hk_write_slice(&w, name);
    hk_write_slice(&w, text);
    *ret = hk_writer_done(&w);
    return HK_OK;
}

hk_err device_ask(device *d, hk_slice name, hk_slice text, conversation_id *ret)
{
    device_step(d);
    HK_TRY(check_team(d));
    vault_words words = {.time_ms = device_now_ms(), .kind = VAULT_BODY_PRESENCE};
    HK_TRY(write_opening(d, name, text, &words.content));
    vault_make_id(words.mid.b);
    conversation_id conversation;
    vault_make_id(conversation.b);
    uint8_t *sealed = hk_arena_get(&d->arena, VAULT_FIRST_BYTES_MAX);
    if (!sealed)
        return HK_NO_MEMORY;
    size_t n = 0;
    HK_TRY(vault_first_seal(&d->me, &conversation, &d->team, &words, sealed, VAULT_FIRST_BYTES_MAX, &n));
    ask_body body = {.first_words = hk_slice_of(sealed, n)};
    request_body request = {0};
    HK_TRY(http_call(d->http, "POST", "/api/requests", &ASK, &body, &REQUEST, &d->arena, &request));
    *ret = conversation;
    return HK_OK;
}

hk_err device_take_team_key(device *d)
{
    device_step(d);
    HK_TRY(check_team(d));
    team_key_body key = {0};
    HK_TRY(http_call(d->http, "GET", "/api/team/key", NULL, NULL, &TEAM_KEY, &d->arena, &key));
    if (key.wrap.n == 0)
        return device_refuse(d, HK_BUSY, "The team's key has not been wrapped for this listener yet.");
    if (vault_team_unwrap(&d->me, key.wrap, &d->team, &d->team_key) != HK_OK)
        return device_refuse(d, HK_REFUSED, "The team's key does not open: it is not the certified one.");
    d->has_team_key = true;
    return HK_OK;
}

static hk_err find_waiting(device *d, const conversation_id *conversation, waiting_item *ret)
{
    waiting_body waiting = {0};
    HK_TRY(http_call(d->http, "GET", "/api/requests", NULL, NULL, &WAITING, &d->arena, &waiting));
    const waiting_item *items = waiting.requests.items;
    for (size_t i = 0; i < waiting.requests.count; i++)
        if (HK_ID_EQ(items[i].conversation, *conversation)) {
            *ret = items[i];
            return HK_OK;
        }
    return device_refuse(d, HK_NOT_THERE, "Nobody waits with this request any more.");
}

/* The genesis for the client of these words: exactly the two, firstHash their hash. */
static hk_err make_genesis(device *d, hk_slice first_words, vault_made_commit *ret)
{
    vault_first_words first;
    HK_TRY(vault_first_words_parse(first_words, &first));
    uint8_t hash[VAULT_HASH_BYTES];
    vault_first_words_hash(first_words, hash);
    vault_plan plan = {0};
    vault_member me;
    vault_account_member(&d->me, VAULT_ROLE_LISTENER, &me);
    HK_TRY(vault_plan_put(&plan, &first.from));
    HK_TRY(vault_plan_put(&plan, &me));
    return vault_genesis_make(&d->me, &first.conv, VAULT_KIND_PAIR, hash, &plan, ret);
}

static hk_err hand_in_genesis(device *d, const conversation_id *conversation, const vault_made_commit *made)
{
    wrap_item *wraps = hk_arena_get_array(&d->arena, made->wrap_count, sizeof *wraps);
    if (!wraps)
        return HK_NO_MEMORY;
    for (size_t i = 0; i < made->wrap_count; i++)
        wraps[i] = (wrap_item){made->wrap_for[i], hk_slice_of(made->wraps[i], VAULT_WRAP_BYTES)};
    accept_body body = {hk_slice_of(made->bytes, made->n), {wraps, made->wrap_count}};
    const char *path;
    HK_TRY(device_path(d, "/api/requests/", conversation->b, "/accept", &path));
    accepted_body accepted = {0};
    return http_call(d->http, "POST", path, &ACCEPT, &body, &ACCEPTED, &d->arena, &accepted);
}

hk_err device_accept(device *d, const conversation_id *conversation)
{
    device_step(d);
    waiting_item item = {0};
    HK_TRY(find_waiting(d, conversation, &item));
    uint8_t *buffer = hk_arena_get(&d->arena, VAULT_PADDED_MAX);
    vault_made_commit *made = hk_arena_get(&d->arena, sizeof *made);
    if (!buffer || !made)
        return HK_NO_MEMORY;
    vault_words words;
    if (vault_first_open(&d->team_key, item.first_words, buffer, VAULT_PADDED_MAX, &words) != HK_OK)
        return device_refuse(d, HK_REFUSED, "These first words could not be verified.");
    HK_TRY(make_genesis(d, item.first_words, made));
    return hand_in_genesis(d, conversation, made);
}
