// Where documents that people make through the API are kept: versioned and append-only, behind
// whoever composes the server. Control checks the form of a document; the desk checks it against
// all others, keeps it, and swaps the snapshot before it answers, so that what was made can be read
// at once. What a configuration file owns, it leaves alone.
import type { Issue, Json } from '@signalbox/documents';

export type DeskNoun = 'tenants' | 'keys' | 'consents';

/** A document in the words of `signalbox.yaml`. */
export type WrittenDocument = { readonly [key: string]: Json };

export type DeskAnswer =
  | { readonly kind: 'done' }
  | { readonly kind: 'exists' }
  | { readonly kind: 'unknown' }
  /** A file has this name; the file wins. */
  | { readonly kind: 'owned'; readonly file: string; readonly line: number }
  /** Nobody wrote it: it comes along with the gateway. @param until when it goes. */
  | { readonly kind: 'added'; readonly until: string }
  /** It does not fit the other documents: a plan that nobody knows. */
  | { readonly kind: 'invalid'; readonly issues: readonly Issue[] };

export interface DocumentsDesk {
  create(noun: DeskNoun, name: string, document: WrittenDocument): Promise<DeskAnswer>;
  /** Replaces what the desk itself keeps. */
  set(noun: DeskNoun, name: string, document: WrittenDocument): Promise<DeskAnswer>;
  remove(noun: DeskNoun, name: string): Promise<DeskAnswer>;
  /** `enable`: from now on it may get calls. `drain`: no new ones; those in flight end. */
  switchEndpoint(name: string, to: 'enable' | 'drain'): Promise<DeskAnswer>;
}
