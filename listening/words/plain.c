/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The lists are ours, as text_read leaves words (contractions opened). EVIDENCE.md: hints.
 */
#include "listening/words/plain.h"

#include <string.h>

#include "listening/lexicon/lexicon.h"

#define REPORTED_WITHIN 7 /* words from "she says" to what she says */
#define DENIED_WITHIN   4
#define ASKED_WITHIN    5
#define GIVEN_BACK      0.5f /* from here it counts as the speaker's own words given back */

static const char PLAIN_ADVICE[] =
    "you should|you ought to|you better|you had better|you d better|why do not you|"
    "have you tried|have you considered|you could try|you can try|you might want to|"
    "you may want to|you might try|if i were you|i would suggest|i suggest|i d suggest|"
    "i recommend|i would recommend|my advice|just try|maybe try|all you have to|all you need|"
    "the best thing to do|the best thing is to|what you need is|just ignore|what about trying|"
    "it is time you|i would go|i would just|i would talk|i would tell|i would leave|i would call|"
    "you want to make sure|make sure you|maybe you should|you got to stop|you have got to stop|"
    "you need to stop|you have to stop|what you want to do|i would get|if i were in your|"
    "try putting|try reading|try writing|try going|try talking|try taking|try eating|try doing|"
    "it might be an idea|that is what i would do|the trick is|just give|give him some space|"
    "give her some space";

/* As often how it is for somebody as what they are told to do: here the weights have a say. */
static const char PLAIN_PERHAPS_ADVICE[] =
    "you need to|you have to|you have got to|you got to|you must|try to|try not to|you just need|"
    "you are going to have to|just stop|just tell|just leave|just talk|just go|how about you|"
    "it would be best|it would be better";

/* The same words where they advise nothing: a guess at how it is, a burden, what somebody else wants. */
static const char PLAIN_NO_ADVICE[] =
    "you must be|you must feel|you must have|you must miss|you must still|you must not have|"
    "you must find|you should not have had|you should not have to|you should never have had|"
    "you should never have to|you should have been|you should have had|you need to hear|"
    "you need to say|you have to do it all|you have to carry|you have to be the|"
    "you have to look after|you have to hold|you have to hide|you have to keep|"
    "you have to pretend|you have to choose|you have to face|you have to explain|"
    "you have to live|you have to watch|you have to go through|you have to smile|"
    "you have to fight|you have to be strong|you have to manage|you have to cope|"
    "you have to worry|try to imagine|try to understand|try to picture|try to follow|try to hear|"
    "try to keep up|why do you not feel|you need to be|you need to know that it|"
    "you need to rest from|you need to go|why do not you tell me|why do not you fill me|"
    "why do not you say|why do not you start|you should be proud|you must know";

static const char PLAIN_JUDGING[] =
    "your own fault|your fault|you should have|you should not have|what were you thinking|"
    "stop being|get over it|grow up|only yourself to blame|no excuse|making excuses|"
    "that is ridiculous|you are ridiculous|you are being silly|you are being dramatic|"
    "you are being selfish|you are being childish|you are being lazy|you are being ridiculous|"
    "you are so dramatic|you are too sensitive|you are so selfish|you are just lazy|"
    "you are just being|you are lazy|you are selfish|what did you expect|shame on|so selfish|"
    "you knew better|pull yourself together|snap out of|man up|toughen up|you are overreacting|"
    "feeling sorry for yourself|you brought this|you brought it|you let yourself|"
    "you did this to yourself|you only have to want|you are not even trying|you do not even try|"
    "that was stupid|that was wrong of you|are you serious|you chose this|you chose that|"
    "you chose to|you wanted this|how did you let|why did you let|why would you do|"
    "how could you do|how could you let|how could you be";

static const char PLAIN_NO_JUDGING[] =
    "you should have been|you should have had|you should not have had|you should not have to|"
    "you should have to|you should have somebody|you should have someone|you should have people|"
    "you should have a|your fault that|you should have space|you should have time|"
    "you should have room";

