// SPDX-License-Identifier: AGPL-3.0-or-later
// Passwords that are tried first everywhere, as far as they pass the shortest length or become one with a few signs around them.
// Written down by hand from what is commonly known; a longer list would cost more than it stops, since fifteen signs are advised.
const WORDS = `password passwort passw0rd p@ssword p@ssw0rd password1 password12 password123 passwort1 passwort123 iloveyou iloveyou1
ichliebedich sunshine princess football baseball basketball superman batman trustno1 welcome welcome1 willkommen letmein letmein1
monkey dragon master shadow michael jennifer jordan ashley bailey charlie daniel thomas andrea sabine schatz schatzi liebling
geheim geheim123 hallo hallo123 hallohallo sommer sommer2024 sommer2025 sommer2026 winter winter2025 herbst summer spring autumn
qwerty qwertz qwerty123 qwertz123 qwertyuiop qwertzuiop 1q2w3e4r 1qaz2wsx zaq12wsx asdfghjkl asdfasdf yxcvbnm zxcvbnm
12345678 123456789 1234567890 11111111 00000000 87654321 12341234 123123123 abcd1234 abc12345 a1b2c3d4 admin admin123 administrator
login changeme secret whatever starwars pokemon nintendo computer internet samsung google facebook linkedin mustang ferrari mercedes
porsche bayern fcbayern schalke04 borussia arsenal chelsea liverpool barcelona realmadrid hello123 hellohello freedom freiheit
blessed jesus jesuschrist loveyou lovely purple flower butterfly blume blumen schmetterling engel cookie chocolate schokolade
killer soccer hockey ranger tigger pepper ginger buster hunter maggie hearken listening compassion therapy therapie depression`;

export const COMMON: ReadonlySet<string> = new Set(WORDS.split(/\s+/));
