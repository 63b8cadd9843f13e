/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/returns/returns.h"

#include <sodium.h>

#include "features/accounts/accounts.h"
#include "features/place/place.h"
#include "features/returns/rows.h"

static const store_migration MIGRATIONS[] = {{1,
#include "features/returns/tables.sql.inc"
                                              , false}};

/* Keys that were made for this have the account's next serial; keys that the account has, its own. */
#define EK_SERIAL "ek_serial + (sealed_record IS NOT NULL)"

static const store_statement STATEMENTS[] = {
    [RETURN_CLEAR] = {"return_clear", "DELETE FROM returns WHERE conversation = ?"},
    /* Only a listener who is in this pair now, for the client of it. */
    [RETURN_OFFER] =
        {"return_offer",
         "INSERT INTO returns (conversation, listener, client, state, code_hash, made_ms, expires_ms) SELECT "
         "conversation, mine.account, theirs.account, 0, ?, ?, ? FROM conversations JOIN members AS mine ON "
         "mine.conv = conversations.conv JOIN members AS theirs ON theirs.conv = conversations.conv JOIN "
         "accounts ON accounts.account = theirs.account WHERE conversation = ? AND kind = 1 AND mine.account "
         "= ? AND mine.part = 2 AND mine.gone = 0 AND (mine.until_ms = 0 OR mine.until_ms > ?) AND "
         "theirs.part "
         "= 1 AND accounts.role = 0 AND accounts.disabled = 0"},
    [RETURN_OF_LISTENER] =
        {"return_of_listener",
         "SELECT state, expires_ms, client, ik, ek, " EK_SERIAL ", ek_certificate, promise, answer, "
         "client_same FROM returns WHERE conversation = ? AND listener = ? AND expires_ms > ?"},
    [RETURN_OF_TOKEN] = {"return_of_token", "SELECT conversation, listener, client, state, handle, "
                                            "challenge, ek_serial, record_serial, promise, "
                                            "reveal FROM returns WHERE token_hash = ? AND expires_ms > ?"},
    [RETURN_OF_CODE] =
        {"return_of_code",
         "SELECT conversation, client, listener, public_name, role, ik, ek, ek_serial, ek_certificate FROM "
         "(SELECT conversation, client, listener FROM returns WHERE code_hash = ? AND state = 0 AND "
         "expires_ms "
         "> ?) AS asked JOIN accounts ON accounts.account = listener WHERE disabled = 0"},
    [RETURN_OF_CLIENT] =
        {"return_of_client",
         "SELECT conversation, listener, public_name, returns.made_ms FROM returns JOIN "
         "accounts ON accounts.account = listener WHERE client = ? AND state = 1 AND "
         "sealed_record IS NOT NULL AND expires_ms > ? ORDER BY returns.made_ms DESC LIMIT 1"},
    [RETURN_OPEN_DOOR] = {"return_open_door",
                          "UPDATE returns SET token_hash = ?, handle = ?, challenge = ?, ek_serial = ?, "
                          "record_serial = ? WHERE conversation = ? AND state = 0"},
    [RETURN_KEEP_KEYS] =
        {"return_keep_keys",
         "UPDATE returns SET state = 1, expires_ms = ?, ik = ?, ek = ?, ek_certificate = ?, sealed_record = "
         "?, "
         "sealed_login_key = ?, sealed_identity = ?, sealed_state = ? WHERE token_hash = ? AND state = 0"},
    /* Whoever came back by somebody else's word brings the keys that they have. */
    [RETURN_BRING_OWN] =
        {"return_bring_own",
         "UPDATE returns SET state = 1, expires_ms = ?, token_hash = ?, (ik, ek, ek_serial, ek_certificate) "
         "= (SELECT ik, ek, ek_serial, ek_certificate FROM accounts WHERE account = client) WHERE "
         "conversation = ? AND client = ? AND state = 0"},
    /* Each step once, in its order. */
    [RETURN_PROMISE] = {"return_promise",
                        "UPDATE returns SET promise = ? WHERE conversation = ? AND listener = ? AND "
                        "expires_ms > ? AND state = 1 AND promise IS NULL"},
    [RETURN_ANSWER] = {"return_answer",
                       "UPDATE returns SET answer = ? WHERE token_hash = ? AND expires_ms > ? AND state = 1 "
                       "AND promise IS NOT NULL AND answer IS NULL"},
    [RETURN_REVEAL] = {"return_reveal",
                       "UPDATE returns SET reveal = ? WHERE conversation = ? AND listener = ? AND expires_ms "
                       "> ? AND state = 1 AND answer IS NOT NULL AND reveal IS NULL"},
    [RETURN_SAME] = {"return_same",
                     "UPDATE returns SET client_same = 1 WHERE token_hash = ? AND expires_ms > ? AND state = "
                     "1 AND reveal IS NOT NULL"},
    [RETURN_TO_CONFIRM] =
        {"return_to_confirm",
         "SELECT client, handle, challenge, ek_serial, record_serial, ik, ek, ek_certificate, sealed_record, "
         "sealed_login_key, sealed_identity, sealed_state, client_same, state, " EK_SERIAL ", EXISTS (SELECT "
         "1 FROM accounts WHERE account = client AND accounts.ik = returns.ik AND accounts.ek = returns.ek "
         "AND disabled = 0) FROM returns WHERE conversation = ? AND listener = ? AND expires_ms > ? AND "
         "state IN (1, 4)"},
    [RETURN_END] =
        {"return_end",
         "UPDATE returns SET state = ?, ik = NULL, ek = NULL, ek_certificate = NULL, sealed_record = NULL, "
         "sealed_login_key = NULL, sealed_identity = NULL, sealed_state = NULL, promise = NULL, answer = "
         "NULL, "
         "reveal = NULL WHERE conversation = ? AND state IN (0, 1)"},
    [RETURNS_OVER] = {"returns_over", "DELETE FROM returns WHERE expires_ms <= ?"},
    [RETURNS_FORGET] = {"returns_forget", "DELETE FROM returns WHERE listener = ? OR client = ?"},
};
static const char *const WRITES[] = {"returns", NULL};
static const char *const READS[] = {"accounts", "conversations", "members", NULL};
const store_room RETURNS_ROOM = {.name = "returns",
                                 .migrations = MIGRATIONS,
                                 .migration_count = HK_COUNT(MIGRATIONS),
                                 .writes = WRITES,
                                 .reads = READS,
                                 .statements = STATEMENTS,
                                 .statement_count = HK_COUNT(STATEMENTS)};

