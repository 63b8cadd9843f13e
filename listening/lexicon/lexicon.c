/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The word lists, written for this project. Function words are the closed classes of English grammar. Feeling
 * words were gathered from how people name feelings in talk (and common inflections spelled out); no list of
 * anybody else was copied. Each list is one string; a word may stand in several.
 */
#include "listening/lexicon/lexicon.h"

#include <string.h>

typedef struct word_list {
    uint32_t class;
    const char *words;
} word_list;

static const word_list LISTS[] = {
    {WORD_FUNCTION,
     "a about above across after again against ago all almost alone along already also although always am "
     "among an "
     "and another any anybody anyone anything anyway are around as at away back be because been before "
     "behind being "
     "below between both but by can could d did do does doing done down during each either else enough even "
     "ever "
     "every everybody everyone everything except few for from get gets getting give go goes going gone got "
     "had has "
     "have having he her here hers herself him himself his how however i if in instead into is it its itself "
     "just "
     "keep kind least less let like little long lot lots made make makes making many may maybe me might mine "
     "more "
     "most much must my myself near need needs neither never no nobody none nor not nothing now of off often "
     "ok on "
     "once one ones only onto or other others our ours ourselves out over own part per perhaps put quite "
     "rather "
     "really right s said same say says see seem seems shall she should since so some somebody someone "
     "something "
     "sometimes somewhere soon still such take than thank thanks that the their theirs them themselves then "
     "there "
     "these they thing things think this those though through time times to together too toward towards two "
     "under until up upon us use used very want wants was way we well went were what whatever when whenever "
     "where "
     "whether which while who whole whom whose why will with within without would yeah yes yet you your "
     "yours "
     "yourself yourselves oh ah hm mhm sure sort know mean guess feel feels feeling felt sound sounds hear "
     "hearing "
     "heard tell telling told talk talking ask asking look looks looking looked wonder wondering understand "
     "noticed notice saying thinking thought wanted first last new good bad better best worse big real"},
    {WORD_FEELING,
     "afraid agitated alone angry anger anguish annoyed annoying anxiety anxious appreciated ashamed shame "
     "awful "
     "awkward betrayed bitter blame bored bothered bothers broken brokenhearted burdened calm cared caring "
     "cheerful "
     "comfortable concerned concern confident conflicted confused confusing content crushed cry crying "
     "delighted "
     "depressed depressing depression desperate despair devastated disappointed disappointing disappointment "
     "discouraged disgusted disheartened dismissed distant distraught distressed distress doubt dread "
     "dreading drained eager "
     "embarrassed embarrassing empty emptiness encouraged enraged envious envy excited exciting excluded "
     "exhausted exhausting fear fearful fears fed "
     "fond foolish forgotten frightened frightening frustrated frustrating frustration furious glad gloomy "
     "grateful "
     "grief grieving guilt guilty happy happiness hate hated hates heartbroken heartbreaking heavy helpless "
     "hopeful hopeless hope horrible "
     "horrified hostile humiliated humiliating hurt hurting hurts ignored impatient inadequate insecure "
     "insulted irritated irritating isolated isolating "
     "jealous joy joyful judged lonely loneliness longing lost love loved loving loves low lousy mad "
     "miserable misery "
     "misunderstood moody mourning nervous nerves numb offended optimistic outraged overwhelmed overwhelming "
     "pain painful pained panic "
     "panicked panicky panicking peaceful pissed pleased powerless pressure pressured proud rage raw regret "
     "rejected "
     "rejection relaxed relief relieved resentful resentment resent restless sad sadness saddened safe "
     "scared scary scares secure sensitive shaken shaky "
     "shattered shocked shock sick sorrow sorry stressed stressful stress struggling struggle stuck stupid "
     "suffering suffocated suffocating surprised "
     "suspicious tearful tears tense tension terrible terrified terrifying terror threatened tired torn "
     "tormented touched trapped traumatized traumatic troubled "
     "trusted uncertain uncomfortable uneasy unfair unhappy unimportant unloved unsafe unsettled unsupported "
     "unsure unwanted unheard unseen upset upsetting used useless "
     "valued violated vulnerable warm wary weak weary weighed worn worried worries worry worrying worthless "
     "wounded yearning "
     "fine bummed gutted knackered shattering rough hopelessness enjoy enjoyed enjoying wish wishing miss "
     "missing missed tough hard"},
    {WORD_WH, "what how why when where who which whose whom whatever"},
    {WORD_AUX, "do does did can could would will is are was were have has had should shall may might am"},
    {WORD_YOU, "you your yours yourself yourselves"},
    {WORD_I, "i me my mine myself"},
    {WORD_WE, "we us our ours ourselves"},
    {WORD_OTHERS, "he she him her his hers they them their people everybody everyone anybody anyone somebody "
                  "someone nobody most "
                  "others person man woman kids children mother father mom dad wife husband friend friends "
                  "family folks patients clients"},
    {WORD_NOT, "not no never nothing none nobody neither nor without"},
    {WORD_BACK, "mhm hm yeah yes ok right sure oh ah huh exactly wow gosh really absolutely true yep gotcha "
                "totally definitely "
                "of course indeed all interesting"},
    {WORD_PRAISE, "good great excellent awesome wonderful fantastic amazing brilliant perfect impressive "
                  "impressed congratulations "
                  "congrats terrific nice proud admire admirable courage courageous brave bravery strong "
                  "strength strengths effort "
                  "commend well lovely super beautiful appreciate appreciated cool"},
    {WORD_HEDGE, "maybe perhaps seems seem seemed sounds sound sounding guess guessing wonder wondering kind "
                 "sort like almost "
                 "might could possibly probably somewhat appears suppose imagine gather sense suspect hear "
                 "hearing wondered"},
    {WORD_TEACH, "research study studies percent percentage risk risks risky increase increases increased "
                 "decrease cause causes caused "
                 "causing effect effects affect affects damage damages damaging disease diseases cancer lung "
                 "lungs heart liver kidney kidneys blood stroke diabetes "
                 "brain body health healthy unhealthy harmful harm level levels average normal recommend "
                 "recommended guidelines guideline doctors "
                 "medical medicine medication medications treatment treatments program programs services "
                 "service option options information "
                 "evidence statistics data according means called example common commonly usually generally "
                 "typically often most "
                 "contains chemical chemicals nicotine alcohol drug drugs symptoms infection infections "
                 "immune system skin vaccine shot "
                 "pregnancy baby teeth gum gums pressure sugar insulin calories fat diet exercise weeks days "
                 "minutes hours drinks drink "
                 "standard legal law police probation court jail rule rules policy consequences die died "
                 "death dying kill killing kills"},
    {WORD_ADVISE, "should need needs must try trying have ought better recommend recommended suggest "
                  "suggestion suggestions advise advice "
                  "consider stop quit start started make sure remember important helpful help avoid go get "
                  "talk call see take keep use find "
                  "think focus let please idea ideas plan option options step steps practice learn work goal "
                  "goals might could can won"},
    {WORD_JUDGE, "selfish lazy stupid ridiculous excuse excuses fault childish immature irresponsible "
                 "dramatic overreacting overreact "
                 "wrong shame disgusting pathetic weak silly nonsense attention spoiled ungrateful foolish "
                 "crazy careless denial blame "
                 "choosing choose chose honestly seriously obviously whining complaining complain pity "
                 "manipulative lie lying liar"},
    {WORD_MINIMISE, "just only least lucky luckily normal everybody everyone worse fine cheer positive "
                    "bright side simply bit overthinking grateful "
                    "blessing reason away pass passes nothing silly moan real others luxury"},
    {WORD_THANKS, "thank thanks appreciate welcome please hello hi hey bye goodbye morning afternoon nice "
                  "meet today sorry"},
    {WORD_HARD,
     "hard tough difficult difficulty rough heavy challenging challenge challenges struggle struggling "
     "struggled lot much "
     "overwhelming exhausting impossible painful big weight load burden tricky complicated stressful tiring"},
};

