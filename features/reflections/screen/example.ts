// SPDX-License-Identifier: AGPL-3.0-or-later
// An exchange to begin with. Written for this page, nobody's real words; in English whatever the page speaks, because the engine knows no other
// language. In it are a reflection, advice that nobody asked for, a bright side, and somebody who notices.

export const EXAMPLE = `Robin: I have not slept properly since the move. I lie there and feel so alone.
Listener: The nights are long, and there is nobody in the next room any more.
Robin: Exactly. At home somebody was always snoring.
Listener: You should join a club. Have you tried the gym?
Robin: Maybe.
Listener: At least you have a job and a nice flat.
Robin: I know. That makes it worse, somehow.
Listener: Everything looks fine from outside, so you feel you may not be sad.
Robin: Yes. That is it. I have not said that to anyone, because they were all so proud of me for going, and I did not want to spoil it.
Listener: What would you have liked them to ask you?
`;
