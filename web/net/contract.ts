// SPDX-License-Identifier: AGPL-3.0-or-later
// Printed from features/*/contract.c by tools/contract; a check refuses drift. Do not edit.
// What travels between the place and the page: bytes and hashes are base64url in JSON and bytes here,
// ids stay as their 22 characters.

export type Id = string;

/** says nothing */
export type Nothing = Readonly<Record<string, never>>;

/** one act of staff */
export interface AuditEntry {
  /** its number */
  readonly count: number;
  /** when */
  readonly at_ms: number;
  /** who; missing: at the machine itself */
  readonly actor?: Id | undefined;
  /** what was done */
  readonly act: string;
  /** to whom */
  readonly subject?: Id | undefined;
  /** the chain up to here */
  readonly hash: Uint8Array;
}

/** what staff did, in a chain */
export interface Audit {
  /** oldest first */
  readonly entries: readonly AuditEntry[];
  /** of all */
  readonly count: number;
  /** of all */
  readonly head: Uint8Array;
}

/** one opening in the week */
export interface Hours {
  /** 0 is Monday */
  readonly weekday: number;
  /** minutes after midnight in the place's zone */
  readonly from_minute: number;
  /** minutes after midnight in the place's zone */
  readonly to_minute: number;
}

/** what a device needs to trust the key that first words are sealed to */
export interface PlaceTeam {
  /** the team */
  readonly team: Id;
  /** which of its keys */
  readonly serial: number;
  /** team certificate, signed by the lead */
  readonly certificate: Uint8Array;
  /** who leads the team */
  readonly lead: Id;
  /** the lead's identity key */
  readonly lead_ik: Uint8Array;
  /** roster certificate of the lead, signed by the place key */
  readonly lead_certificate: Uint8Array;
}

/** the place, as anybody may know it */
export interface Place {
  /** what the place is called */
  readonly name: string;
  /** BCP 47 */
  readonly language: string;
  /** ISO 3166-1: which crisis numbers are shown first */
  readonly country: string;
  /** somebody answers within this */
  readonly promise_minutes: number;
  /** how long backups are kept */
  readonly retention_days: number;
  /** when somebody is here */
  readonly hours: readonly Hours[];
  /** IANA name */
  readonly time_zone: string;
  /** Ed25519 key that signs the roster; made on a device */
  readonly place_key?: Uint8Array | undefined;
  /** true: nobody here is real */
  readonly demo: boolean;
  /** changes when the database was restored */
  readonly epoch: number;
  /** the server's clock */
  readonly now_ms: number;
  /** listeners on duty now */
  readonly listeners_here: number;
  /** people waiting now */
  readonly waiting: number;
  /** missing until a lead made the team's key */
  readonly team?: PlaceTeam | undefined;
}

/** what an administrator may change */
export interface PlaceChange {
  /** what the place is called */
  readonly name: string;
  /** BCP 47 */
  readonly language: string;
  /** ISO 3166-1 */
  readonly country: string;
  /** answer within this */
  readonly promise_minutes: number;
  /** days */
  readonly retention_days: number;
  /** IANA name */
  readonly time_zone: string;
  /** when somebody is here */
  readonly hours: readonly Hours[];
}

/** the key that signs the roster */
export interface PlaceKey {
  /** public half; set once */
  readonly place_key: Uint8Array;
}

/** somebody who is not real */
export interface DemoPerson {
  /** what they are called */
  readonly name: string;
  /** what they do here */
  readonly role: "client" | "therapist" | "peer" | "supervisor" | "admin";
  /** to sign in with */
  readonly handle: string;
  /** no secret: they are not real */
  readonly password: string;
  /** listeners' second secret */
  readonly secret_key?: string | undefined;
}

/** people to try the place with */
export interface Demo {
  /** everybody to try */
  readonly people: readonly DemoPerson[];
}

