/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Which SQL we write: the part that SQLite and PostgreSQL both take. Checked for every statement and
 * migration at start, so that a place on PostgreSQL can run the same named statements.
 *
 * The check reads words, not grammar; functions are checked by the authorizer, which knows them from columns.
 * A migration is translated on the way to PostgreSQL by three words only: BLOB is BYTEA, INTEGER is BIGINT
 * and STRICT is left out.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "store/inside.h"

typedef struct word {
    const char *p;
    size_t n;
} word;

static bool is_word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The next word or single character; text in quotes is one token that starts with its quote. */
static word next_word(const char **at)
{
    const char *p = *at;
    for (;;) {
        while (isspace((unsigned char)*p))
            p++;
        if (p[0] != '-' || p[1] != '-')
            break;
        p += strcspn(p, "\n"); /* a comment */
    }
    const char *start = p;
    if (is_word_byte(*p)) {
        while (is_word_byte(*p))
            p++;
    } else if (*p == '\'' || *p == '"') {
        p += 1 + strcspn(p + 1, *start == '"' ? "\"" : "'");
        p += *p != 0;
    } else if (*p) {
        p++;
    }
    *at = p;
    return (word){start, (size_t)(p - start)};
}

static bool is(word w, const char *text)
{
    return w.n == strlen(text) && strncasecmp(w.p, text, w.n) == 0;
}

static bool is_any(word w, const char *const *texts)
{
    for (; *texts; texts++)
        if (is(w, *texts))
            return true;
    return false;
}

static const char *unportable_word(word before, word w, word after)
{
    static const char *const ROW_IDS[] = {"rowid", "_rowid_", "oid", NULL};
    static const char *const OURS_ONLY[] = {"autoincrement", "glob",     "indexed", "isnull",
                                            "match",         "notnull",  "pragma",  "regexp",
                                            "vacuum",        "unsigned", NULL};
    static const char *const AFTER_IS[] = {"null", "not", "distinct", NULL};
    static const char *const TRUTHS[] = {"true", "false", NULL};
    if (is_any(w, ROW_IDS))
        return "a hidden row number (give the table a key of its own)";
    if (is_any(w, OURS_ONLY))
        return "a word that only SQLite knows";
    if ((is(before, "insert") || is(before, "update")) && is(w, "or"))
        return "INSERT OR / UPDATE OR (write ON CONFLICT)";
    if (is(before, "replace") && is(w, "into"))
        return "REPLACE INTO (write ON CONFLICT)";
    if (is(w, "without") && is(after, "rowid"))
        return "WITHOUT ROWID";
    if (is(w, "is") && !is_any(after, AFTER_IS))
        return "IS between values (write IS NOT DISTINCT FROM)";
    if (is_any(w, TRUTHS))
        return "TRUE or FALSE (flags are 0 and 1 in both)";
    if ((is(w, "max") || is(w, "min")) && is(after, "("))
        return NULL; /* looked at by two_argument_max */
    if ((is(w, "like")))
        return "LIKE (the two compare letters differently)";
    if (is(w, "x") && after.n && after.p[0] == '\'' && after.p == w.p + 1)
        return "a blob written out (use a parameter)";
    return NULL;
}

static const char *unportable_sign(word w, word after)
{
    if (w.n != 1)
        return NULL;
    bool joined = after.p == w.p + 1;
    if (*w.p == '=' && joined && is(after, "="))
        return "== (write =)";
    if (*w.p == '`' || *w.p == '[')
        return "a name in ` or [ (use no quotes)";
    if (*w.p == '?' && joined && after.n && isdigit((unsigned char)after.p[0]))
        return "a numbered parameter (write ? only)";
    if (*w.p == ':' || *w.p == '@' || *w.p == '$')
        return "a named parameter (write ? only)";
    if (*w.p == '-' && joined && is(after, ">"))
        return "a JSON arrow";
    return NULL;
}

/* max(a, b) is GREATEST in PostgreSQL; p stands behind "max". */
static bool two_argument_max(const char *p)
{
    int depth = 0;
    while (*p) {
        word w = next_word(&p);
        if (is(w, "("))
            depth++;
        else if (is(w, ")") && --depth == 0)
            return false;
        else if (is(w, ",") && depth == 1)
            return true;
    }
    return false;
}

/* "LIMIT a, b" reads the other way round than LIMIT b OFFSET a. */
static bool comma_limit(const char *p)
{
    (void)next_word(&p); /* the first number */
    return is(next_word(&p), ",");
}

const char *store_unportable(const char *sql, bool migrating)
{
    static const char *const SHAPING[] = {"create", "alter", "drop", NULL};
    word before = {"", 0};
    for (const char *p = sql; *p;) {
        word w = next_word(&p);
        const char *look = p;
        word after = next_word(&look);
        const char *why = unportable_word(before, w, after);
        if (!why)
            why = unportable_sign(w, after);
        if (!why && (is(w, "max") || is(w, "min")) && is(after, "(") && two_argument_max(p))
            why = "max or min of two values (write CASE)";
        if (!why && is(w, "limit") && comma_limit(p))
            why = "LIMIT a, b (write LIMIT b OFFSET a)";
        if (!why && !migrating && before.n == 0 && is_any(w, SHAPING))
            why = "a change of the tables (that is a migration)";
        if (why)
            return why;
        before = w;
    }
    return NULL;
}
