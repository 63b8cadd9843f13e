/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Talking in the small place: asking, accepting, and one device's view of a conversation.
 */
#include "features/house_test.h"

hk_err house_ask(house *h, person *client, const char *text, conversation_id *ret)
{
    uint8_t words[VAULT_FIRST_BYTES_MAX];
    size_t n;
    request_body request;
    vault_words said = {.time_ms = h->now_ms, .kind = VAULT_BODY_TEXT, .content = hk_slice_z(text)};
    vault_make_id(said.mid.b);
    vault_make_id(ret->b);
    must(vault_first_seal(&client->me, ret, &h->team_certificate, &said, words, sizeof words, &n));
    return house_post(h, client, "/api/requests", &ASK, &((ask_body){.first_words = hk_slice_of(words, n)}),
                      &REQUEST, &request);
}

/* What the listener's screen holds of one waiting request. */
static hk_err find_waiting(house *h, person *listener, conversation_id conversation, waiting_item *ret)
{
    waiting_body waiting;
    HK_TRY(house_get(h, listener, "/api/requests", &WAITING, &waiting));
    const waiting_item *all = waiting.requests.items;
    for (size_t i = 0; i < waiting.requests.count; i++)
        if (HK_ID_EQ(all[i].conversation, conversation)) {
            *ret = all[i];
            return HK_OK;
        }
    return HK_NOT_THERE;
}

hk_err house_accept(house *h, person *listener, conversation_id conversation)
{
    waiting_item item;
    vault_first_words words;
    vault_plan plan = {0};
    vault_member self;
    vault_made_commit made;
    uint8_t first_hash[VAULT_HASH_BYTES];
    accepted_body accepted;
    HK_TRY(find_waiting(h, listener, conversation, &item));
    must(vault_first_words_parse(item.first_words, &words));
    vault_first_words_hash(item.first_words, first_hash);
    vault_account_member(&listener->me, VAULT_ROLE_LISTENER, &self);
    must(vault_plan_put(&plan, &self));
    must(vault_plan_put(&plan, &words.from));
    must(vault_genesis_make(&listener->me, &conversation, VAULT_KIND_PAIR, first_hash, &plan, &made));
    wrap_item wraps[VAULT_MEMBERS_MAX];
    for (size_t i = 0; i < made.wrap_count; i++)
        wraps[i] = (wrap_item){made.wrap_for[i], hk_slice_of(made.wraps[i], VAULT_WRAP_BYTES)};
    accept_body body = {hk_slice_of(made.bytes, made.n), {wraps, made.wrap_count}};
    return house_post(h, listener, house_path(h, "/api/requests/%s/accept", house_id(h, conversation.b)),
                      &ACCEPT, &body, &ACCEPTED, &accepted);
}

conversation_id house_pair(house *h, person *client, person *listener)
{
    conversation_id conversation;
    must(house_ask(h, client, "I cannot sleep.", &conversation));
    must(house_accept(h, listener, conversation));
    return conversation;
}

void house_talk_open(house *h, person *who, conversation_id conversation, house_talk *ret)
{
    ret->who = who;
    ret->conversation = conversation;
    ret->shown = 0;
    vault_log_memory memory = {ret->history, VAULT_HISTORY_SLOTS_MIN, ret->mids, VAULT_MID_SLOTS_MIN};
    must(vault_log_init(&ret->log, &who->me, &conversation, &memory));
    vault_stream_make(&ret->stream);
    must(house_catch_up(h, ret));
}

static void take(house_talk *t, const entry_item *e)
{
    if (e->kind == ENTRY_GONE) {
        must(vault_log_take_hash(&t->log, e->position, e->entry_hash));
        return;
    }
    must(vault_log_take(&t->log, e->position, e->bytes, &t->last));
    assert_int_not_equal(t->last.finding, VAULT_BAD);
    if (t->last.finding == VAULT_COMMITTED && e->wrap.n)
        must(vault_log_wrap(&t->log, e->wrap));
    t->shown += t->last.finding == VAULT_SHOWN;
}

hk_err house_catch_up(house *h, house_talk *t)
{
    log_body log;
    HK_TRY(house_get(h, t->who,
                     house_path(h, "/api/conversations/%s/log?after=%lld", house_id(h, t->conversation.b),
                                (long long)t->log.position),
                     &LOG, &log));
    const entry_item *entries = log.entries.items;
    for (size_t i = 0; i < log.entries.count; i++)
        take(t, &entries[i]);
    assert_int_equal(t->log.position, log.position);
    assert_memory_equal(t->log.h, log.head, sizeof log.head);
    return HK_OK;
}

hk_slice house_seal(house *h, house_talk *t, const char *text)
{
    uint8_t *envelope = hk_arena_get(&h->arena, VAULT_ENVELOPE_BYTES_MAX);
    assert_non_null(envelope);
    size_t n;
    vault_words words = {.time_ms = h->now_ms, .kind = VAULT_BODY_TEXT, .content = hk_slice_z(text)};
    vault_make_id(words.mid.b);
    must(vault_log_seal(&t->log, &t->stream, &words, envelope, VAULT_ENVELOPE_BYTES_MAX, &n));
    return hk_slice_of(envelope, n);
}

hk_err house_send(house *h, house_talk *t, hk_slice envelope, kept_body *ret)
{
    return house_post(h, t->who,
                      house_path(h, "/api/conversations/%s/messages", house_id(h, t->conversation.b)),
                      &MESSAGE, &((message_body){envelope}), &KEPT, ret);
}

hk_err house_say(house *h, house_talk *t, const char *text)
{
    kept_body kept;
    HK_TRY(house_send(h, t, house_seal(h, t, text), &kept));
    return house_catch_up(h, t);
}

hk_err house_commit(house *h, house_talk *t, const vault_made_commit *made, kept_body *ret)
{
    wrap_item wraps[VAULT_MEMBERS_MAX];
    for (size_t i = 0; i < made->wrap_count; i++)
        wraps[i] = (wrap_item){made->wrap_for[i], hk_slice_of(made->wraps[i], VAULT_WRAP_BYTES)};
    commit_body body = {hk_slice_of(made->bytes, made->n), {wraps, made->wrap_count}};
    return house_post(h, t->who,
                      house_path(h, "/api/conversations/%s/commits", house_id(h, t->conversation.b)), &COMMIT,
                      &body, &KEPT, ret);
}
