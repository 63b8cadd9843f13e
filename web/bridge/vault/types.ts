// SPDX-License-Identifier: AGPL-3.0-or-later
// What the page may ask of the vault. Ids are base64url text as in the place's JSON; everything sealed is bytes that
// only the vault reads. Times are milliseconds since 1970. No operation gives out a key: what comes back is sealed, signed,
// public, or words meant for the person.

export type Bytes = Uint8Array<ArrayBuffer>;
/** 16 bytes as base64url: accounts, conversations, teams, mids, blobs. */
export type Id = string;

/** How an operation can refuse (BridgeError.code). */
export type VaultRefusal =
  | "not_there"
  | "locked" // nobody is unlocked
  | "refused" // wrong password, wrong key, not signed by whom it should be
  | "bad" // it does not parse
  | "conflict" // it does not follow what is there
  | "too_much" // over a named limit
  | "no_memory"
  | "busy" // not now: sealing has stopped (View.stops), keys or entries are missing
  | "aborted"
  | "crashed"
  | "failed";

// ---- Account ----

export type RecordKind = "password" | "recovery" | "passkey" | "device";
export type NewRecord = { kind: RecordKind; record: Bytes; login_key: Bytes };
/** The public half of who somebody is. */
export type Member = {
  account: Id;
  ik: Bytes;
  ek: Bytes;
  ek_serial: number;
  ek_certificate: Bytes;
  role: MemberRole;
};
export type MemberRole = "client" | "listener" | "supervisor" | "relative" | "interpreter";

export type NewAccount = {
  ik: Bytes;
  ek: Bytes;
  ek_serial: number;
  ek_certificate: Bytes;
  records: NewRecord[];
  identity: Bytes;
  state: Bytes;
  /** The login signature over the challenge by the new login key. */
  signature: Bytes;
};

/** Argon2id's input as the place says it before sign-in. The vault refuses weak ones. */
export type KdfSaid = { handle: string; salt: Bytes; t: number; m: number };

/** What signs in: the vault keeps what opens the account until `open`, and answers with a signature. */
export type SignIn =
  | ({ by: "password"; password: Bytes; secret_key?: string } & KdfSaid)
  | { by: "recovery"; handle: string; code: string }
  | { by: "device"; handle: string };

export type Opening = {
  account: Id;
  handle: string;
  record: Bytes;
  identity: Bytes;
  state: Bytes;
  state_serial: number;
};

export type ChangeAsked = {
  challenge: Bytes;
  /** A new password (UTF-8 after NFC, moved into the vault). secret_key: listeners carry one; "make" draws it anew. */
  password?: { password: Bytes; secret_key: "none" | "make" | { keep: string } };
  recovery?: boolean;
  /** "Somebody may have been in": new account key, new encryption key. */
  renew?: boolean;
  /** Every 90 days: a new encryption key, nothing else changes. Not together with the others. */
  rotate?: boolean;
};
export type Change = {
  by: RecordKind;
  records: NewRecord[];
  signature: Bytes;
  identity?: Bytes;
  ek?: Bytes;
  ek_serial?: number;
  ek_certificate?: Bytes;
  state?: Bytes;
  state_serial?: number;
  /** For the sheet, shown once: the recovery code and, for listeners, the secret key. */
  recovery_code?: string;
  secret_key?: string;
};

/** What the account remembers, as far as a screen may know. */
export type StateView = {
  serial: number;
  /** There is something the place has not stored yet: put `stateToKeep`. */
  changed: boolean;
  place_key?: Bytes;
  pins: Pin[];
  /** The page's own bytes: listening choices and other small settings, at most 4,096. */
  choices: Bytes;
};
/** other_ik: another device of this account trusted that key instead; a person has to decide. */
export type Pin = { account: Id; ik: Bytes; how: PinnedHow; at_ms: number; other_ik?: Bytes };
/** Weakest first. */
export type PinnedHow = "first_seen" | "roster" | "invite" | "replaced" | "spoken";

// ---- Conversations ----

export type Body =
  | { kind: "text"; text: string }
  | { kind: "name"; text: string }
  | { kind: "file"; file: FileDescriptor }
  | { kind: "feedback"; answer: 0 | 1 | 2; text: string }
  | { kind: "opening"; wish: 0 | 1 | 2; channel: number; name: string; text: string }
  | { kind: "spoken"; step: 1 | 2 | 3; value: Bytes }
  | { kind: "excerpt" | "journal" | "measure" | "note" | "mirror" | "plan" | "why"; text: string }
  /** Of a kind that this page is too old for, or not made as agreed. */
  | { kind: "unknown"; number: number };