/** an invitation to be made */
export interface Invite {
  /** staff: by an administrator; client: by a listener */
  readonly kind: "staff" | "client";
  /** of staff, and required for them */
  readonly role?: "client" | "therapist" | "peer" | "supervisor" | "admin" | undefined;
  /** vault_invite_stored of the token */
  readonly token_hash: Uint8Array;
  /** at most seven days from now; default that */
  readonly expires_ms?: number | undefined;
}

/** an invitation that was made */
export interface Invited {
  /** its id, no secret */
  readonly invitation: Id;
}

/** one invitation of mine */
export interface Invitation {
  /** its id */
  readonly invitation: Id;
  /** whom it invites */
  readonly kind: "staff" | "client";
  /** the role it gives */
  readonly role: "client" | "therapist" | "peer" | "supervisor" | "admin";
  /** when */
  readonly made_ms: number;
  /** no use after this */
  readonly expires_ms: number;
  /** who came with it */
  readonly used_by?: Id | undefined;
  /** their proof */
  readonly auth?: Uint8Array | undefined;
  /** their identity key */
  readonly ik?: Uint8Array | undefined;
  /** their sealing key */
  readonly ek?: Uint8Array | undefined;
  /** the request it was used for */
  readonly conversation?: Id | undefined;
}

/** mine */
export interface Invitations {
  /** newest first */
  readonly invitations: readonly Invitation[];
}

/** is this invitation still good, and whose is it */
export interface InvitationLook {
  /** what the invitation's secret gives */
  readonly token: Uint8Array;
}

/** an invitation, seen by who holds it */
export interface InvitationLooked {
  /** whom it invites */
  readonly kind: "staff" | "client";
  /** the role it gives */
  readonly role: "client" | "therapist" | "peer" | "supervisor" | "admin";
  /** missing: made when the place was set up */
  readonly inviter?: Id | undefined;
  /** what they are called */
  readonly inviter_name?: string | undefined;
  /** to compare with the invitation's fingerprint */
  readonly inviter_ik?: Uint8Array | undefined;
  /** roster certificate */
  readonly inviter_certificate?: Uint8Array | undefined;
  /** no use after this */
  readonly expires_ms: number;
}

/** a door held open for 30 minutes */
export interface Arrival {
  /** the account to be */
  readonly account: Id;
  /** to sign in with, made here */
  readonly handle: string;
  /** to be signed by the new login key */
  readonly challenge: Uint8Array;
}

/** one way to open the account */
export interface UnlockRecord {
  /** which secret opens it */
  readonly kind: "password" | "recovery" | "passkey" | "device";
  /** unlock record (vault/FORMAT.md) */
  readonly record: Uint8Array;
  /** Ed25519, public half */
  readonly login_key: Uint8Array;
}

/** coming with an invitation */
export interface InvitationUse {
  /** what the invitation's secret gives */
  readonly token: Uint8Array;
  /** proof for the inviter */
  readonly auth: Uint8Array;
}

/** an account made whole */
export interface NewAccount {
  /** identity key, Ed25519 */
  readonly ik: Uint8Array;
  /** key that epochs are sealed to, X25519 */
  readonly ek: Uint8Array;
  /** grows with every new ek */
  readonly ek_serial: number;
  /** the ek signed by the ik */
  readonly ek_certificate: Uint8Array;
  /** exactly one of kind password or device, at most one of each other */
  readonly records: readonly UnlockRecord[];
  /** sealed identity record */
  readonly identity: Uint8Array;
  /** sealed account state, serial 1 */
  readonly state: Uint8Array;
  /** login signature over the challenge */
  readonly signature: Uint8Array;
  /** gives staff their role */
  readonly invitation?: InvitationUse | undefined;
  /** staff only, and required */
  readonly public_name?: string | undefined;
}

/** asking for the salt */
export interface SignInStart {
  /** who */
  readonly handle: string;
  /** by which secret */
  readonly kind: "password" | "recovery" | "passkey" | "device";
}