/* Phrases as they stand after text_read (contractions opened, "okay" is "ok"), parted by '|'. */
static const word_list PHRASES[] = {
    {PHRASE_PERMISSION, "is it ok if i|would it be ok|if it is ok|it is ok if i|if that is ok|is it all "
                        "right if|would it be all right|"
                        "do you mind if i|would you mind if|can i share|may i share|could i share|can i "
                        "offer|may i offer|could i offer|can i tell you|may i tell you|"
                        "can i give you|may i give|can i suggest|could i suggest|may i suggest|can i make a "
                        "suggestion|can i just tell|may i ask|can i ask you|"
                        "would you like some|would you like to hear|would you like me to|would you like "
                        "any|would you like more|would you want|"
                        "would you be interested|would you be open|would you be willing|do you want me to|do "
                        "you want to hear|do you want some|are you interested in|"
                        "if you would like|if you want i|would it help if|would it be helpful|want to "
                        "hear|want my|could i say what|only if you want"},
    {PHRASE_REQUEST, "what should i|what do you think|what would you|what do you suggest|what do you "
                     "recommend|do you think i should|any advice|any ideas|"
                     "any suggestions|any tips|can you tell me|could you tell me|what can i|what could i|how "
                     "do i|how can i|how would i|how should i|what am i supposed|"
                     "tell me what to|do you have any|do you know any|should i|what do i do|give me "
                     "advice|give me some|need advice|some advice|your advice|"
                     "what are my options|what else can i|can you help|could you help|help me with|is there "
                     "anything i|is there a way|is there something i|"
                     "what is the best|where do i|where can i|who can i|what would happen|what happens if|is "
                     "it safe|is it bad|do i need to|do i have to|"
                     "can you explain|how does it|how does that|what does that mean|what is that"},
    {PHRASE_REFLECT,
     "so you|it sounds like|sounds like|sounds as if|you are feeling|you feel|you felt|it seems like|seems "
     "like|it seems|what i am hearing|what i hear|"
     "i am hearing|i hear you|i hear that|you were|so it|so it is|so what you are saying|what you are "
     "saying|you are saying|in other words|on one hand|"
     "on the one hand|on the other hand|part of you|and you|but you|because you|you want|you would like|you "
     "do not|you did not|you have been|you are not sure|you are kind of|"
     "so there|there is a part|it must|that must|so that|so for you|so in|so this|so your|and it is|and "
     "that|it feels like|almost like|as if|"
     "you know that|you wish|you hope|you are worried|you are afraid|you really|you care|it is important to "
     "you|important to you|it was|you have got|so at|so when|let me see if|if i understand|let me make sure"},
    {PHRASE_TAG, "is that right|is that correct|is that fair|is that it|am i right|am i getting that|did i "
                 "get that|do i have that|have i got that|does that sound|does that make sense|"
                 "do not you|is not it|are not you|did not you|is not that|would not you|is that true|is "
                 "that how|is that what|right|huh|correct|or not|you know|would you agree|do you agree"},
    {PHRASE_ADVISE,
     "you should|you need to|you have to|you ought to|you got to|you must|you better|you had better|you d "
     "better|why do not you|have you tried|have you thought about|have you considered|"
     "you could try|you could|you might want to|you may want to|you want to make sure|you will want to|you "
     "will need to|if i were you|i would suggest|i recommend|i suggest|i would recommend|i d recommend|i d "
     "suggest|what you need|try to|try and|how about you|"
     "make sure|make sure you|my advice|what about trying|it would be good|i think you should|i think you "
     "need|i would like you to|i want you to|i need you to|we need to|you can try|"
     "you are going to have to|you are going to need|going to have to|it is important that|it is important "
     "to|the best thing|best thing to do|what i would do|just try|just stop|just go|all you have to|"
     "you just need|just need to|you can always|do not forget|remember to|think about|start by|one thing "
     "you|let us|you owe it|it is time to|time to"},
    {PHRASE_JUDGE,
     "your own fault|your fault|you should have|you should not have|what were you thinking|you are just|stop "
     "being|you always|you never|get over it|grow up|"
     "you are being|how could you|only yourself|you do not even|you chose|your choice|you have chosen|you "
     "are choosing|you brought|you let yourself|no excuse|excuses|that is ridiculous|"
     "what did you expect|you do not care|do not care about|you would rather|you refuse|you are not even|you "
     "are too|no one to blame|blame but|shame on|so selfish|being selfish|are you serious|ought to be "
     "ashamed|you knew better|"
     "pull yourself together|snap out of|man up|toughen up|you are overreacting|feeling sorry for yourself"},
    {PHRASE_AT_LEAST,
     "at least|bright side|could be worse|could have been worse|have it worse|had it worse|worse off|be "
     "grateful|be thankful|count your blessings|silver lining|"
     "happens for a reason|happen for a reason|cheer up|do not worry|not that bad|not so bad|is not the end "
     "of the world|end of the world|you will be fine|it will be fine|be all right|"
     "look at the positive|think positive|stay positive|be positive|there are people who|people have "
     "it|everyone goes through|everybody goes through|everybody feels|everyone feels|we all have|we all feel|"
     "it will pass|this too shall|time heals|you will get over|you are lucky|consider yourself lucky|how "
     "lucky|it is only|it is just a|nothing to worry|calm down|first world|plenty of people|other people "
     "manage|most people"},
    {PHRASE_OWN_STORY, "when i was|i remember when|thing happened to me|happened to me|i had the same|i went "
                       "through|i used to|in my case|me too|i also had|i have been there|been there|"
                       "back when i|that reminds me|reminds me of|my husband|my wife|my mother|my mum|my "
                       "mom|my father|my dad|my son|my daughter|my brother|my sister|my boss|my friend|my "
                       "cousin|my uncle|my aunt|i did the same|i know how you feel|"
                       "i know exactly|i was the same|i felt the same|same for me|same with me|i lost my|i "
                       "had a|when my|for me it|as for me|i myself|in my own|i got through|i once"},
    {PHRASE_VALIDATE,
     "makes sense|make sense that|understandable|of course you|anyone would|anybody would|no wonder|really "
     "hard|so hard|very hard|really tough|so difficult|really difficult|must be|must have been|must "
     "feel|must have felt|"
     "i am so sorry|i am sorry|sorry to hear|takes courage|took courage|takes a lot|took a lot|it is ok "
     "to|ok to feel|i can see why|i can see how|i can understand|i can imagine|i understand why|you are not "
     "alone|that is a lot|"
     "thank you for sharing|thank you for telling|thanks for sharing|thanks for telling|i appreciate you|i "
     "appreciate that|good for you|proud of|normal to feel|every right|you are allowed|"
     "sounds really|sounds so|sounds very|sounds hard|sounds tough|sounds awful|sounds exhausting|sounds "
     "painful|a lot to carry|a lot to deal|does not make you|not your fault|you did your best|you tried|i am "
     "glad you|glad you told|glad you are here|you deserve|"
     "you have worked|worked really hard|that is great|that is wonderful|that is awesome|you matter|i am "
     "here|you have been through"},
    {PHRASE_OPEN, "what|how|why|tell me|tell me about|tell me more|tell me a little|what else|walk me "
                  "through|describe|help me understand|say more|talk more about|talk about|"
                  "what about|how about|what kind|what do you|what would|how do you|how did|what was|what "
                  "is|what makes|in what|how are you|i am curious|i wonder|i am wondering"},
    {PHRASE_CLOSED, "do you|did you|does it|does that|is it|is that|is there|are you|are there|have you|has "
                    "it|had you|can you|could you|would you|will you|was it|was that|were you|"
                    "how many|how much|how often|how long|how old|when did|when was|where do|where did|who "
                    "is|what time|which one|do they|did they|did it|does he|does she|did he|did she|has "
                    "he|has she|is he|is she|are they|right now|or is it|or do you"},
    {PHRASE_DOUBT,
     "you are telling me|so basically|so really|so what you mean|so you would rather|so you just|so you are "
     "just|so you think|you think|so you do not|so you want|so you decided|so instead|so you are choosing|"
     "and you think|and yet|so you figured|you figured|you expect|so you expect|what you really|what you "
     "mean is|the truth is|the fact is|in my experience|let us be honest|be honest|honestly|obviously|"
     "which means|because that is|that is what|and that is how|that is how|and you know what|you know what"},
};