static const char PLAIN_AT_LEAST[] =
    "at least you|at least it|at least he|at least she|at least they|at least there|"
    "at least your|at least nobody|at least no one|at least that|at least this|at least we|"
    "at least the|bright side|could be worse|could have been worse|could be a lot worse|"
    "could be much worse|have it worse|had it worse|has it worse|have it so much worse|"
    "have it much worse|have it a lot worse|are worse off|is worse off|count your blessings|"
    "silver lining|happens for a reason|happen for a reason|cheer up|not that bad|not so bad|"
    "not the end of the world|you will be fine|you are going to be fine|it will be fine|"
    "it will all be fine|it will be all right|everything will be fine|everything will be ok|"
    "look at the positive|look on the positive|think positive|stay positive|be positive|"
    "time heals|this too shall|it will pass|you will get over|consider yourself lucky|"
    "you are lucky|you were lucky|first world|nothing to worry|calm down|everyone goes through|"
    "everybody goes through|everyone feels like that|everybody feels like that|plenty of people|"
    "it is only a|it is just a phase|you will laugh about|what does not kill you|"
    "should be grateful|should be thankful|just be grateful|just be thankful|be grateful that|"
    "be grateful you|be thankful that|be grateful for what";

/* Who says it of themselves may have it given back. */
static const char PLAIN_OWN_BRIGHT_SIDE[] =
    "at least|bright side|could be worse|have it worse|be grateful|lucky|not that bad|not so bad";

/* What asks for an answer of practical help, beyond the lexicon's requests. */
static const char PLAIN_ASKED[] =
    "what i should do|what i could do|what i can do|what would you do|how should i|how could i|"
    "where should i|who should i|which should i|what shall i|shall i|your opinion|what you think|"
    "what you would do|an idea|any idea|tips|a tip|advise me|suggest something|know what to do|"
    "know how to|how to|how it works|how does|where is|where are|when can|when are|can you help|"
    "could you help|need help with|tell me how|tell me where|tell me what|what number|"
    "which number|is it possible|do i have to|do you have|what happens if|how did you|how do you|"
    "how would you|where would you|who would you|what did you do|what do you do|what helped you";

/* Being there: no feeling is named, and none needs to be. */
static const char PLAIN_PRESENCE[] =
    "i am here|i am still here|i am with you|i am listening|i am reading|i hear you|"
    "take your time|no rush|no hurry|i am staying|i stay|i will stay|with you|thank you|go on|"
    "tell me|if you like|i am glad|i am sorry|would you like|it is ok to|you are not alone|"
    "i believe you|i do not know what to say|that is a lot|so much|i can see|i am not going|"
    "me to|makes sense|no wonder";

/* Feelings that are hardly ever anything else, as one says them of oneself. */
static const char PLAIN_FEELING[] =
    "afraid|scared|terrified|frightened|ashamed|lonely|hopeless|guilty|heartbroken|sad|worthless|"
    "anxious|desperate|overwhelmed|humiliated|devastated|furious|panicking|depressed|miserable|"
    "betrayed|empty|numb|useless|unwanted|helpless|trapped|grieving|embarrassed|hurt|so alone|"
    "feel alone|all alone|am angry|so angry|miss her|miss him|miss them|hate myself|crying";

/* Not the time to teach anybody: people speak of danger, or of where help is. */
static const char PLAIN_GRAVE[] =
    "suicide|suicidal|kill myself|kill yourself|killing myself|killing yourself|end my life|"
    "end your life|ending my life|end it all|ending it|want to die|wanted to die|want to be dead|"
    "better off dead|not want to live|not want to wake|not be here any more|hurt myself|"
    "hurting myself|hurt yourself|hurting yourself|harm myself|harm yourself|cut myself|"
    "cutting myself|overdose|pills|emergency|ambulance|helpline|help line|hotline|samaritans|"
    "crisis|safe tonight|safe right now|are you safe|not safe|in danger|hit me|hits me|beat me|"
    "beats me|raped|assaulted|has a knife|has a gun|a weapon|call the police|call #|ring #|"
    "dial #|text #";

/* Somebody says it: what follows is told. */
static const char PLAIN_SAID[] =
    "say|says|said|saying|tell|tells|told|telling|think|thinks|thought|want|wants|wanted|expect|"
    "expects|expected|keep|keeps|insist|insists|believe|believes|feel|feels|felt|feeling|heard|"
    "hear|hearing|voice|as if|like|worry|worries|worried|thinking|afraid|ashamed|learned|message|"
    "realize|realise|wish|wishes|regret|if|whether";