export type Entry = {
  position: number;
  kind: "message" | "commit" | "gone";
  /** By the place's clock; comes back in Taken. */
  stored_ms?: number;
  bytes?: Bytes;
  wrap?: Bytes;
  entry_hash?: Bytes;
};

/** shown_passed_on: from before a REPLACE of me; somebody passed the key on. Never to be called verified. */
export type Finding = "bad" | "duplicate" | "shown" | "shown_gap" | "shown_forked" | "committed" | "shown_passed_on" | "gone";
export type Taken = {
  position: number;
  finding: Finding;
  sender?: Id; // or a commit's author
  mine?: boolean;
  mid?: Id;
  time_ms?: number; // as the sender said
  stored_ms?: number; // as the place said
  body?: Body;
  /** Words before this one that did not arrive. */
  missing?: number;
  history_checked?: boolean;
  commit?: { epoch: number; /** Whose key was replaced. */ replaced?: Id; resumed: boolean; joined: Id[]; left: Id[] };
};

/** Why nothing may be sealed in a conversation now. Empty: go ahead. */
export type Stop = "locked" | "forked" | "interrupted" | "unpinned" | "expired" | "outside" | "rotate";
export type View = {
  conversation: Id;
  epoch: number;
  position: number;
  members: (Member & { /** before: my name with a key that I have no more */ trust: "own" | "before" | "pinned" | "unpinned" | "different" })[];
  stops: Stop[];
  /** Interrupted, and another member has gone on from here: `acceptResume`. */
  resume_waits: boolean;
};

export type Read = {
  taken: Taken[];
  view: View;
  /** The entry that could not be taken yet: a gap before it, or a key that is missing (ask for the wrap). */
  held?: { position: number; why: "conflict" | "busy" };
};

export type Sealed = {
  envelope: Bytes;
  mid: Id;
  /** Who could read when these words were written; hand it to `reseal`. */
  readers: Bytes;
};

export type CommitChange =
  | { do: "put"; member: Member }
  | { do: "remove"; account: Id }
  | { do: "consent"; consent: Bytes };
export type Commit = { commit: Bytes; wraps: { account: Id; wrap: Bytes }[] };

// ---- People ----

export type RosterRole = "peer" | "supervisor" | "therapist";
export type RosterCertificate = {
  account: Id;
  ik: Bytes;
  role: RosterRole;
  lead: boolean;
  serial: number;
  from_ms: number;
  until_ms: number;
};
/** What the place says of a team; checked from the place key down before anything is sealed to it. */
export type TeamSaid = { certificate: Bytes; lead_certificate: Bytes; place_key: Bytes };
export type Invitation = { text: string; token: Bytes; token_hash: Bytes };

export type SpokenStep = { step: 1 | 2 | 3; value: Bytes };
export type SpokenWords = [number, number, number, number];

// ---- Files ----

/** sealed: the whole descriptor with the file's key, readable by this account's vault only. */
export type FileDescriptor = { blob: Id; size: number; chunks: number; name: string; type: string; sealed: Bytes };

