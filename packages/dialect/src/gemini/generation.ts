// `generationConfig`: how an answer is drawn, how long it may be, what shape it has, how much the
// model may think. What has no word of ours is kept as it is.
import type { Ask, Format, Json, JsonObject, Reasoning } from '../canon/canon.ts';
import { isObject, restOf, said } from '../canon/exact.ts';
import {
  booleanAt,
  either,
  integerAt,
  listAt,
  numberAt,
  objectAt,
  spellings,
  textAt,
  WrongField,
} from './fields.ts';
import { readSchema } from './schema.ts';

const CONFIG = 'generationConfig';
const THINKING = `${CONFIG}.thinkingConfig`;
const KEYS = spellings(
  ...['maxOutputTokens', 'temperature', 'topP', 'topK', 'seed', 'stopSequences', 'candidateCount'],
  ...['responseMimeType', 'responseSchema', 'responseJsonSchema', 'responseLogprobs', 'logprobs'],
  ...['presencePenalty', 'frequencyPenalty', 'thinkingConfig'],
);

type Drawn = Pick<
  Ask,
  | 'outputTokensMax'
  | 'temperature'
  | 'topP'
  | 'topK'
  | 'seed'
  | 'stop'
  | 'frequencyPenalty'
  | 'presencePenalty'
  | 'answers'
  | 'logprobs'
  | 'format'
  | 'reasoning'
>;

export type Generation = { readonly ask: Drawn; readonly extra: JsonObject | undefined };

export function readGeneration(body: Json): Generation {
  const config = objectAt(body, CONFIG, '');
  if (config === undefined) return { ask: {}, extra: undefined };
  const { reasoning, rest: thinking } = readThinking(config);
  const { format, rest: shape } = readFormat(config);
  const extra = {
    ...restOf(config, KEYS),
    ...shape,
    ...(thinking === undefined ? {} : { thinkingConfig: thinking }),
  };
  return {
    ask: said({
      outputTokensMax: integerAt(config, 'maxOutputTokens', CONFIG),
      temperature: numberAt(config, 'temperature', CONFIG),
      topP: numberAt(config, 'topP', CONFIG),
      topK: numberAt(config, 'topK', CONFIG),
      seed: integerAt(config, 'seed', CONFIG),
      stop: readStops(config),
      frequencyPenalty: numberAt(config, 'frequencyPenalty', CONFIG),
      presencePenalty: numberAt(config, 'presencePenalty', CONFIG),
      answers: integerAt(config, 'candidateCount', CONFIG),
      logprobs: readLogprobs(config),
      format,
      reasoning,
    }),
    extra: Object.keys(extra).length === 0 ? undefined : extra,
  };
}

function readStops(config: JsonObject): readonly string[] | undefined {
  const name = 'stopSequences';
  const given = either(config, name);
  if (typeof given === 'string') return [given];
  const stops = listAt(config, name, CONFIG);
  return stops?.map((one, at) => {
    if (typeof one === 'string') return one;
    const path = `${CONFIG}.${name}[${at}]`;
    throw new WrongField(path, `The field \`${path}\` must be a string.`);
  });
}

function readLogprobs(config: JsonObject): number | undefined {
  const wanted = booleanAt(config, 'responseLogprobs', CONFIG) ?? false;
  const top = integerAt(config, 'logprobs', CONFIG);
  return wanted ? (top ?? 0) : undefined;
}

const JSON_TYPE = 'application/json';
const CHOICE_TYPE = 'text/x.enum';

function readFormat(config: JsonObject): { format?: Format; rest?: JsonObject } {
  const type = textAt(config, 'responseMimeType', CONFIG);
  const plain = objectAt(config, 'responseSchema', CONFIG);
  const whole = either(config, 'responseJsonSchema');
  const schema = whole ?? (plain === undefined ? undefined : readSchema(plain));
  if (type === CHOICE_TYPE) {
    const choices = isObject(schema) ? schema['enum'] : undefined;
    const texts = Array.isArray(choices) ? choices.filter((one) => typeof one === 'string') : [];
    return { format: { kind: 'choice', choices: texts } };
  }
  if (schema !== undefined) return { format: { kind: 'schema', schema } };
  if (type === JSON_TYPE) return { format: { kind: 'json' } };
  if (type === 'text/plain') return { format: { kind: 'text' } };
  return type === undefined ? {} : { rest: { responseMimeType: type } };
}

const LEVELS: ReadonlyMap<string, NonNullable<Reasoning['effort']>> = new Map([
  ['minimal', 'minimal'],
  ['low', 'low'],
  ['medium', 'medium'],
  ['high', 'high'],
]);
const THINKING_KEYS = spellings('thinkingLevel', 'thinkingBudget', 'includeThoughts');

/** A budget of 0 switches thoughts off; -1 (as much as the model likes) has no word of ours. */
function readThinking(config: JsonObject): { reasoning?: Reasoning; rest?: JsonObject } {
  const thinking = objectAt(config, 'thinkingConfig', CONFIG);
  const level = textAt(thinking, 'thinkingLevel', THINKING);
  const budget = integerAt(thinking, 'thinkingBudget', THINKING);
  const shown = booleanAt(thinking, 'includeThoughts', THINKING);
  const known = LEVELS.get(level?.toLowerCase() ?? '');
  const effort = known ?? (budget === 0 ? 'none' : undefined);
  const tokensMax = budget !== undefined && budget > 0 ? budget : undefined;
  const rest = {
    ...restOf(thinking, THINKING_KEYS),
    ...(level !== undefined && known === undefined ? { thinkingLevel: level } : {}),
    ...(budget !== undefined && budget < 0 ? { thinkingBudget: budget } : {}),
  };
  const reasoning = said({ effort, tokensMax, shown });
  return {
    ...(Object.keys(reasoning).length === 0 ? {} : { reasoning }),
    ...(Object.keys(rest).length === 0 ? {} : { rest }),
  };
}