/* "everything you need to": what follows says which. */
static const char PLAIN_RELATIVE[] = "something|everything|anything|all|whatever|things|thing|one";

static const struct plain_words {
    uint32_t kind;
    const char *phrases;
} LISTS[] = {
    {PLAIN_IS_ADVICE, PLAIN_ADVICE},
    {PLAIN_IS_PERHAPS_ADVICE, PLAIN_PERHAPS_ADVICE},
    {PLAIN_IS_NO_ADVICE, PLAIN_NO_ADVICE},
    {PLAIN_IS_JUDGING, PLAIN_JUDGING},
    {PLAIN_IS_NO_JUDGING, PLAIN_NO_JUDGING},
    {PLAIN_IS_AT_LEAST, PLAIN_AT_LEAST},
    {PLAIN_IS_OWN_BRIGHT_SIDE, PLAIN_OWN_BRIGHT_SIDE},
    {PLAIN_IS_ASKED, PLAIN_ASKED},
    {PLAIN_IS_PRESENCE, PLAIN_PRESENCE},
    {PLAIN_IS_FEELING, PLAIN_FEELING},
    {PLAIN_IS_GRAVE, PLAIN_GRAVE},
    {PLAIN_IS_SAID, PLAIN_SAID},
    {PLAIN_IS_RELATIVE, PLAIN_RELATIVE},
};

static void add(plain_table *table, uint32_t hash, uint32_t kind)
{
    uint32_t at = hash & (PLAIN_SLOTS - 1);
    while (table->hash[at] != 0 && table->hash[at] != hash)
        at = (at + 1) & (PLAIN_SLOTS - 1);
    table->hash[at] = hash;
    table->kinds[at] |= kind;
}

static uint32_t find(const plain_table *table, uint32_t hash)
{
    uint32_t at = hash & (PLAIN_SLOTS - 1);
    while (table->hash[at] != 0) {
        if (table->hash[at] == hash)
            return table->kinds[at];
        at = (at + 1) & (PLAIN_SLOTS - 1);
    }
    return 0;
}

static void add_list(plain_table *table, const struct plain_words *list)
{
    uint32_t phrase = 0;
    const char *word = list->phrases;
    for (const char *at = word;; at++) {
        if (*at != ' ' && *at != '|' && *at != 0)
            continue;
        phrase = text_join(phrase, text_hash(word, (size_t)(at - word)));
        word = at + 1;
        if (*at != ' ') {
            add(table, phrase, list->kind);
            phrase = 0;
        }
        if (*at == 0)
            return;
    }
}

void plain_fill(plain_table *table)
{
    memset(table, 0, sizeof *table);
    for (size_t i = 0; i < HK_COUNT(LISTS); i++)
        add_list(table, &LISTS[i]);
}

void plain_mark(const plain_table *table, text_tokens *t)
{
    for (uint32_t at = 0; at < t->n; at++) {
        uint32_t phrase = 0;
        t->token[at].plain = 0;
        for (uint32_t i = at; i < t->n && i < at + PLAIN_WORDS_MAX; i++) {
            phrase = text_join(phrase, t->token[i].hash);
            t->token[at].plain |= (uint16_t)find(table, phrase);
        }
    }
}

uint32_t plain_find(const text_tokens *t, plain_kind kind, uint32_t from)
{
    uint32_t at = from;
    while (at < t->n && !(t->token[at].plain & kind))
        at++;
    return at;
}

/* "she says ...": but "I think you should" is one's own. */
static bool reported(const text_tokens *t, uint32_t at)
{
    for (uint32_t i = at; i > 0 && at - i < REPORTED_WITHIN; i--) {
        if (t->token[i - 1].after & (TEXT_STOPS | TEXT_ASKS | TEXT_LOUD))
            return false;
        if (t->token[i - 1].plain & PLAIN_IS_SAID)
            return i < 2 || !(t->token[i - 2].classes & WORD_I);
    }
    return false;
}

