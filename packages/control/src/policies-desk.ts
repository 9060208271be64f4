// Where policies are approved, promoted and rolled back: behind whoever composes the server, like
// the desk of documents. What is done is in force when it answers.
import type { DeskAnswer } from './documents-desk.ts';

export type PolicyStanding = {
  readonly name: string;
  readonly version: string | undefined;
  readonly author: string | undefined;
  /** Of the content as its document has it. */
  readonly digest: string;
  /** Of the content that decides; undefined: none does, it is asked in shadow mode at most. */
  readonly decides: string | undefined;
  /** For tenants of this ring and those before it; undefined: for all. */
  readonly ring: number | undefined;
  readonly why: 'written' | 'promoted' | 'waits-for-approval' | 'rolled-back';
  readonly approvals: readonly {
    readonly digest: string;
    readonly by: string;
    /** Unix milliseconds. */
    readonly at: number;
  }[];
};

export type PolicyDeed =
  | { readonly deed: 'approve'; readonly by: string; readonly digest: string | undefined }
  /** To the ring, to all with null, one step further with undefined. */
  | { readonly deed: 'promote'; readonly ring: number | null | undefined }
  | { readonly deed: 'rollback' };

export interface PoliciesDesk {
  /** Undefined: no document has this name. */
  standing(policy: string): PolicyStanding | undefined;
  carryOut(policy: string, deed: PolicyDeed): Promise<DeskAnswer>;
}