/** The table. Each takes one object and answers one value, or refuses with a VaultRefusal. */
export type VaultOperations = {
  // Without an account
  drawId: (asked: Record<string, never>) => Id;
  /** Makes keys; what unlocks them is kept by this device (deviceKept). Unlocked afterwards. */
  makeAccount: (asked: { account: Id; handle: string; host: string; challenge: Bytes }) => NewAccount;
  /** All keys anew for an account whose password is lost; serials as the place says them. Otherwise like makeAccount. */
  makeAccountAgain: (asked: {
    account: Id;
    handle: string;
    host: string;
    challenge: Bytes;
    ek_serial: number;
    record_serial: number;
  }) => NewAccount;
  /** Whom this device could open without a password, if anybody. */
  deviceKept: (asked: Record<string, never>) => { account: Id; handle: string } | null;
  /** After making an account: false says that this browser keeps nothing, so only a password can bring somebody back. */
  deviceKeeps: (asked: Record<string, never>) => boolean;
  /** Signs the place's challenge. Progress while a password is worked on: 0 to 1. */
  signIn: (asked: { host: string; challenge: Bytes; with: SignIn }) => { signature: Bytes };
  /** After the place has let us in: opens the account with what signed in. */
  open: (asked: Opening) => { member: Member; state: StateView };
  readInvitation: (asked: { text: string }) => { token: Bytes; place_fp: Bytes; listener_fp: Bytes };
  fingerprint: (asked: { account: Id; ik: Bytes }) => Bytes;
  placeFingerprint: (asked: { place_key: Bytes }) => Bytes;

  // The account
  change: (asked: ChangeAsked) => Change;
  /** Signs in by what opens this account once the change holds, while nobody knows whether it does. */
  signChanged: (asked: { host: string; challenge: Bytes }) => { by: RecordKind; signature: Bytes };
  /** The place has stored the change, or has not. */
  changeDone: (asked: { stored: boolean; state_serial?: number; password_set?: boolean }) => null;
  signErase: (asked: { host: string; challenge: Bytes }) => { by: RecordKind; signature: Bytes };
  state: (asked: Record<string, never>) => StateView;
  /** The sealed state to put; `stateKept` once the place has it, `stateFrom` when it has a newer one (they are merged). */
  stateToKeep: (asked: Record<string, never>) => { serial: number; state: Bytes };
  stateKept: (asked: { serial: number }) => StateView;
  stateFrom: (asked: { serial: number; state: Bytes }) => StateView;
  /** The place was restored from a backup: what it has is united with what is remembered here, then to be put again. */
  stateRestored: (asked: { serial: number; state: Bytes }) => StateView;
  /** `conflict`: another key is pinned for them. decided: a person chose this key over the other one. */
  pin: (asked: { account: Id; ik: Bytes; how: PinnedHow; at_ms: number; decided?: boolean }) => StateView;
  /** `conflict`: the place has another key than before. */
  pinPlace: (asked: { place_key: Bytes }) => StateView;
  keepChoices: (asked: { choices: Bytes }) => StateView;
  /** Staff, at sign-in. `refused`: the audit's chain was rebuilt. */
  auditSeen: (asked: { count: number; head: Bytes }) => StateView;
  /** After deleting: its keys and tip go from the account state. */
  forget: (asked: { conversation: Id }) => StateView;

  // What only this device keeps: drafts, the outbox. Sealed; closed by lock.
  /** `stored` false: sealed, but this device would not keep it; it is there until the page goes. */
  localPut: (asked: { label: string; content: Bytes }) => { stored: boolean };
  localGet: (asked: { label: string }) => Bytes | null;
  localDrop: (asked: { label: string }) => null;
  localLabels: (asked: { start: string }) => string[];
  /** Everything this device keeps of this account goes. After erasing. */
  localForget: (asked: Record<string, never>) => null;

  // The words of conversations that this device has read, kept sealed. Reading goes on after them; closed by lock.
  /** Once, before reading: null means from position 1. What comes is not yet compared with the place: keptProve. */
  keptOpen: (asked: { conversation: Id; now_ms: number }) => { taken: Taken[]; view: View } | null;
  /**
   * entry: what the place has at the position where the kept words end, if anything; gone: how many before it are deleted.
   * false: it is not the same any more. The kept words are put away, the conversation begins with position 1 again.
   */
  keptProve: (asked: { conversation: Id; entry?: Entry; gone: number }) => boolean;
  /** There are no other conversations than these: of others nothing stays here. */
  keptOnly: (asked: { conversations: Id[] }) => null;

  // A conversation
  read: (asked: { conversation: Id; entries: Entry[]; head: number; now_ms: number }) => Read;
  view: (asked: { conversation: Id }) => View;
  seal: (asked: { conversation: Id; body: Body; time_ms: number; mid?: Id }) => Sealed;
  /** After `stale_epoch` or `stream_conflict`: the same words again. `conflict`, with who, when somebody new would read. */
  reseal: (asked: {
    conversation: Id;
    body: Body;
    time_ms: number;
    mid: Id;
    readers: Bytes;
    new_stream: boolean;
    asked_about_new_readers: boolean;
  }) => { sealed: Sealed } | { new_reader: Member };
  goOn: (asked: { conversation: Id }) => View;
  /** `conflict`: nobody has gone on, or not with people who were all remembered. */
  acceptResume: (asked: { conversation: Id }) => View;
  /** Forgets what was read here: it is read again from its beginning, against what is remembered. */
  readAnew: (asked: { conversation: Id }) => null;
  wrapArrived: (asked: { conversation: Id; wrap: Bytes }) => View;
  wrapAgain: (asked: { conversation: Id; account: Id }) => Bytes;
  commit: (asked: { conversation: Id; kind: "change" | "resume" | "replace"; changes: CommitChange[] }) => Commit;
  beginPrivate: (asked: { conversation?: Id }) => Commit & { conversation: Id };
  leave: (asked: { conversation: Id }) => Bytes;
  sealReceipt: (asked: { conversation: Id; time_ms: number }) => Bytes;
  openReceipt: (asked: { conversation: Id; receipt: Bytes }) => { account: Id; position: number };

  // First words
  sealFirstWords: (asked: {
    team: TeamSaid;
    body: Body;
    time_ms: number;
    now_ms: number;
  }) => { conversation: Id; first_words: Bytes; mid: Id; stored: boolean };
  openFirstWords: (asked: { first_words: Bytes }) => { conversation: Id; from: Member; mid: Id; time_ms: number; body: Body };
  /** The listener's first commit for somebody's first words. */
  accept: (asked: { first_words: Bytes; now_ms: number }) => Commit & { conversation: Id };
  /** The client, before reading the first commit: is it ours, by a listener this place vouches for? Pins the listener. */
  genesisAccept: (asked: {
    conversation: Id;
    commit: Bytes;
    certificate: Bytes;
    place_key: Bytes;
    now_ms: number;
  }) => { listener: Id };

  // The place key, the team key, invitations
  placeMake: (asked: Record<string, never>) => { place_key: Bytes; fingerprint: Bytes };
  placeHave: (asked: Record<string, never>) => { place_key: Bytes; fingerprint: Bytes } | null;
  rosterSign: (asked: RosterCertificate) => Bytes;
  rosterCheck: (asked: { certificate: Bytes; place_key: Bytes; now_ms: number }) => RosterCertificate;
  teamMake: (asked: {
    team?: Id;
    serial: number;
    from_ms: number;
    until_ms: number;
    to: { account: Id; ek: Bytes }[];
  }) => { team: Id; serial: number; certificate: Bytes; wraps: { account: Id; wrap: Bytes }[] };
  teamOpen: (asked: { wrap: Bytes; team: TeamSaid; now_ms: number }) => { team: Id; serial: number; until_ms: number };
  teamWrap: (asked: {
    team: Id;
    serial: number;
    to: { account: Id; ek: Bytes }[];
  }) => { account: Id; wrap: Bytes }[];
  inviteMake: (asked: { place_key: Bytes }) => Invitation;
  inviteAnswer: (asked: { text: string; conversation: Id }) => { token: Bytes; auth: Bytes };
  /** The listener: does this proof come from somebody who held one of my invitations? Pins them. */
  inviteCheck: (asked: { conversation: Id; invitee: Member; auth: Bytes; at_ms: number }) => boolean;
  consentSign: (asked: {
    conversation: Id;
    subject: Id;
    subject_ik: Bytes;
    role: MemberRole;
    from_epoch: number;
    until_ms: number;
    why: Id;
  }) => Bytes;

  // The spoken check: each step gives the body to send next; the last gives four indices into the 2,048 words.
  // other: somebody in the conversation, or keys that stand in no conversation yet.
  spokenStep: (asked: { conversation: Id; other: Id | Member; received?: SpokenStep }) => { send?: SpokenStep; words?: SpokenWords };
  /** After a REPLACE: the keys of earlier epochs that are remembered here, for their new key. */
  passOn: (asked: { conversation: Id; to: Member }) => { epoch: number; wrap: Bytes }[];

  // Files, chunk by chunk
  fileSealStart: (asked: { size: number }) => { file: number; blob: Id; chunks: number };
  /** plain: 65,536 bytes, or what is left, or nothing where the size is only padding. `file` ends with the first refusal. */
  fileSealChunk: (asked: { file: number; plain: Bytes }) => Bytes;
  fileSealEnd: (asked: { file: number; name: string; type: string }) => FileDescriptor;
  fileOpenStart: (asked: { file: FileDescriptor }) => { file: number };
  /** Plain bytes; nothing may be shown before the last chunk has been opened (`whole`). */
  fileOpenChunk: (asked: { file: number; sealed: Bytes }) => { plain: Bytes; whole: boolean };
  fileStop: (asked: { file: number }) => null;
};
