// Ids are branded strings: a tenant's name cannot be passed where a key's id is asked for. They are
// minted here and in the decoders that read them from documents, nowhere else.
import { assert } from './result.ts';

declare const brand: unique symbol;
/** Brands add up: what went through two rooms carries both. */
export type Branded<T, B extends string> = T & { readonly [brand]: { readonly [K in B]: true } };

/**
 * `req_` + 26 Crockford characters: one call; also the journal's key of its hold and settlement.
 */
export type RequestId = Branded<string, 'request'>;
/** `dec_` + the characters of its call, `-2`, `-3` after a parked call entered again. */
export type DecisionId = Branded<string, 'decision'>;
export type TenantName = Branded<string, 'tenant'>;
export type KeyName = Branded<string, 'key'>;
export type EndpointName = Branded<string, 'endpoint'>;
export type ModelName = Branded<string, 'model'>;
/** `ses_` + keyed hash of tenant and the caller's value: never the value itself. */
export type SessionId = Branded<string, 'session'>;

export const tenantName = (text: string): TenantName => text as TenantName; // brand: minted
export const keyName = (text: string): KeyName => text as KeyName; // brand: minted
export const endpointName = (text: string): EndpointName => text as EndpointName; // brand: as above
export const modelName = (text: string): ModelName => text as ModelName; // brand: as above
// brand: a digest, never the value itself
export const sessionId = (digest: string): SessionId => `ses_${digest}` as SessionId; // brand:

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_CHARACTERS = 10;
const CHANCE_BYTES = 10;

/** @param timeMs Unix milliseconds, 48 bits. @param chance 10 bytes of chance. Sorts by time. */
export function requestId(timeMs: number, chance: Uint8Array): RequestId {
  assert(chance.length === CHANCE_BYTES, 'a request id takes 80 random bits');
  return `req_${timeCharacters(timeMs)}${chanceCharacters(chance)}` as RequestId; // brand: minted
}

/** `con_` and the same: a consent that was made here. */
export const consentId = (timeMs: number, chance: Uint8Array): string =>
  `con_${requestId(timeMs, chance).slice(4)}`;

/** An event that somebody is told of; as a request id, `evt_` before it. */
export const eventId = (timeMs: number, chance: Uint8Array): string =>
  `evt_${requestId(timeMs, chance).slice(4)}`;

/** The decision of a call; `entry` counts from 1 and rises when a parked call enters again. */
export function decisionId(request: RequestId, entry: number): DecisionId {
  const text = `dec_${request.slice(4)}`;
  return (entry === 1 ? text : `${text}-${entry}`) as DecisionId; // brand: minted here
}

const REQUEST = /^req_[0-9A-HJKMNP-TV-Z]{26}$/;
const DECISION = /^dec_[0-9A-HJKMNP-TV-Z]{26}(-[1-9][0-9]{0,3})?$/;

export const isRequestId = (text: string): text is RequestId => REQUEST.test(text);
export const isDecisionId = (text: string): text is DecisionId => DECISION.test(text);

/** The call that a decision belongs to. */
export function requestOf(decision: DecisionId): RequestId {
  return `req_${decision.slice(4, 30)}` as RequestId; // brand: same characters by construction
}

/** 0 to 1, of the chance in the id: a call's own share, the same whenever it is asked for. */
export function shareOf(request: RequestId): number {
  const [high = 0, low = 0] = Array.from(request.slice(-2), (one) => CROCKFORD.indexOf(one));
  return (high * 32 + low) / 1_024;
}

function timeCharacters(timeMs: number): string {
  let rest = timeMs;
  let text = '';
  for (let i = 0; i < TIME_CHARACTERS; i += 1) {
    text = CROCKFORD.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function chanceCharacters(chance: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of chance) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += CROCKFORD.charAt((held >>> bits) & 31);
    }
    held &= (1 << bits) - 1;
  }
  return text;
}
