// SPDX-License-Identifier: AGPL-3.0-or-later
// Between people: the place key, the team key, first words, invitations, consents, the spoken check.
import { BridgeError } from "../rpc.ts";
import { bodyFromPlain, bodyToPlain } from "./bodies.ts";
import type { Reader, Writer } from "./codec.ts";
import { commitFrom, type Conversations } from "./conversations.ts";
import type { Files } from "./files.ts";
import { memberFrom, roleNumber, writeMember } from "./members.ts";
import { nothing, type VaultModule } from "./module.ts";
import type { Body, Bytes, Commit, Id, Member, MemberRole, RosterCertificate, RosterRole, SpokenStep, SpokenWords, TeamSaid } from "./types.ts";

const KEY = 32;
const WRAP = 140;
const ROSTER_ROLES: Readonly<Record<RosterRole, number>> = { peer: 2, supervisor: 3, therapist: 6 };
const SPOKEN_WORDS = 4;

export type PlaceKey = { place_key: Bytes; fingerprint: Bytes };
export type Spoken = { send?: SpokenStep; words?: SpokenWords };
export type FirstWords = { conversation: Id; from: Member; mid: Id; time_ms: number; body: Body };

function rosterRole(number: number): RosterRole {
  for (const [role, its] of Object.entries(ROSTER_ROLES)) {
    if (its === number) return role as RosterRole;
  }
  throw new BridgeError("bad");
}

function writeTeam(q: Writer, team: TeamSaid, now_ms: number): Writer {
  return q.long(team.certificate).long(team.lead_certificate).fixed(team.place_key, KEY).u53(now_ms);
}

export class People {
  constructor(
    private readonly module: VaultModule,
    private readonly files: Files,
  ) {}

  // ---- The place key ----

  placeMake(): PlaceKey & { sealed: Bytes } {
    return this.module.call("place_make", nothing, (a) => ({ ...placeFrom(a), sealed: a.long() }));
  }

  placeOpen(sealed: Bytes): PlaceKey {
    return this.module.call("place_open", (q) => q.rest(sealed), placeFrom);
  }

  rosterSign(c: RosterCertificate): Bytes {
    const write = (q: Writer): unknown => {
      q.id(c.account).fixed(c.ik, KEY).u8(ROSTER_ROLES[c.role]).u8(c.lead ? 1 : 0);
      return q.u32(c.serial).u53(c.from_ms).u53(c.until_ms);
    };
    return this.module.call("roster_sign", write, (a) => a.rest());
  }

  rosterCheck(certificate: Bytes, place_key: Bytes, now_ms: number): RosterCertificate {
    return this.module.call(
      "roster_check",
      (q) => q.long(certificate).fixed(place_key, KEY).u53(now_ms),
      (a) => ({
        account: a.id(),
        ik: a.bytes(KEY),
        role: rosterRole(a.u8()),
        lead: a.u8() === 1,
        serial: a.u32(),
        from_ms: a.u53(),
        until_ms: a.u53(),
      }),
    );
  }

  // ---- The team key ----

  teamMake(team: Id, serial: number, from_ms: number, until_ms: number): Bytes {
    return this.module.call("team_make", (q) => q.id(team).u32(serial).u53(from_ms).u53(until_ms), (a) => a.rest());
  }

  teamWrap(team: Id, serial: number, to: readonly { account: Id; ek: Bytes }[]): { account: Id; wrap: Bytes }[] {
    return to.map(({ account, ek }) => ({
      account,
      wrap: this.module.call("team_wrap", (q) => q.id(team).u32(serial).id(account).fixed(ek, KEY), (a) => a.rest()),
    }));
  }

  teamOpen(team: TeamSaid, wrap: Bytes, now_ms: number): { team: Id; serial: number; until_ms: number } {
    return this.module.call(
      "team_open",
      (q) => writeTeam(q, team, now_ms).rest(wrap),
      (a) => ({ team: a.id(), serial: a.u32(), until_ms: a.u53() }),
    );
  }

  // ---- First words ----

  firstSeal(
    asked: { team: TeamSaid; body: Body; time_ms: number; now_ms: number },
    conversation: Id,
    mid: Id,
  ): { serial: number; hash: Bytes; first_words: Bytes } {
    const { kind, content } = bodyToPlain(asked.body, this.files);
    const write = (q: Writer): unknown =>
      writeTeam(q, asked.team, asked.now_ms).id(conversation).id(mid).u53(asked.time_ms).u8(kind).rest(content);
    return this.module.call("first_seal", write, (a) => ({ serial: a.u32(), hash: a.bytes(KEY), first_words: a.rest() }));
  }

  firstOpen(first_words: Bytes): FirstWords {
    const { kind, content, ...first } = this.module.call(
      "first_open",
      (q) => q.rest(first_words),
      (a) => ({
        conversation: a.id(),
        from: memberFrom(a),
        mid: a.id(),
        time_ms: a.u53(),
        kind: a.u8(),
        content: a.long(),
      }),
    );
    return { ...first, body: bodyFromPlain(kind, content, this.files) };
  }