/** the same for a handle that nobody has */
export interface SignInStarted {
  /** Argon2id salt */
  readonly salt: Uint8Array;
  /** Argon2id passes; 0 where no password is used */
  readonly t: number;
  /** Argon2id memory as in the record */
  readonly m: number;
  /** single use, 60 s */
  readonly challenge: Uint8Array;
}

/** the proof */
export interface SignIn {
  /** who */
  readonly handle: string;
  /** by which secret */
  readonly kind: "password" | "recovery" | "passkey" | "device";
  /** login signature over the challenge */
  readonly signature: Uint8Array;
}

/** kept by staff devices and compared next time */
export interface AuditHead {
  /** staff acts so far */
  readonly count: number;
  /** their chain's head */
  readonly head: Uint8Array;
}

/** who is signed in */
export interface Session {
  /** who you are */
  readonly account: Id;
  /** to sign in with */
  readonly handle: string;
  /** what you do here */
  readonly role: "client" | "therapist" | "peer" | "supervisor" | "admin";
  /** the place vouches for you today */
  readonly certified: boolean;
  /** you make the team's key */
  readonly lead: boolean;
  /** came in with the sheet: set a password and a sheet first */
  readonly recovering: boolean;
  /** unlock record you came in with */
  readonly record: Uint8Array;
  /** its kind */
  readonly record_kind: "password" | "recovery" | "passkey" | "device";
  /** sealed identity record */
  readonly identity: Uint8Array;
  /** your identity key */
  readonly ik: Uint8Array;
  /** your sealing key */
  readonly ek: Uint8Array;
  /** its serial */
  readonly ek_serial: number;
  /** its certificate */
  readonly ek_certificate: Uint8Array;
  /** of the account state */
  readonly state_serial: number;
  /** sealed account state */
  readonly state: Uint8Array;
  /** staff only */
  readonly audit?: AuditHead | undefined;
  /** changes when the place was restored */
  readonly place_epoch: number;
  /** lock the vault after this long unused */
  readonly idle_lock_s: number;
  /** the session's end, whatever happens */
  readonly ends_ms: number;
}

/** to be signed */
export interface Challenge {
  /** single use, 60 s */
  readonly challenge: Uint8Array;
}

/** a new password, sheet, passkey or key */
export interface AccountChange {
  /** from POST /api/challenge */
  readonly challenge: Uint8Array;
  /** whose login key signs */
  readonly by: "password" | "recovery" | "passkey" | "device";
  /** replace those of their kinds */
  readonly records: readonly UnlockRecord[];
  /** change signature (vault/FORMAT.md) */
  readonly signature: Uint8Array;
  /** sealed identity record, when it is sealed anew */
  readonly identity?: Uint8Array | undefined;
  /** a new sealing key */
  readonly ek?: Uint8Array | undefined;
  /** larger than the old */
  readonly ek_serial?: number | undefined;
  /** with a new ek */
  readonly ek_certificate?: Uint8Array | undefined;
  /** sealed under the new account key */
  readonly state?: Uint8Array | undefined;
  /** the stored serial + 1 */
  readonly state_serial?: number | undefined;
  /** somebody may have been in: administrators see that, with all keys made anew */
  readonly somebody_in?: boolean | undefined;
}

/** what an account remembers */
export interface AccountState {
  /** when putting: the stored serial + 1 */
  readonly serial: number;
  /** sealed */
  readonly state: Uint8Array;
}

/** opens one socket */
export interface SocketTicket {
  /** once, 30 s */
  readonly ticket: Uint8Array;
}

/** the account state moved on: to the account's other devices */
export interface StateMoved {
  /** of the account state now */
  readonly serial: number;
}

/** a licence to practise */
export interface Licence {
  /** the board that licenses */
  readonly authority: string;
  /** only for administrators and the person */
  readonly number?: string | undefined;
  /** where it is valid */
  readonly country: string;
  /** checked at the board; missing: claimed */
  readonly checked_ms?: number | undefined;
  /** by whom */
  readonly checked_by?: Id | undefined;
  /** until when */
  readonly expires_ms?: number | undefined;
}

