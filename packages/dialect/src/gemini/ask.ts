// A caller's request into our words. The model and whether it streams stand in the path of this
// dialect; the gateway puts them into the body as `model` and `stream`.
import { no, type Result, yes } from '@signalbox/contract';
import type { Ask, Json, JsonObject } from '../canon/canon.ts';
import type { BadAsk } from '../canon/codec.ts';
import { isObject, restOf, said } from '../canon/exact.ts';
import { booleanAt, spellings, textAt, WrongField } from './fields.ts';
import { readGeneration } from './generation.ts';
import { readChoice, readTools } from './tools.ts';
import { readSystem, readTurns } from './turns.ts';

const KEYS = spellings(
  ...['model', 'stream', 'contents', 'systemInstruction', 'tools', 'toolConfig'],
  'generationConfig',
);

export function readAsk(body: Json): Result<Ask, BadAsk> {
  try {
    return yes(askOf(body));
  } catch (error) {
    if (error instanceof WrongField) return no({ param: error.param, message: error.message });
    throw error;
  }
}

function askOf(body: Json): Ask {
  if (!isObject(body)) throw new WrongField(undefined, 'The body must be a JSON object.');
  const model = textAt(body, 'model', '');
  if (model === undefined) throw new WrongField('model', 'The path names no model.');
  const generation = readGeneration(body);
  const choice = readChoice(body);
  const extra: JsonObject = {
    ...restOf(body, KEYS),
    ...(generation.extra === undefined ? {} : { generationConfig: generation.extra }),
    ...(choice.extra === undefined ? {} : { toolConfig: choice.extra }),
  };
  return {
    model,
    stream: booleanAt(body, 'stream', '') ?? false,
    usageWanted: true,
    system: readSystem(body),
    turns: readTurns(body),
    tools: readTools(body),
    ...said({ toolChoice: choice.toolChoice }),
    ...generation.ask,
    ...(Object.keys(extra).length === 0 ? {} : { extra: { gemini: extra } }),
  };
}
