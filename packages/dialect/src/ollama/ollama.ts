// The dialect of an Ollama server: /api/chat. Streams are JSON by lines and the default; a message
// has one text, one `thinking`, images in base64 and calls with object arguments. What it has no
// word for (signatures, thoughts told apart, ids of older calls) stands in additional fields that
// its servers and clients pass by. An answer never gets an end that its upstream did not send.
import type { Result } from '@signalbox/contract';
import type { Answer, AnswerEvent, Ask, Json, UpstreamError } from '../canon/canon.ts';
import type {
  AnswerContext,
  BadAsk,
  Codec,
  StreamDecoder,
  StreamEncoder,
  WriteTo,
  Written,
} from '../canon/codec.ts';
import { readAsk } from './ask.ts';
import { LineDecoder, readWhole } from './decode.ts';
import { LineEncoder, STREAM_TYPE, writeWhole } from './encode.ts';
import { readError } from './errors.ts';
import { writeAsk } from './write-ask.ts';

export { readAnswer } from './answer.ts';
export { readEmbedAsk, readEmbedded, writeEmbedAsk, writeEmbedded } from './embed.ts';
export { generate } from './generate.ts';
export { readQuestion } from './question.ts';
export { answerEvent, errorBody, errorEvent } from './refusal.ts';
export { streamReader } from './stream.ts';
export {
  CAPABILITIES,
  type Capability,
  type ListedModel,
  readShow,
  readShowAsk,
  readTags,
  readVersion,
  writeLoaded,
  writeShow,
  writeTags,
  writeVersion,
} from './tags.ts';

export const ollama: Codec = {
  wire: 'ollama',
  streamType: STREAM_TYPE,
  readAsk(body: Json): Result<Ask, BadAsk> {
    return readAsk(body);
  },
  writeAsk(ask: Ask, to: WriteTo): Written {
    return writeAsk(ask, to);
  },
  readWhole(body: Json): readonly AnswerEvent[] {
    return readWhole(body);
  },
  writeWhole(answer: Answer, context: AnswerContext): Written {
    return writeWhole('chat', answer, context);
  },
  decoder(): StreamDecoder {
    return new LineDecoder();
  },
  encoder(context: AnswerContext): StreamEncoder {
    return new LineEncoder('chat', context);
  },
  readError(status: number, body: Uint8Array): UpstreamError {
    return readError(status, body);
  },
};
