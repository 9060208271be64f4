// The sim's own endpoints: POST /sim/script, DELETE /sim/script, POST /sim/reset, GET
// /sim/requests. They show counts only: prompts, keys and bodies are for the program that holds the
// Sim.
import type { Cues, Match } from '../cues.ts';
import { cuesMax } from '../cues.ts';
import type { JsonRecord } from '../json.ts';
import { numberAt, textAt } from '../json.ts';
import type { Memory } from '../memory.ts';
import type { Objects } from '../objects.ts';
import type { Result } from '../problem.ts';
import { accept, invalid, refuse } from '../problem.ts';
import { parseScript } from '../script.ts';
import { parseBody, routeUnknown } from './route.ts';
import type { Tally } from './tally.ts';

export type Controls = {
  readonly tally: Tally;
  readonly cues: Cues;
  readonly memory: Memory;
  readonly objects: Objects;
};

export const controlPrefix = '/sim/';

/** The JSON to answer with. */
export function control(
  controls: Controls,
  method: string,
  path: string,
  contentType: string,
  body: Uint8Array,
): Result<string> {
  switch (`${method} ${path}`) {
    case 'GET /sim/requests':
      return accept(JSON.stringify({ ...controls.tally.counters(), last: undefined }));
    case 'DELETE /sim/script':
      controls.cues.clear();
      return accept('{"ok":true}');
    case 'POST /sim/reset':
      resetAll(controls);
      return accept('{"ok":true}');
    case 'POST /sim/script':
      return script(controls, contentType, body);
    default:
      return refuse(routeUnknown(path));
  }
}

export function resetAll({ tally, cues, memory, objects }: Controls): void {
  tally.reset();
  cues.clear();
  memory.clear();
  objects.clear();
}

function script(controls: Controls, contentType: string, bytes: Uint8Array): Result<string> {
  // A page in a browser can post anything but this type to another origin without asking first.
  if (!contentType.startsWith('application/json')) {
    const message = "A script comes as 'content-type: application/json'.";
    return refuse({ ...invalid(message, null, 'content_type_unsupported'), status: 415 });
  }
  const body = parseBody(bytes);
  if (!body.ok) return body;
  const parsed = parseScript(textAt(body.value, 'script') ?? '');
  if (!parsed.ok) return parsed;
  const match = matchFrom(body.value);
  if (!match) return refuse(invalid("'times' must be a whole number above 0.", 'times', null));
  controls.cues.add(parsed.value, match);
  return accept(JSON.stringify({ ok: true, ...match, scriptsMax: cuesMax }));
}

function matchFrom(body: JsonRecord): Match | undefined {
  const [model, path, times] = [
    textAt(body, 'model'),
    textAt(body, 'path'),
    numberAt(body, 'times'),
  ];
  if (times !== undefined && !(Number.isInteger(times) && times > 0)) return undefined;
  return {
    ...(model === undefined ? {} : { model }),
    ...(path === undefined ? {} : { path }),
    ...(times === undefined ? {} : { times }),
  };
}