/** one who works here */
export interface StaffMember {
  /** who */
  readonly account: Id;
  /** what they are called here */
  readonly name: string;
  /** what they do here */
  readonly role: "client" | "therapist" | "peer" | "supervisor" | "admin";
  /** identity key */
  readonly ik: Uint8Array;
  /** sealing key */
  readonly ek: Uint8Array;
  /** its serial */
  readonly ek_serial: number;
  /** its certificate */
  readonly ek_certificate: Uint8Array;
  /** roster certificate */
  readonly certificate?: Uint8Array | undefined;
  /** makes the team's key */
  readonly lead: boolean;
  /** the place vouches for them today */
  readonly certified: boolean;
  /** may not come in */
  readonly disabled: boolean;
  /** therapists */
  readonly licence?: Licence | undefined;
  /** on duty until; 0: not here */
  readonly here_until_ms: number;
}

/** who works here */
export interface Staff {
  /** by name */
  readonly staff: readonly StaffMember[];
}

/** the place vouches for somebody */
export interface StaffCertificate {
  /** signed by the place key */
  readonly certificate: Uint8Array;
}

/** a licence, claimed or checked */
export interface LicenceClaim {
  /** the board that licenses */
  readonly authority: string;
  /** as the board writes it */
  readonly number: string;
  /** where it is valid */
  readonly country: string;
  /** until when */
  readonly expires_ms: number;
  /** an administrator looked it up at the board just now */
  readonly checked: boolean;
}

/** may somebody come in */
export interface StaffDisabled {
  /** true: may not come in */
  readonly disabled: boolean;
}

/** what opens first words */
export interface TeamKey {
  /** the team; missing: no key was made yet */
  readonly team?: Id | undefined;
  /** 0: no key was made yet */
  readonly serial: number;
  /** signed by a lead */
  readonly certificate?: Uint8Array | undefined;
  /** the key, sealed to you */
  readonly wrap?: Uint8Array | undefined;
  /** to leads: listeners who have no wrap */
  readonly missing: readonly Id[];
}

/** the team key for one listener */
export interface TeamWrap {
  /** for whom */
  readonly account: Id;
  /** the team key, sealed to them */
  readonly wrap: Uint8Array;
}

/** a new key for the team */
export interface NewTeamKey {
  /** the team */
  readonly team: Id;
  /** the last + 1 */
  readonly serial: number;
  /** signed by this lead */
  readonly certificate: Uint8Array;
  /** for every listener */
  readonly wraps: readonly TeamWrap[];
}

/** the key for new listeners */
export interface TeamWraps {
  /** of the key */
  readonly serial: number;
  /** for those who had none */
  readonly wraps: readonly TeamWrap[];
}

/** I am here until */
export interface Duty {
  /** 0: not here; at most a day from now */
  readonly here_until_ms: number;
}

/** somebody in a conversation */
export interface Member {
  /** who */
  readonly account: Id;
  /** what they do in this place */
  readonly role: "client" | "therapist" | "peer" | "supervisor" | "admin";
  /** their part in this conversation */
  readonly part: "client" | "listener" | "supervisor" | "relative" | "interpreter";
  /** staff only: what they are called here */
  readonly name?: string | undefined;
  /** staff only: their roster certificate, by which a client knows them */
  readonly certificate?: Uint8Array | undefined;
  /** they may not come in any more */
  readonly disabled?: boolean | undefined;
  /** they left: the next commit takes them out */
  readonly left?: boolean | undefined;
  /** they have another identity key by now than stands here: a listener here may confirm it */
  readonly new_key?: boolean | undefined;
}

/** how far somebody read */
export interface ReadUpTo {
  /** who */
  readonly account: Id;
  /** read up to here */
  readonly position: number;
}

/** what somebody says they have seen */
export interface KeptReceipt {
  /** whose */
  readonly account: Id;
  /** sealed, type 3 */
  readonly receipt: Uint8Array;
}

/** what is only yours in it */
export interface MineInIt {
  /** read up to here */
  readonly read: number;
}