static void add(uint32_t *hashes, uint32_t *classes, uint32_t hash, uint32_t class)
{
    uint32_t at = hash & (LEXICON_SLOTS - 1);
    while (hashes[at] != 0 && hashes[at] != hash)
        at = (at + 1) & (LEXICON_SLOTS - 1);
    hashes[at] = hash;
    classes[at] |= class;
}

static uint32_t find(const uint32_t *hashes, const uint32_t *classes, uint32_t hash)
{
    uint32_t at = hash & (LEXICON_SLOTS - 1);
    while (hashes[at] != 0) {
        if (hashes[at] == hash)
            return classes[at];
        at = (at + 1) & (LEXICON_SLOTS - 1);
    }
    return 0;
}

static void add_phrases(lexicon *l, const word_list *list)
{
    uint32_t phrase = 0;
    const char *word = list->words;
    for (const char *at = word;; at++) {
        if (*at != ' ' && *at != '|' && *at != 0)
            continue;
        phrase = text_join(phrase, text_hash(word, (size_t)(at - word)));
        word = at + 1;
        if (*at != ' ') {
            add(l->phrase_hash, l->phrases, phrase, list->class);
            phrase = 0;
        }
        if (*at == 0)
            return;
    }
}

void lexicon_fill(lexicon *l)
{
    memset(l, 0, sizeof *l);
    for (size_t i = 0; i < HK_COUNT(LISTS); i++) {
        const char *at = LISTS[i].words;
        while (*at) {
            const char *end = strchr(at, ' ');
            size_t n = end ? (size_t)(end - at) : strlen(at);
            add(l->hash, l->classes, text_hash(at, n), LISTS[i].class);
            at += n + (end ? 1 : 0);
        }
    }
    for (size_t i = 0; i < HK_COUNT(PHRASES); i++)
        add_phrases(l, &PHRASES[i]);
}

void lexicon_mark(const lexicon *l, text_tokens *t)
{
    for (uint32_t i = 0; i < t->n; i++)
        t->token[i].classes = find(l->hash, l->classes, t->token[i].hash);
}

uint32_t lexicon_phrases(const lexicon *l, const text_tokens *t, uint32_t at)
{
    uint32_t phrase = 0, kinds = 0;
    for (uint32_t i = at; i < t->n && i < at + PHRASE_WORDS_MAX; i++) {
        phrase = text_join(phrase, t->token[i].hash);
        kinds |= find(l->phrase_hash, l->phrases, phrase);
    }
    return kinds;
}
