// What the recordings give to the pairs of formats: every request that was recorded, and every
// answer that ended well.
import { type Ask, isObject, tryParse } from '@signalbox/dialect';
import type { Exchange } from './exchange.ts';
import type { Material } from './matrix.ts';
import type { Replayed } from './replay.ts';

export function materialOf(replayed: readonly Replayed[]): Material {
  return {
    asks: replayed.flatMap(({ exchange, speaker }) => {
      const body = exchange.asked === undefined ? undefined : tryParse(exchange.asked);
      if (speaker?.caller === undefined || !isObject(body)) return [];
      const ask = speaker.caller.readAsk({ ...fromPath(exchange), ...body });
      return ask.ok && saysSomething(ask.value) ? [[exchange.name, ask.value] as const] : [];
    }),
    answers: replayed.flatMap(({ exchange, answer }) =>
      answer?.ended === true ? [[exchange.name, answer] as const] : [],
    ),
  };
}

const saysSomething = ({ turns }: Ask): boolean => turns.some(({ parts }) => parts.length > 0);

/** Some formats name the model, and whether it streams, in the path. */
function fromPath({ url }: Exchange): { readonly model?: string; readonly stream?: boolean } {
  const found = /\/models?\/([^/:?]+)(?::(\w+)|\/([\w-]+))?/.exec(url ?? '');
  const [, model, action = '', verb = ''] = found ?? [];
  if (model === undefined) return {};
  return { model: decodeURIComponent(model), stream: /stream/i.test(action + verb) };
}
