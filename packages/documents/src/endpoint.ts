/** Endpoints: what may be dialled, with which credential, and what is known about it. */
import type { Retention, Tier } from '@signalbox/contract';
import type { ModelAtEndpoint } from './model.ts';
import type { Origin } from './origin.ts';
import type { AmortisedDocument, PriceNumbers } from './pricing.ts';
import type { SecretReference } from './secret-reference.ts';

/**
 * What speaks at the other end. `openai-compatible` is the plain case; the others name what the
 * gateway may know about the server beyond the wire format.
 */
export type EndpointKind =
  | 'openai-compatible'
  | 'embedded'
  | 'sim'
  | 'ollama'
  | 'llama-server'
  | 'llama-box'
  | 'lmstudio'
  | 'vllm'
  | 'sglang'
  | 'tgi'
  | 'nim'
  | 'openai'
  | 'azure'
  | 'anthropic'
  | 'gemini'
  | 'mistral'
  | 'groq'
  | 'deepseek'
  | 'openrouter'
  | 'xai'
  | 'bedrock'
  | 'vertex'
  | 'cohere'
  | 'perplexity'
  | 'together'
  | 'fireworks'
  | 'huggingface';

export interface EndpointDocument {
  readonly name: string;
  readonly kind: EndpointKind;
  /** The GGUF file of an `embedded` endpoint. */
  readonly modelPath: string | undefined;
  /** Why its model does not run here, for people: the composer has tried to start it. */
  readonly fault?: string;
  /**
   * Base of the API with its version path (`http://localhost:11434/v1`), without a last slash. Of
   * an `embedded` endpoint it is `embedded:NAME` until the composer has started the child.
   */
  readonly url: string;
  /** Declared by the operator; without it the tier follows from where the address stands. */
  readonly tier: Tier | undefined;
  readonly region: string | undefined;
  readonly legalEntity: string | undefined;
  readonly retention: Retention;
  /** What stands behind what is said of it; undefined: its operator's word alone. */
  readonly attestation: AttestationDocument | undefined;
  /** Only this tenant may use it. */
  readonly tenant: string | undefined;
  readonly enabled: boolean;
  /** It is asked about itself, and gets no call until somebody activates it. */
  readonly quarantined: boolean;
  /** The one private host and port this endpoint may dial; only the operator's own file says so. */
  readonly privateAddress: PrivateAddress | undefined;
  readonly credentials: readonly CredentialDocument[];
  readonly headers: EndpointHeaders;
  readonly timers: EndpointTimers;
  readonly inFlightMax: number;
  /** Fewer than that, by how long first tokens take. */
  readonly inFlightLearnt: boolean;
  readonly retries: number;
  /** Not active in this version. */
  readonly healthCheckIntervalMs: number | undefined;
  /** The share of the upstream's limits to use, 0 to 1; 0.8 of limits that are stated. */
  readonly rateLimitBuffer: number | undefined;
  /** Keyed by the name the upstream knows. */
  readonly models: ReadonlyMap<string, ModelAtEndpoint>;
  readonly amortised: AmortisedDocument | undefined;
  readonly price: PriceNumbers | undefined;
  readonly origin: Origin | undefined;
}

export interface AttestationDocument {
  readonly kind: 'contract' | 'audit' | 'hardware';
  /** Where the evidence is found: a document's name, a link, a digest. */
  readonly evidence: string;
  readonly by: string;
}

export interface PrivateAddress {
  readonly host: string;
  readonly port: number;
}

export interface CredentialDocument {
  readonly name: string;
  readonly secret: SecretReference;
  readonly weight: number;
  /** `authorization` is sent as `Bearer <secret>`, the others bare. */
  readonly header: 'authorization' | 'x-api-key' | 'x-goog-api-key' | 'api-key';
  readonly limits: CredentialLimits;
}

export interface CredentialLimits {
  readonly requestsPerMinuteMax: number | undefined;
  readonly tokensPerMinuteMax: number | undefined;
}

export interface EndpointHeaders {
  /** Names of the caller's headers that go on to the upstream, lower case. */
  readonly forward: readonly string[];
  readonly set: ReadonlyMap<string, string>;
}

/** What they measure stands at `Timers` of the contract. */
export interface EndpointTimers {
  readonly connectMs: number;
  readonly headMs: number;
  /** In place of `headMs` where the answer is not streamed. */
  readonly wholeMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
}