bool plain_denied(const text_tokens *t, uint32_t at)
{
    for (uint32_t i = at; i > 0 && at - i < DENIED_WITHIN; i--) {
        if (t->token[i - 1].after & (TEXT_STOPS | TEXT_ASKS | TEXT_LOUD))
            return false;
        if (t->token[i - 1].classes & WORD_NOT)
            return true;
    }
    return false;
}

static bool told(const text_tokens *t, plain_kind kind, uint32_t at)
{
    if (kind != PLAIN_IS_AT_LEAST && at > 0 && t->token[at - 1].plain & PLAIN_IS_RELATIVE)
        return true;
    return reported(t, at) || plain_denied(t, at);
}

uint32_t plain_own(const text_tokens *t, plain_kind kind, plain_kind except, uint32_t from)
{
    uint32_t at = plain_find(t, kind, from);
    while (at < t->n && (t->token[at].plain & except || told(t, kind, at)))
        at = plain_find(t, kind, at + 1);
    return at;
}

/* "What do you need to do?", "where you might want to go": what asks does not advise, unless it is a form of
 * advice that asks itself ("have you tried"). */
static bool asked(const text_tokens *t, uint32_t at)
{
    for (uint32_t i = at; i > 0 && at - i < ASKED_WITHIN; i--) {
        if (t->token[i - 1].after & (TEXT_STOPS | TEXT_ASKS | TEXT_LOUD | TEXT_COMMA))
            break;
        if (t->token[i - 1].classes & WORD_WH || (i == at && t->token[i - 1].classes & WORD_AUX))
            return true;
    }
    if (t->token[at].classes & (WORD_AUX | WORD_WH))
        return false;
    uint32_t end = at;
    while (end + 1 < t->n && !(t->token[end].after & (TEXT_STOPS | TEXT_ASKS | TEXT_LOUD)))
        end++;
    return (t->token[end].after & TEXT_ASKS) != 0;
}

static uint32_t advice_of(const text_tokens *t, plain_kind kind)
{
    uint32_t at = plain_own(t, kind, PLAIN_IS_NO_ADVICE, 0);
    while (at < t->n && asked(t, at))
        at = plain_own(t, kind, PLAIN_IS_NO_ADVICE, at + 1);
    return at;
}

uint32_t plain_advice(const text_tokens *t, float given_back)
{
    uint32_t at = advice_of(t, PLAIN_IS_ADVICE);
    return at < t->n || given_back >= GIVEN_BACK ? at : advice_of(t, PLAIN_IS_PERHAPS_ADVICE);
}

/* "did", "what", "has": a word that begins a question where a part of the sentence begins. */
static bool asks_here(const text_tokens *t, uint32_t i)
{
    static const char *const SUBJECTS[] = {"it", "that", "this", "there", "your", "any", "anyone"};
    if (i + 1 >= t->n)
        return false;
    const text_token *k = &t->token[i], *next = &t->token[i + 1];
    if (k->classes & WORD_WH)
        return (next->classes & WORD_AUX) != 0 || k->hash == text_hash("how", 3);
    if (!(k->classes & WORD_AUX))
        return false;
    bool subject = (next->classes & (WORD_YOU | WORD_OTHERS | WORD_WE | WORD_I)) != 0;
    for (size_t s = 0; s < HK_COUNT(SUBJECTS) && !subject; s++)
        subject = next->hash == text_hash(SUBJECTS[s], strlen(SUBJECTS[s]));
    return subject;
}

uint32_t plain_questions(const text_tokens *t)
{
    uint32_t n = 0;
    bool marks = false, asks = false;
    for (uint32_t i = 0; i < t->n; i++) {
        bool begins = i == 0 || t->token[i - 1].after != 0 || t->token[i - 1].hash == text_hash("and", 3) ||
                      t->token[i - 1].hash == text_hash("or", 2);
        n += begins && asks_here(t, i);
        marks |= t->token[i].after != 0;
        asks |= (t->token[i].after & TEXT_ASKS) != 0;
    }
    return asks || !marks ? n : 0;
}

uint32_t plain_bright_side(const text_tokens *t, const text_tokens *spoken)
{
    if (spoken->n == 0 || plain_has(spoken, PLAIN_IS_OWN_BRIGHT_SIDE))
        return t->n;
    return plain_own(t, PLAIN_IS_AT_LEAST, 0, 0);
}
