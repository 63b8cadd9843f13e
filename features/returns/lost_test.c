/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/returns/lost_test.h"

#include <sodium.h>
#include <stdlib.h>

int lost_open(void **state)
{
    lost *l = calloc(1, sizeof *l);
    assert_non_null(l);
    scene_open((void **)&l->s);
    l->by = &l->s->ana;
    l->view = &l->s->a;
    *state = l;
    return 0;
}

int lost_close(void **state)
{
    lost *l = *state;
    scene_close((void **)&l->s);
    free(l);
    return 0;
}

hk_err lost_offer(lost *l, person *who)
{
    return_code_body body;
    HK_TRY(house_post(l->s->h, who, scene_path(l->s, "/return"), &SHAPE_NOTHING, "", &RETURN_CODE, &body));
    house_keep_token(l->code, sizeof l->code, body.code);
    return HK_OK;
}

hk_err lost_type_code(lost *l, person *who, const char *code)
{
    return house_post(l->s->h, who, "/api/returns", &RETURN_COME, &((return_come_body){hk_slice_z(code)}),
                      &RETURN_DOOR, &l->door);
}

/* Keys for the door, as the page makes them. */
void lost_make_keys(lost *l, person *who, new_account_body *ret)
{
    arrival_body arrival = {l->door.account, l->door.handle, l->door.challenge};
    house_new_account(l->s->h, who, &arrival, RECORD_DEVICE, ret);
    must(vault_account_make_again(&l->door.account, (uint32_t)l->door.ek_serial, &who->me));
    record_body *records = hk_arena_get(&l->s->h->arena, sizeof *records);
    uint8_t *signature = hk_arena_get(&l->s->h->arena, VAULT_SIGNATURE_BYTES);
    uint8_t *identity = hk_arena_get(&l->s->h->arena, VAULT_IDENTITY_BYTES);
    house_record(l->s->h, who, RECORD_DEVICE, (uint32_t)l->door.record_serial, records);
    must(vault_identity_seal(&who->me, identity));
    must(vault_login_sign(HK_LIT(HOUSE_HOST), l->door.handle, VAULT_UNLOCK_DEVICE, l->door.challenge.p,
                          who->r[RECORD_DEVICE], signature));
    ret->records = (shape_list){records, 1};
    ret->signature = hk_slice_of(signature, VAULT_SIGNATURE_BYTES);
    ret->identity = hk_slice_of(identity, VAULT_IDENTITY_BYTES);
    ret->ek_serial = who->me.eks[0].serial;
    ret->ek_certificate = hk_slice_of(who->me.eks[0].cert, VAULT_SIGNATURE_BYTES);
    memcpy(ret->ik, who->me.ik, sizeof ret->ik);
    memcpy(ret->ek, who->me.eks[0].pk, sizeof ret->ek);
}

hk_err lost_bring(lost *l, person *who, const new_account_body *body)
{
    return house_post(l->s->h, who, "/api/returns/keys", &NEW_ACCOUNT, body, NULL, NULL);
}

hk_err lost_answer(lost *l, const uint8_t *answer)
{
    return_step_body body = {.answer = hk_slice_of(answer, 32)};
    return house_call(l->s->h, &l->back, "PUT", "/api/returns", &RETURN_STEP, &body, NULL, NULL);
}

hk_err lost_listener_step(lost *l, const uint8_t *promise, const uint8_t *reveal)
{
    return_step_body body = {.promise = hk_slice_of(promise, promise ? 32 : 0),
                             .reveal = hk_slice_of(reveal, reveal ? 32 : 0)};
    return house_call(l->s->h, l->by, "PUT", scene_path(l->s, "/return"), &RETURN_STEP, &body, NULL, NULL);
}

hk_err lost_say(lost *l, bool same)
{
    return house_post(l->s->h, &l->back, "/api/returns/said", &RETURN_SAID, &((return_said_body){same}), NULL,
                      NULL);
}