/** a conversation of yours */
export interface Conversation {
  /** which */
  readonly conversation: Id;
  /** of how many */
  readonly kind: "pair" | "group" | "private";
  /** of the last commit */
  readonly epoch: number;
  /** of the newest entry */
  readonly position: number;
  /** H there */
  readonly head: Uint8Array;
  /** when it came */
  readonly at_ms: number;
  /** who is in it */
  readonly members: readonly Member[];
  /** of everybody */
  readonly read: readonly ReadUpTo[];
  /** of the others */
  readonly receipts: readonly KeptReceipt[];
  /** yours */
  readonly mine: MineInIt;
  /** others who are connected now */
  readonly here: readonly Id[];
}

/** yours */
export interface Conversations {
  /** newest first */
  readonly conversations: readonly Conversation[];
}

/** one entry of the log */
export interface Entry {
  /** where */
  readonly conversation: Id;
  /** dense from 1 */
  readonly position: number;
  /** gone: deleted by its sender */
  readonly kind: "message" | "commit" | "gone";
  /** when it was stored, by the server's clock */
  readonly at_ms: number;
  /** as they were sent */
  readonly bytes?: Uint8Array | undefined;
  /** with a commit: yours */
  readonly wrap?: Uint8Array | undefined;
  /** instead of bytes that are gone */
  readonly entry_hash?: Uint8Array | undefined;
}

/** a piece of the log */
export interface Log {
  /** in order */
  readonly entries: readonly Entry[];
  /** of the newest entry */
  readonly position: number;
  /** H there */
  readonly head: Uint8Array;
  /** how many entries up to `after` were deleted */
  readonly gone: number;
}

/** append one sealed message */
export interface NewMessage {
  /** a sealed message */
  readonly envelope: Uint8Array;
}

/** append one sealed message */
export interface Send {
  /** where */
  readonly conversation: Id;
  /** a sealed message */
  readonly envelope: Uint8Array;
}

/** an epoch key for one member */
export interface Wrap {
  /** for whom */
  readonly account: Id;
  /** the epoch's key, sealed to them */
  readonly wrap: Uint8Array;
}

/** a new epoch */
export interface NewCommit {
  /** a signed commit and its note */
  readonly commit: Uint8Array;
  /** one for each member */
  readonly wraps: readonly Wrap[];
}

/** it is on the disk */
export interface Kept {
  /** where it stands */
  readonly position: number;
  /** since when */
  readonly at_ms: number;
  /** it was there before */
  readonly again: boolean;
}

/** in place of a bad wrap */
export interface WrapAgain {
  /** of the key */
  readonly epoch: number;
  /** for whom */
  readonly account: Id;
  /** a good one */
  readonly wrap: Uint8Array;
}

/** I leave */
export interface Leave {
  /** signed */
  readonly leave: Uint8Array;
}

/** what I have seen */
export interface NewReceipt {
  /** sealed, type 3 */
  readonly receipt: Uint8Array;
}

/** I have read up to here */
export interface Read {
  /** where */
  readonly conversation: Id;
  /** up to here */
  readonly position: number;
}

/** never stored */
export interface Typing {
  /** where */
  readonly conversation: Id;
  /** or stopped */
  readonly typing: boolean;
}

/** still here */
export interface Pong {
  /** the server's clock */
  readonly now_ms: number;
}

/** told as `hello`, first of all */
export interface Hello {
  /** who you are */
  readonly account: Id;
  /** changes when the place was restored */
  readonly place_epoch: number;
  /** the server's clock */
  readonly now_ms: number;
}

/** told as `read` */
export interface ReadNews {
  /** where */
  readonly conversation: Id;
  /** who */
  readonly account: Id;
  /** up to here */
  readonly position: number;
}

/** told as `typing` */
export interface TypingNews {
  /** where */
  readonly conversation: Id;
  /** who */
  readonly account: Id;
  /** or stopped */
  readonly typing: boolean;
}

