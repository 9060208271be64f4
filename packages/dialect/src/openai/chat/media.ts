// Sounds and pictures that a model makes: `audio`, told in pieces, and `images`.
import type { Dropped, Json, JsonObject, Media } from '../../canon/canon.ts';
import { isObject, listIn, restOf, textIn } from '../../canon/exact.ts';
import { readContent, writePart } from './content.ts';
import { extraOf } from './extra.ts';
import { Fields } from './fields.ts';

/** The fields of `audio`, put together; its data at the end, in one piece. */
export class AudioPieces {
  #told = false;
  readonly #data: string[] = [];
  readonly #transcript: string[] = [];
  #rest: JsonObject = {};

  take(audio: Json | undefined): void {
    if (!isObject(audio)) return;
    this.#told = true;
    const data = textIn(audio, 'data') ?? '';
    if (data !== '') this.#data.push(data);
    const transcript = textIn(audio, 'transcript') ?? '';
    if (transcript !== '') this.#transcript.push(transcript);
    this.#rest = { ...this.#rest, ...restOf(audio, DATA_KEYS) };
  }

  media(): Media | undefined {
    if (!this.#told) return undefined;
    const transcript = this.#transcript.join('');
    const beside = { ...this.#rest, ...(transcript === '' ? {} : { transcript }) };
    const source = { kind: 'base64', data: joined(this.#data) } as const;
    const isBare = Object.keys(beside).length === 0;
    return { kind: 'media', medium: 'audio', source, ...extraOf(isBare ? undefined : beside) };
  }
}

const DATA_KEYS = new Set(['data', 'transcript']);

/** Pieces of base64: each may be padded for itself. */
function joined(pieces: readonly string[]): string {
  const isPadded = pieces.some((piece, at) => at < pieces.length - 1 && piece.length % 4 !== 0);
  const isEnded = pieces.some((piece, at) => at < pieces.length - 1 && piece.endsWith('='));
  if (!isPadded && !isEnded) return pieces.join('');
  try {
    return btoa(pieces.map(atob).join(''));
  } catch {
    return pieces.join('');
  }
}

export function readImages(message: Json): readonly Media[] {
  const images = listIn(message, 'images') ?? [];
  // Parts as a caller would write them; what cannot be read is no picture.
  const parts = readContent([...images], 'images', new Fields()) ?? [];
  return parts.filter((part): part is Media => part.kind === 'media');
}

/** The field of a message that a medium stands in. */
export function writeAnswerMedia(media: Media, dropped: Dropped): JsonObject | undefined {
  const { medium, source, extra } = media;
  if (medium === 'audio' && source.kind === 'base64') {
    return { audio: { ...extra?.openai, data: source.data } };
  }
  const part = medium === 'image' ? writePart(media, dropped) : undefined;
  if (part !== undefined) return { images: [part] };
  dropped.add(`part.${medium}`);
  return undefined;
}
