/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Plain text: "Ada: words", one turn a line; a line without a name goes on with the turn above; an empty line
 * and a line that starts with '#' are nothing.
 */
#include "cli/listen/transcript.h"

hk_err transcript_read_plain(hk_slice text, transcript *t, transcript_problem *p)
{
    for (size_t number = 1; text.n > 0; number++) {
        size_t end = hk_slice_find(text, '\n');
        hk_slice line = transcript_trim(hk_slice_part(text, 0, end)), words;
        text = hk_slice_part(text, end + 1, text.n);
        if (line.n == 0 || line.p[0] == '#')
            continue;
        hk_slice name = transcript_name(line, &words);
        if (name.n > 0) {
            HK_TRY(transcript_add(t, (utterance){.name = name, .text = words, .start_ms = LISTEN_NO_TIME}));
        } else if (t->n > 0) {
            utterance *last = &t->list[t->n - 1];
            HK_TRY(transcript_join(t->arena, last->text, words, &last->text));
        } else {
            *p = (transcript_problem){
                .line = number, .expected = "a name and a colon before the words, such as \"Listener: \""};
            return HK_BAD;
        }
    }
    return HK_OK;
}