/** told as `presence` */
export interface PresenceNews {
  /** who */
  readonly account: Id;
  /** or gone */
  readonly here: boolean;
}

/** told as `outside` */
export interface OutsideNews {
  /** it goes on without you */
  readonly conversation: Id;
}

/** told as `new_key` */
export interface NewKeyNews {
  /** they have another key than before */
  readonly account: Id;
}

/** told as `member` */
export interface MemberNews {
  /** they left, may not come in any more, or may again */
  readonly account: Id;
}

/** somebody would like to be heard */
export interface Ask {
  /** sealed to the team's key */
  readonly first_words: Uint8Array;
  /** then only the inviter hears of it */
  readonly invitation?: InvitationUse | undefined;
}

/** one asking to be heard */
export interface Request {
  /** the conversation to be */
  readonly conversation: Id;
  /** how it stands */
  readonly state: "waiting" | "accepted" | "withdrawn" | "expired";
  /** when you asked */
  readonly made_ms: number;
  /** somebody answers by then */
  readonly promise_by_ms: number;
  /** how many asked before you and still wait */
  readonly ahead: number;
  /** who is looking after it */
  readonly owner?: Id | undefined;
  /** what they are called */
  readonly owner_name?: string | undefined;
  /** since when it is theirs */
  readonly offered_ms: number;
  /** the words are destroyed then */
  readonly expires_ms: number;
}

/** what I asked */
export interface MyRequests {
  /** newest first */
  readonly requests: readonly Request[];
}

/** somebody waits */
export interface WaitingRequest {
  /** the conversation to be */
  readonly conversation: Id;
  /** who asks */
  readonly client: Id;
  /** their identity key */
  readonly ik: Uint8Array;
  /** their sealing key */
  readonly ek: Uint8Array;
  /** sealed to the team's key */
  readonly first_words: Uint8Array;
  /** when they asked */
  readonly made_ms: number;
  /** they were promised an answer by then */
  readonly promise_by_ms: number;
  /** who is looking after it */
  readonly owner?: Id | undefined;
  /** since when */
  readonly offered_ms: number;
  /** how many passed it on */
  readonly passed: number;
  /** you look after it, or you invited them */
  readonly for_me: boolean;
}

/** who waits now */
export interface Waiting {
  /** oldest first */
  readonly requests: readonly WaitingRequest[];
}

/** opening the door */
export interface Accept {
  /** the first commit, note included */
  readonly commit: Uint8Array;
  /** one for each member */
  readonly wraps: readonly Wrap[];
}

/** the door is open */
export interface Accepted {
  /** of the commit */
  readonly position: number;
  /** when */
  readonly at_ms: number;
}

/** told as `request` */
export interface RequestNews {
  /** which */
  readonly conversation: Id;
  /** how it stands now */
  readonly state: "waiting" | "accepted" | "withdrawn" | "expired";
}

/** the file is whole */
export interface FileClose {
  /** how many there are */
  readonly chunks: number;
  /** of all chunks as they were sent */
  readonly size_bytes: number;
}

/** shown to the listener only now */
export interface ReturnCode {
  /** nine digits, to be said by voice */
  readonly code: string;
  /** good until then, once */
  readonly expires_ms: number;
}

/** somebody comes back: the listener's view */
export interface ReturnSeen {
  /** how it stands */
  readonly state: "offered" | "met" | "different" | "stopped" | "done";
  /** over then */
  readonly expires_ms: number;
  /** whose keys are lost */
  readonly client: Id;
  /** the new identity key */
  readonly ik?: Uint8Array | undefined;
  /** the new sealing key */
  readonly ek?: Uint8Array | undefined;
  /** its serial */
  readonly ek_serial?: number | undefined;
  /** its certificate */
  readonly ek_certificate?: Uint8Array | undefined;
  /** spoken check: what you sent */
  readonly promise?: Uint8Array | undefined;
  /** spoken check: what they answered */
  readonly answer?: Uint8Array | undefined;
  /** they say the words are the same */
  readonly same: boolean;
}

