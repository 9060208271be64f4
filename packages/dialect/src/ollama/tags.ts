// What models there are: /api/tags, /api/show, /api/ps and /api/version, written for callers from a
// plain list and read from upstreams. Clients of this dialect want fields that a gateway does not
// know (a digest, a time, a size): they get the value that stands for nothing, in its right form.
import { encode } from '../bytes.ts';
import type { Json, JsonObject } from '../canon/canon.ts';
import { countIn, isObject, listIn, member, textIn } from '../canon/exact.ts';

export const CAPABILITIES = [
  'completion',
  'tools',
  'vision',
  'embedding',
  'thinking',
  'insert',
  'audio',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** Absent: not known. */
export type ListedModel = {
  readonly name: string;
  /** What the model was made for. */
  readonly contextTokens?: number;
  /** What a request gets now: the window that it was loaded with, or that its file sets. */
  readonly contextTokensNow?: number;
  readonly capabilities?: readonly Capability[];
  readonly family?: string;
  readonly parameterSize?: string;
  readonly quantization?: string;
  readonly format?: string;
  readonly sizeBytes?: number;
  readonly digest?: string;
  /** Unix seconds. */
  readonly modifiedAt?: number;
  /** Of /api/ps: when it is unloaded unless somebody calls. Unix seconds. */
  readonly expiresAt?: number;
};

const NO_DIGEST = '0'.repeat(64);
const NO_TIME = '0001-01-01T00:00:00Z';
const NO_FAMILY = 'unknown';

const json = (value: Json): Uint8Array => encode(JSON.stringify(value));

export const writeTags = (models: readonly ListedModel[]): Uint8Array =>
  json({ models: models.map((model) => ({ ...headOf(model), modified_at: modifiedAt(model) })) });

/** Those that are loaded: the ones with `expiresAt`. */
export function writeLoaded(models: readonly ListedModel[]): Uint8Array {
  const loaded = models.filter(({ expiresAt }) => expiresAt !== undefined);
  return json({
    models: loaded.map((model) => ({
      ...headOf(model),
      expires_at: timeOf(model.expiresAt),
      size_vram: 0,
      ...(model.contextTokensNow === undefined ? {} : { context_length: model.contextTokensNow }),
    })),
  });
}

export function writeShow(model: ListedModel): Uint8Array {
  const { family = NO_FAMILY, contextTokens, contextTokensNow } = model;
  const length = contextTokens === undefined ? {} : { [`${family}.context_length`]: contextTokens };
  return json({
    license: '',
    modelfile: '',
    parameters: contextTokensNow === undefined ? '' : `num_ctx ${contextTokensNow}`,
    template: '',
    details: detailsOf(model),
    model_info: { 'general.architecture': family, ...length },
    capabilities: model.capabilities ?? ['completion'],
    modified_at: modifiedAt(model),
  });
}

export const writeVersion = (version: string): Uint8Array => json({ version });

function headOf(model: ListedModel): JsonObject {
  const { name, sizeBytes = 0, digest = NO_DIGEST } = model;
  return { name, model: name, size: sizeBytes, digest, details: detailsOf(model) };
}

function detailsOf({ family, parameterSize, quantization, format }: ListedModel): JsonObject {
  return {
    parent_model: '',
    format: format ?? '',
    family: family ?? '',
    families: family === undefined ? [] : [family],
    parameter_size: parameterSize ?? '',
    quantization_level: quantization ?? '',
  };
}

const modifiedAt = ({ modifiedAt: seconds }: ListedModel): string => timeOf(seconds);
const SECONDS_MAX = 253_402_300_799;

function timeOf(seconds: number | undefined): string {
  if (seconds === undefined || seconds < 0 || seconds > SECONDS_MAX) return NO_TIME;
  return new Date(seconds * 1000).toISOString();
}

/** Of /api/tags and /api/ps; what has no name is passed by. */
export function readTags(body: Json): readonly ListedModel[] {
  return (listIn(body, 'models') ?? []).flatMap((model) => {
    const name = textIn(model, 'name') ?? textIn(model, 'model');
    if (name === undefined || name === '') return [];
    const now = countIn(model, 'context_length');
    return [
      {
        name,
        ...readDetails(model),
        ...said('sizeBytes', countIn(model, 'size')),
        ...said('digest', textIn(model, 'digest')),
        ...said('modifiedAt', readTime(model, 'modified_at')),
        ...said('expiresAt', readTime(model, 'expires_at')),
        ...said('contextTokensNow', now),
      },
    ];
  });
}

/** Of /api/show, which does not say the name. */
export function readShow(name: string, body: Json): ListedModel {
  const info = member(body, 'model_info');
  const family = textIn(info, 'general.architecture');
  const own = family === undefined ? undefined : countIn(info, `${family}.context_length`);
  const told = (listIn(body, 'capabilities') ?? []).flatMap(
    (word) => CAPABILITIES.find((one) => one === word) ?? [],
  );
  const set = /^num_ctx\s+(\d+)\s*$/m.exec(textIn(body, 'parameters') ?? '')?.[1];
  return {
    name,
    ...readDetails(body),
    ...said('family', family),
    ...said('contextTokens', own ?? anyLength(info)),
    ...said('contextTokensNow', set === undefined ? undefined : Number(set)),
    ...(listIn(body, 'capabilities') === undefined ? {} : { capabilities: told }),
    ...said('modifiedAt', readTime(body, 'modified_at')),
  };
}

export const readVersion = (body: Json): string | undefined => textIn(body, 'version');

/** The model that a request of /api/show names; older clients say `name`. */
export const readShowAsk = (body: Json): string | undefined =>
  textIn(body, 'model') || textIn(body, 'name') || undefined;

function anyLength(info: Json | undefined): number | undefined {
  if (!isObject(info)) return undefined;
  const key = Object.keys(info).find((one) => one.endsWith('.context_length'));
  return key === undefined ? undefined : countIn(info, key);
}

function readDetails(model: Json): Partial<ListedModel> {
  const details = member(model, 'details');
  return {
    ...said('family', textIn(details, 'family') || undefined),
    ...said('parameterSize', textIn(details, 'parameter_size') || undefined),
    ...said('quantization', textIn(details, 'quantization_level') || undefined),
    ...said('format', textIn(details, 'format') || undefined),
  };
}

/** The zero time of servers is no time. */
function readTime(value: Json, key: string): number | undefined {
  const seconds = Math.floor(Date.parse(textIn(value, key) ?? '') / 1000);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}

/** A field that is absent where its value is not known. */
function said<K extends keyof ListedModel>(
  key: K,
  value: ListedModel[K] | undefined,
): Partial<ListedModel> {
  return value === undefined ? {} : { [key]: value };
}