/* The code given and typed, the keys made. */
void lost_come_back(lost *l)
{
    new_account_body keys;
    must(lost_offer(l, l->by));
    must(lost_type_code(l, &l->back, l->code));
    lost_make_keys(l, &l->back, &keys);
    must(lost_bring(l, &l->back, &keys));
}

/* And the four words read. */
void lost_read_words(lost *l)
{
    uint16_t hers[4], theirs[4];
    return_seen_body seen;
    return_going_body going;
    randombytes_buf(l->ra, sizeof l->ra);
    randombytes_buf(l->rb, sizeof l->rb);
    must(house_get(l->s->h, l->by, scene_path(l->s, "/return"), &RETURN_SEEN, &seen));
    assert_int_equal(seen.state, RETURN_MET);
    l->candidate = (vault_member){
        .account = seen.client, .ek_serial = (uint32_t)seen.ek_serial, .role = VAULT_ROLE_CLIENT};
    memcpy(l->candidate.ik, seen.ik, 32);
    memcpy(l->candidate.ek, seen.ek, 32);
    memcpy(l->candidate.ek_cert, seen.ek_certificate.p, 64);
    must(vault_member_check(&l->candidate));
    vault_account_member(&l->by->me, VAULT_ROLE_LISTENER, &l->listener);
    assert_memory_equal(l->listener.ik, l->door.listener_ik, 32);
    assert_memory_equal(l->listener.ek, l->door.listener_ek, 32);
    vault_spoken_commit(&l->s->pair, &l->listener, &l->candidate, l->ra, l->c);
    must(lost_listener_step(l, l->c, NULL));
    must(house_get(l->s->h, &l->back, "/api/returns", &RETURN_GOING, &going));
    assert_memory_equal(going.promise.p, l->c, 32);
    must(lost_answer(l, l->rb));
    must(lost_listener_step(l, NULL, l->ra));
    must(house_get(l->s->h, &l->back, "/api/returns", &RETURN_GOING, &going));
    must(vault_spoken_words(&l->s->pair, &l->listener, &l->candidate, l->c, l->ra, l->rb, hers));
    must(vault_spoken_words(&l->s->pair, &l->candidate, &l->listener, going.promise.p, going.reveal.p, l->rb,
                            theirs));
    assert_memory_equal(hers, theirs, sizeof hers);
}

vault_made_commit lost_replace_with(lost *l, const vault_account *keys)
{
    static vault_made_commit made;
    vault_plan plan;
    vault_member m;
    vault_plan_from(&l->view->log.chain, &plan);
    vault_account_member(keys, VAULT_ROLE_CLIENT, &m);
    must(vault_plan_put(&plan, &m));
    plan.flags = VAULT_FLAG_REPLACE;
    must(vault_commit_make(&l->view->log, &plan, &made));
    return made;
}

hk_err lost_confirm_with(lost *l, person *who, const vault_made_commit *made)
{
    static uint8_t older[VAULT_WRAP_BYTES];
    static older_wrap one;
    wrap_item *wraps = hk_arena_get_array(&l->s->h->arena, VAULT_MEMBERS_MAX, sizeof *wraps);
    for (size_t i = 0; i < made->wrap_count; i++)
        wraps[i] = (wrap_item){made->wrap_for[i], hk_slice_of(made->wraps[i], VAULT_WRAP_BYTES)};
    vault_kept_key kept[2];
    vault_state state;
    vault_state_init(&state, &(vault_state_memory){.keys = kept, .key_cap = 2});
    must(vault_state_keep_key(&state, &l->s->pair, 1, l->view->log.ck));
    must(vault_state_pass_on(&state, &l->s->pair, 1, &l->candidate, older));
    one = (older_wrap){1, hk_slice_of(older, sizeof older)};
    return_confirm_body body = {
        hk_slice_of(made->bytes, made->n), {wraps, made->wrap_count}, {&one, l->view->log.chain.epoch == 1}};
    return house_post(l->s->h, who, scene_path(l->s, "/return/confirm"), &RETURN_CONFIRM, &body, NULL, NULL);
}