/** exactly one: each counts once */
export interface ReturnStep {
  /** the listener first */
  readonly promise?: Uint8Array | undefined;
  /** then whoever comes back */
  readonly answer?: Uint8Array | undefined;
  /** then the listener */
  readonly reveal?: Uint8Array | undefined;
}

/** are the four words the same? */
export interface ReturnSaid {
  /** false ends it, and nothing happens */
  readonly same: boolean;
}

/** an earlier epoch's key, passed on */
export interface OlderWrap {
  /** of the key */
  readonly epoch: number;
  /** for the client's new key */
  readonly wrap: Uint8Array;
}

/** the new keys are theirs */
export interface ReturnConfirm {
  /** REPLACE, by the listener */
  readonly commit: Uint8Array;
  /** one for each member */
  readonly wraps: readonly Wrap[];
  /** ascending */
  readonly older: readonly OlderWrap[];
}

/** the code that a listener said */
export interface ReturnCome {
  /** nine digits */
  readonly code: string;
}

/** what new keys are made for */
export interface ReturnDoor {
  /** make keys for this account */
  readonly account: Id;
  /** the new sign-in name */
  readonly handle: string;
  /** to be signed by the new login key */
  readonly challenge: Uint8Array;
  /** of the new sealing key */
  readonly ek_serial: number;
  /** of the new unlock record */
  readonly record_serial: number;
  /** where the keys will stand */
  readonly conversation: Id;
  /** who checks */
  readonly listener: Id;
  /** what they are called */
  readonly listener_name: string;
  /** what they do here */
  readonly listener_role: "client" | "therapist" | "peer" | "supervisor" | "admin";
  /** their identity key: checked by the words */
  readonly listener_ik: Uint8Array;
  /** their sealing key */
  readonly listener_ek: Uint8Array;
  /** its serial */
  readonly listener_ek_serial: number;
  /** its certificate */
  readonly listener_ek_certificate: Uint8Array;
}

/** who checks the keys that the account has */
export interface ReturnMeeting {
  /** where the keys will stand */
  readonly conversation: Id;
  /** who checks */
  readonly listener: Id;
  /** what they are called */
  readonly listener_name: string;
  /** what they do here */
  readonly listener_role: "client" | "therapist" | "peer" | "supervisor" | "admin";
  /** their identity key: checked by the words */
  readonly listener_ik: Uint8Array;
  /** their sealing key */
  readonly listener_ek: Uint8Array;
  /** its serial */
  readonly listener_ek_serial: number;
  /** its certificate */
  readonly listener_ek_certificate: Uint8Array;
}

/** how it goes */
export interface ReturnGoing {
  /** how it stands */
  readonly state: "offered" | "met" | "different" | "stopped" | "done";
  /** from the listener, first */
  readonly promise?: Uint8Array | undefined;
  /** from the listener, last */
  readonly reveal?: Uint8Array | undefined;
}

/** is my place being taken over? */
export interface ReturnOfMe {
  /** somebody says they are you and have lost their keys */
  readonly going_on: boolean;
  /** who would check */
  readonly listener_name?: string | undefined;
  /** since when */
  readonly made_ms?: number | undefined;
}

/** told as `return`, to the listener and the account's devices */
export interface ReturnNews {
  /** where */
  readonly conversation: Id;
  /** how it stands */
  readonly state: "offered" | "met" | "different" | "stopped" | "done";
}

/** erase me */
export interface Erase {
  /** from POST /api/challenge */
  readonly challenge: Uint8Array;
  /** whose login key signs */
  readonly by: "password" | "recovery" | "passkey" | "device";
  /** login signature over the challenge */
  readonly signature: Uint8Array;
}

/** the receipt */
export interface Erased {
  /** when */
  readonly erased_at_ms: number;
  /** the last backup goes then */
  readonly keys_in_backups_until_ms: number;
  /** destroyed with it */
  readonly conversations: number;
  /** what is not gone yet, in plain words */
  readonly remains: readonly string[];
}
