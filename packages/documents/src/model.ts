/**
 * What is known about models: what they can do, in which languages, under which licence, how good
 * at what, and how they are related.
 */
import type { Tier } from '@signalbox/contract';
import type { Origin } from './origin.ts';
import type { PriceDocument, PriceNumbers } from './pricing.ts';
import type { SecretReference } from './secret-reference.ts';

export const MODALITIES = ['text', 'image', 'audio', 'video', 'file'] as const;
export type Modality = (typeof MODALITIES)[number];

export interface ModelCapabilities {
  readonly tools: boolean;
  readonly vision: boolean;
  readonly jsonSchema: boolean;
  readonly logprobs: boolean;
  readonly embeddings: boolean;
  readonly reasoning: boolean;
}

/** What nobody stated is absent: not known is not the same as no. */
export interface ModelFacts {
  readonly inputs: readonly Modality[];
  readonly outputs: readonly Modality[];
  /** Primary language subtags of BCP 47: `en`, `de`. */
  readonly languages: readonly string[];
  /** Fields it was made for: `code`, `law`, `medicine`. */
  readonly domains: readonly string[];
  /** SPDX identifier, or `proprietary`; lower case. */
  readonly licence: string;
  /** As its file names it: `Q4_K_M`, `F16`. */
  readonly quantisation: string;
  /** Step class -> 0 to 100, by whatever the operator measures it with. */
  readonly quality: ReadonlyMap<string, number>;
  readonly manners: MannersDocument;
}

/** How it wants to be asked, where that is not as the wire format of its server says. */
export interface MannersDocument {
  readonly system: 'native' | 'user' | 'developer';
  readonly tools: 'native' | 'prompted';
  readonly format: 'native' | 'hinted' | 'prompted';
  readonly trim: boolean;
}

/** Names of models. What goes on from one to another leads in no circle. */
export interface ModelRelations {
  /** The same model under another name; either stands for the other. */
  readonly sameWeights: readonly string[];
  readonly successorOf: string | undefined;
  /** Asked in this order where none of its own places can have a call. */
  readonly fallsBackTo: readonly string[];
  readonly distilledFrom: string | undefined;
  readonly fineTuneOf: string | undefined;
}

export interface ModelAtEndpoint {
  /** The name the upstream knows. */
  readonly upstream: string;
  /** Our name; the upstream's own when nothing else is said. */
  readonly name: string;
  readonly contextTokens: number | undefined;
  readonly capabilities: Partial<ModelCapabilities> | undefined;
  readonly facts: Partial<ModelFacts>;
  readonly price: PriceNumbers | undefined;
}

export interface ModelDocument {
  readonly name: string;
  readonly family: string | undefined;
  readonly tierHint: Tier | undefined;
  readonly contextTokens: number | undefined;
  readonly capabilities: Partial<ModelCapabilities>;
  readonly facts: Partial<ModelFacts>;
  readonly relations: ModelRelations;
  readonly price: PriceNumbers | undefined;
  readonly origin: Origin | undefined;
}

export const NO_RELATIONS: ModelRelations = {
  sameWeights: [],
  successorOf: undefined,
  fallsBackTo: [],
  distilledFrom: undefined,
  fineTuneOf: undefined,
};

/** What one tenant has otherwise than the others. */
export interface OverridesDocument {
  /** Patterns of models that do not exist for it. */
  readonly hide: readonly string[];
  /** Model -> the one endpoint that it is asked at. */
  readonly pin: ReadonlyMap<string, string>;
  /** A name of its own -> what is meant: a model, an alias, a need. */
  readonly rename: ReadonlyMap<string, string>;
  /** What it pays by its contract; goes before every other price. */
  readonly reprice: readonly PriceDocument[];
}

/** A model that takes the place of another for some calls; the other stands behind it. */
export interface RolloutDocument {
  readonly model: string;
  readonly to: string;
  /** Off: nobody has it, from the next call on. */
  readonly enabled: boolean;
  /** Share of the sessions, 0 to 100; a session keeps what it has while the share grows. */
  readonly percent: number;
  /** Whoever is in one of these rings has it, whatever the share. */
  readonly rings: readonly number[];
  readonly tenants: readonly string[];
}

/** What is demanded of models, whoever asks for them, and what takes their places. */
export interface RegistryDocument {
  readonly rollouts: ReadonlyMap<string, RolloutDocument>;
  /**
   * Step class, or `agent` for what an agent asks for -> least bits of a weight. A model whose
   * quantisation is not known is not left out.
   */
  readonly quantisationMin: ReadonlyMap<string, number>;
  /** Who is told of its changes. */
  readonly webhooks: ReadonlyMap<string, WebhookDocument>;
}

export interface WebhookDocument {
  readonly url: string;
  /** `whsec_` and base64: signs what is sent. */
  readonly secret: SecretReference;
  /** Told only what is this tenant's; undefined: the operator's, told everything. */
  readonly tenant: string | undefined;
  readonly region: string | undefined;
  readonly enabled: boolean;
}

/** Bits that a weight has, at least about: of `Q4_K_M` 4, of `IQ3_XS` 3, of `BF16` 16. */
export function quantisationBits(quantisation: string): number | undefined {
  const [, digits] = /^(?:I?Q|TQ|BF|F|FP|MXFP|NVFP|INT|U?D-I?Q)(\d{1,2})/i.exec(quantisation) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
