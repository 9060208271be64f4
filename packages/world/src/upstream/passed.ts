// What model servers say to what only passes: verdicts, pictures and sounds, and the files and
// batches that each of them keeps. The name of an object tells which call made it, so that an
// oracle knows whose it is.
import type { DialRequest, PassedOperation } from '@signalbox/contract';
import { encode } from '@signalbox/dialect';

/** In the name of an object: the number of the call that made it. */
export const OBJECT: RegExp = /(?:file|batch)-of(\d+)x/;

export type PassedAnswer = { readonly bytes: Uint8Array; readonly type: string };
export type MadeObject = {
  readonly name: string;
  readonly operation: 'file' | 'batch';
  /** Whose call made it. */
  readonly tenant: string;
};

type Asking = {
  readonly operation: PassedOperation;
  readonly endpoint: string;
  /** Of the call. */
  readonly number: number;
  readonly tenant: string;
  /** Stands in the answer and nowhere else. */
  readonly word: string;
};

const JSON_TYPE = 'application/json';

/** What all model servers keep, each its own. */
export class Shelf {
  readonly #made = new Map<string, MadeObject[]>();

  all(): readonly MadeObject[] {
    return [...this.#made.values()].flat();
  }

  answer(asking: Asking, request: Pick<DialRequest, 'method' | 'path'>): PassedAnswer {
    const { operation, word } = asking;
    switch (operation) {
      case 'file':
      case 'batch':
        return this.#ofObject({ ...asking, operation }, request);
      case 'speech':
        return { bytes: encode(`\0\0${word}`), type: 'audio/mpeg' };
      case 'moderation':
        return json(`{"id":"m1","results":[{"flagged":false,"x":"${word}"}]}`);
      case 'rerank':
        return json(`{"results":[{"index":0,"relevance_score":0.5,"document":"${word}"}]}`);
      case 'transcription':
      case 'translation':
        return json(`{"text":"${word}"}`);
      default:
        return json(`{"created":1,"data":[{"b64_json":"${word}"}]}`);
    }
  }

  #ofObject(
    {
      operation,
      endpoint,
      number,
      tenant,
      word,
    }: Asking & { readonly operation: 'file' | 'batch' },
    { method, path }: Pick<DialRequest, 'method' | 'path'>,
  ): PassedAnswer {
    const kept = this.#made.get(endpoint) ?? [];
    const [named] = OBJECT.exec(path) ?? [];
    if (path.endsWith('/content')) return { bytes: encode(word), type: 'application/octet-stream' };
    if (named === undefined && method === 'GET') {
      const ids = kept.filter((one) => one.operation === operation);
      const data = ids.map(({ name }) => `{"id":"${name}","object":"${operation}"}`).join();
      return json(`{"object":"list","data":[${data}],"has_more":false}`);
    }
    const name = named ?? `${operation}-of${number}x`;
    if (named === undefined) this.#made.set(endpoint, [...kept, { name, operation, tenant }]);
    return json(`{"id":"${name}","object":"${operation}","x":"${word}"}`);
  }
}

const json = (text: string): PassedAnswer => ({ bytes: encode(text), type: JSON_TYPE });
