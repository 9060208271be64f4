// A request as it goes over the wire to a server.
import type { Ask } from '../canon/canon.ts';
import type { EmbedAsk } from '../canon/embedding.ts';
import type { SignedCalls } from '../canon/origin.ts';
import type { Manners } from '../manners/manners.ts';

/** An embedding that was read for another format; `single`: the caller's path knows one vector. */
export type EmbedAsked = { readonly embed: EmbedAsk; readonly single: boolean };

export type Rendering = {
  /** The server's own name for the model. */
  readonly model: string;
  readonly askUsage: boolean;
  /** The answer's log-probabilities are for us: the caller did not ask for them. */
  readonly askLogprobs?: boolean | undefined;
  readonly storeNothing: boolean;
  /** For one answer; undefined: as the caller says. */
  readonly outputTokensMax?: number | undefined;
  /** That have to fit, prompt and answer; undefined: nothing is asked for. */
  readonly contextTokens?: number | undefined;
  /** Of its model; undefined: as its wire format says. */
  readonly manners?: Manners | undefined;
  /** Of its model; undefined: not known. Looked at where `manners` ask for it. */
  readonly contextTokensMax?: number | undefined;
  /** Of calls that this endpoint made in the session: what a client left out comes back. */
  readonly signed?: SignedCalls | undefined;
};

export type Rendered = {
  readonly body: Uint8Array;
  /** What the upstream's format cannot carry, in our words. */
  readonly dropped: readonly string[];
  /** What was said in the model's manner: `system=user`. Absent: as it came. */
  readonly rewritten?: readonly string[] | undefined;
  /** The request in our words, where it was read for another format. */
  readonly ask: Ask | EmbedAsked | undefined;
};
