// What is kept of calls for learning: hashed terms of the caller's own instruction, sealed by
// whoever keeps the key of the day. Where nobody seals nothing is kept.
import type { FeaturesBody, TenantName } from '@signalbox/contract';
import { Reader, WORD_BITS } from './features.ts';
import { packTerms } from './kept.ts';

/** Of longer ones nothing is kept: these make 4,000 words and 4,000 pairs (32 KB) at most. */
export const KEPT_TEXT_MAX = 4_000;

export type FeatureSeal = {
  /** Whether there is a key now. */
  readonly isOpen: () => boolean;
  /** @returns base64. */
  readonly seal: (tenant: TenantName, bytes: Uint8Array) => string;
};

export class FeatureKeeping {
  #seal: FeatureSeal | undefined;
  #reader: Reader | undefined;

  sealWith(seal: FeatureSeal): void {
    this.#seal = seal;
  }

  /** Whether something would be kept of this instruction. */
  takes(instruction: string): boolean {
    const isLong = instruction.length > KEPT_TEXT_MAX || instruction.length === 0;
    return !isLong && this.#seal?.isOpen() === true;
  }

  /** Undefined: nobody seals, or not any more. */
  bodyOf(tenant: TenantName, instruction: string): FeaturesBody | undefined {
    if (this.#seal?.isOpen() !== true) return undefined;
    this.#reader ??= new Reader(WORD_BITS);
    const terms = this.#reader.terms({ text: instruction });
    return { sealed: this.#seal.seal(tenant, packTerms(terms)) };
  }
}