/* Thirty bits, said by voice: who holds the database could find it by trying. It opens nothing by itself. */
void return_code_hash(hk_slice code, uint8_t ret[static 32])
{
    (void)crypto_generichash(ret, 32, code.p, code.n, NULL, 0); /* sizes are constants */
}

hk_err return_tell(wire_request *r, conversation_id conversation, account_id listener, account_id client,
                   return_state state)
{
    account_id both[2] = {listener, client};
    return place_tell(r, both, 2, "return", &RETURN_TOLD, &(return_told){conversation, state});
}

hk_err return_end(wire_request *r, conversation_id conversation, account_id listener, account_id client,
                  return_state state)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &RETURNS_ROOM, RETURN_END));
    store_bind_int(&c, state);
    store_bind_slice(&c, HK_ID_SLICE(conversation));
    HK_TRY(store_finish(&c));
    if (store_changed(r->db) != 1)
        return HK_NOT_THERE;
    return return_tell(r, conversation, listener, client, state);
}

hk_err returns_tick(store_db *db, int64_t now_ms)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &RETURNS_ROOM, RETURNS_OVER));
    store_bind_int(&c, now_ms);
    return store_finish(&c);
}

hk_err returns_forget(store_db *db, account_id account)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &RETURNS_ROOM, RETURNS_FORGET));
    store_bind_slice(&c, HK_ID_SLICE(account));
    store_bind_slice(&c, HK_ID_SLICE(account));
    return store_finish(&c);
}

#define OF     "/api/conversations/:conversation/return"
#define HOLDER WIRE_PRE_LOGIN

const wire_route RETURNS_ROUTES[] = {
    {"POST", OF, WIRE_LISTENER, WIRE_WRITE, &SHAPE_NOTHING, &RETURN_CODE, offer_code,
     "a code for a client who lost password and sheet"},
    {"GET", OF, WIRE_LISTENER, WIRE_READ, NULL, &RETURN_SEEN, see_return, "how it stands"},
    {"PUT", OF, WIRE_LISTENER, WIRE_WRITE, &RETURN_STEP, NULL, listener_step, "my step of the spoken check"},
    {"DELETE", OF, WIRE_LISTENER, WIRE_WRITE, NULL, NULL, listener_stops, "stop it: nothing happens"},
    {"POST", OF "/confirm", WIRE_LISTENER, WIRE_WRITE, &RETURN_CONFIRM, NULL, confirm,
     "we both read the same words: these keys are theirs"},
    {"POST", OF "/different", WIRE_LISTENER, WIRE_WRITE, &SHAPE_NOTHING, NULL, listener_reads_others,
     "the words are not the same: nothing happens"},
    {"POST", "/api/returns", WIRE_ANYBODY, WIRE_WRITE, &RETURN_COME, &RETURN_DOOR, come,
     "I was here before: my listener gave me a code", 0, "returns"},
    {"POST", "/api/returns/keys", HOLDER, WIRE_WRITE, &NEW_ACCOUNT, NULL, bring_keys, "the keys I made"},
    {"GET", "/api/returns", HOLDER, WIRE_READ, NULL, &RETURN_GOING, how_it_goes, "how it stands"},
    {"PUT", "/api/returns", HOLDER, WIRE_WRITE, &RETURN_STEP, NULL, answer_step,
     "my step of the spoken check"},
    {"POST", "/api/returns/said", HOLDER, WIRE_WRITE, &RETURN_SAID, NULL, say_same,
     "are the four words the same?"},
    {"POST", "/api/account/return", WIRE_CLIENT, WIRE_WRITE, &RETURN_COME, &RETURN_MEETING, come_again,
     "I have new keys; another listener of mine gave me a code", 0, "returns"},
    {"GET", "/api/account/return", WIRE_CLIENT, WIRE_READ, NULL, &RETURN_OF_ME, of_me,
     "does somebody say they are me?"},
    {"DELETE", "/api/account/return", WIRE_CLIENT, WIRE_WRITE, NULL, NULL, not_me,
     "that is not me: stop it, nothing happens"},
};
const size_t RETURNS_ROUTE_COUNT = HK_COUNT(RETURNS_ROUTES);