  accept(first_words: Bytes, now_ms: number): Commit & { conversation: Id } {
    return this.module.call("accept", (q) => q.u53(now_ms).rest(first_words), (a) => {
      const conversation = a.id();
      return { conversation, ...commitFrom(a) };
    });
  }

  genesisAccept(
    hash: Bytes,
    asked: { commit: Bytes; certificate: Bytes; place_key: Bytes; now_ms: number },
  ): { listener: Id } {
    const write = (q: Writer): unknown =>
      q.fixed(hash, KEY).fixed(asked.place_key, KEY).u53(asked.now_ms).long(asked.certificate).rest(asked.commit);
    return this.module.call("genesis_accept", write, (a) => ({ listener: a.id() }));
  }

  // ---- Invitations ----

  inviteMake(place_key: Bytes): { text: string; token: Bytes; token_hash: Bytes } {
    return this.module.call("invite_make", (q) => q.fixed(place_key, KEY), (a) => {
      const text = new TextDecoder().decode(a.bytes(INVITE_TEXT));
      return { text, token: a.bytes(KEY), token_hash: a.bytes(KEY) };
    });
  }

  inviteRead(text: string): { token: Bytes; place_fp: Bytes; listener_fp: Bytes } {
    return this.module.call("invite_read", (q) => q.restText(text), (a) => ({
      token: a.bytes(KEY),
      place_fp: a.bytes(KEY),
      listener_fp: a.bytes(KEY),
    }));
  }

  inviteAnswer(conversation: Id, text: string): { token: Bytes; auth: Bytes; first_hash: Bytes } {
    return this.module.call("invite_answer", (q) => q.id(conversation).restText(text), (a) => ({
      token: a.bytes(KEY),
      auth: a.bytes(KEY),
      first_hash: a.bytes(KEY),
    }));
  }

  inviteCheck(text: string, conversation: Id, invitee: Member, auth: Bytes, now_ms: number): boolean {
    try {
      this.module.call(
        "invite_check",
        (q) => writeMember(q, invitee).id(conversation).fixed(auth, KEY).u53(now_ms).restText(text),
        nothing,
      );
      return true;
    } catch (error) {
      if (error instanceof BridgeError && error.code === "refused") return false;
      throw error;
    }
  }

  // ---- Consents ----

  consentSign(c: {
    conversation: Id;
    subject: Id;
    subject_ik: Bytes;
    role: MemberRole;
    from_epoch: number;
    until_ms: number;
    why: Id;
  }): Bytes {
    const write = (q: Writer): unknown => {
      q.id(c.conversation).id(c.subject).fixed(c.subject_ik, KEY).u8(roleNumber(c.role));
      return q.u32(c.from_epoch).u53(c.until_ms).id(c.why);
    };
    return this.module.call("consent_sign", write, (a) => a.rest());
  }
}

const INVITE_TEXT = 109;

function placeFrom(a: Reader): PlaceKey {
  return { place_key: a.bytes(KEY), fingerprint: a.bytes(KEY) };
}

/** The spoken check: whoever begins sends c; the other answers with rb; the first reveals ra; both read four words. */
export function spokenStep(
  module: VaultModule,
  conversations: Conversations,
  conversation: Id,
  other: Id | Member,
  received: SpokenStep | undefined,
): Spoken {
  const send = (step: 1 | 2 | 3, value: Bytes): Spoken => ({ send: { step, value } });
  if (received === undefined || received.step === 1) {
    const step = received === undefined ? 1 : 2;
    const promised = (q: Writer): Writer => (received === undefined ? q : q.fixed(received.value, KEY));
    if (typeof other === "string") {
      const op = step === 1 ? "spoken_start" : "spoken_answer";
      return send(step, conversations.call(op, conversation, (q) => promised(q.id(other)), (a) => a.rest()));
    }
    const op = step === 1 ? "meet_start" : "meet_answer";
    return send(step, module.call(op, (q) => promised(writeMember(q.id(conversation), other)), (a) => a.rest()));
  }
  const value = received.value;
  if (received.step === 3) {
    return module.call("spoken_finish", (q) => q.id(conversation).fixed(value, KEY), (a) => ({ words: wordsFrom(a) }));
  }
  return module.call("spoken_reveal", (q) => q.id(conversation).fixed(value, KEY), (a) => ({ ...send(3, a.bytes(KEY)), words: wordsFrom(a) }));
}

/** Keys of earlier epochs, for somebody's new key. */
export function passOn(conversations: Conversations, conversation: Id, to: Member): { epoch: number; wrap: Bytes }[] {
  return conversations.call("pass_on", conversation, (q) => writeMember(q, to), (a) =>
    Array.from({ length: a.u32() }, () => ({ epoch: a.u32(), wrap: a.bytes(WRAP) })),
  );
}

function wordsFrom(a: Reader): SpokenWords {
  if (a.left !== SPOKEN_WORDS * 4) throw new BridgeError("bad");
  return [a.u32(), a.u32(), a.u32(), a.u32()];
}
