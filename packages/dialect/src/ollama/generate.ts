// /api/generate: one prompt instead of a conversation, `response` instead of a message. `suffix`,
// `template`, `raw` and `context` (tokens of an earlier answer) have no word of ours: they reach an
// upstream of this dialect's prompts alone, elsewhere they are named as dropped.
import type { Result } from '@signalbox/contract';
import { encode } from '../bytes.ts';
import type {
  Answer,
  AnswerEvent,
  Ask,
  Dropped,
  Json,
  Part,
  Turn,
  UpstreamError,
} from '../canon/canon.ts';
import type {
  AnswerContext,
  BadAsk,
  Codec,
  StreamDecoder,
  StreamEncoder,
  WriteTo,
  Written,
} from '../canon/codec.ts';
import { LineDecoder, readWhole } from './decode.ts';
import { LineEncoder, STREAM_TYPE, writeWhole } from './encode.ts';
import { readError } from './errors.ts';
import { at, listAt, neededText, objectAt, reading, textAt, Wrong } from './fields.ts';
import { mediaName, readImage, writeImage } from './media.ts';
import { dropForeign, readSettings, withoutLacking, writeExtra, writeSettings } from './options.ts';

export const generate: Codec = {
  wire: 'ollama',
  streamType: STREAM_TYPE,
  readAsk(body: Json): Result<Ask, BadAsk> {
    return readPrompt(body);
  },
  writeAsk(ask: Ask, to: WriteTo): Written {
    return writePrompt(ask, to);
  },
  readWhole(body: Json): readonly AnswerEvent[] {
    return readWhole(body);
  },
  writeWhole(answer: Answer, context: AnswerContext): Written {
    return writeWhole('prompt', answer, context);
  },
  decoder(): StreamDecoder {
    return new LineDecoder();
  },
  encoder(context: AnswerContext): StreamEncoder {
    return new LineEncoder('prompt', context);
  },
  readError(status: number, body: Uint8Array): UpstreamError {
    return readError(status, body);
  },
};

function readPrompt(body: Json): Result<Ask, BadAsk> {
  return reading(() => {
    const whole = objectAt({ value: body, path: 'body' });
    if (whole === undefined) throw new Wrong('body', 'The body must be a JSON object.');
    const system = textAt(at(whole, 'system')) ?? '';
    const prompt = textAt(at(whole, 'prompt')) ?? '';
    const images = listAt(at(whole, 'images')).map((place) => readImage(neededText(place)));
    const parts: Part[] = prompt === '' ? images : [...images, { kind: 'text', text: prompt }];
    return {
      ...readSettings(whole),
      usageWanted: true,
      system: system === '' ? [] : [{ kind: 'text', text: system }],
      turns: parts.length === 0 ? [] : [{ role: 'user', parts }],
      tools: [],
    };
  });
}

const BETWEEN_TEXTS = '\n\n';
const FITTING: ReadonlySet<string> = new Set();

/** The last turn of the user is the prompt; a conversation does not fit. */
function writePrompt(ask: Ask, to: WriteTo): Written {
  const dropped: Dropped = new Set();
  const last = ask.turns.findLast(({ role }) => role === 'user');
  if (ask.turns.some((turn) => turn !== last)) dropped.add('turns');
  if (ask.tools.length > 0 && ask.toolChoice?.kind !== 'none') dropped.add('tools');
  const system = textsOf(ask.system, dropped).join(BETWEEN_TEXTS);
  const images = imagesOf(last, dropped);
  const body: { [key: string]: Json } = {
    model: to.model,
    prompt: textsOf(last?.parts ?? [], dropped).join(BETWEEN_TEXTS),
    ...(system === '' ? {} : { system }),
    ...(images.length === 0 ? {} : { images }),
    stream: ask.stream,
  };
  writeSettings(ask, body, { quirks: to.quirks, dropped });
  writeExtra(ask, body, { unfit: FITTING, dropped });
  withoutLacking(body, to.quirks, dropped);
  return { body: encode(JSON.stringify(body)), dropped };
}

function textsOf(parts: readonly Part[], dropped: Dropped): readonly string[] {
  const texts: string[] = [];
  for (const part of parts) {
    if (part.kind === 'text') {
      dropForeign(part.extra, dropped);
      texts.push(part.text);
    } else if (part.kind !== 'media') dropped.add(`part.${part.kind}`);
  }
  return texts;
}

function imagesOf(turn: Turn | undefined, dropped: Dropped): readonly string[] {
  return (turn?.parts ?? []).flatMap((part) => {
    if (part.kind !== 'media') return [];
    const image = writeImage(part);
    if (image === undefined) dropped.add(mediaName(part));
    return image ?? [];
  });
}
