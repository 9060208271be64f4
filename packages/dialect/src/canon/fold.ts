// Events into a whole answer and back. Fragments are joined once, at the end.
import type {
  Answer,
  AnswerEvent,
  Extra,
  Json,
  Media,
  Part,
  ServerWire,
  StopReason,
  TokenLogprob,
  ToldUsage,
  UpstreamError,
} from './canon.ts';

type Open =
  | { kind: 'text' | 'refusal'; pieces: string[] }
  | { kind: 'thought'; pieces: string[]; signature: string | undefined; sealed: string | undefined }
  | { kind: 'call'; id: string; name: string; pieces: string[]; signature: string | undefined }
  | { kind: 'media'; media: Media }
  | { kind: 'opaque'; wire: ServerWire; value: Json };

type Choice = {
  readonly parts: Map<number, Open>;
  readonly logprobs: TokenLogprob[];
  stop: StopReason | undefined;
  sequence: string | undefined;
  native: string | undefined;
};

/** Takes events one by one; `answer` may be asked at any time. */
export class Folding {
  readonly #choices = new Map<number, Choice>();
  #start: Extract<AnswerEvent, { kind: 'start' }> | undefined;
  #usage: ToldUsage | undefined;
  #service: string | undefined;
  #error: UpstreamError | undefined;
  #ended = false;

  push(event: AnswerEvent): void {
    switch (event.kind) {
      case 'start':
        this.#start ??= event;
        return;
      case 'usage':
        this.#usage = event.usage;
        this.#service = event.service ?? this.#service;
        return;
      case 'error':
        this.#error = event.error;
        return;
      case 'end':
        this.#ended = true;
        return;
      default:
        this.#choice(event.answer, event);
    }
  }

  answer(): Answer {
    const start = this.#start;
    const inOrder = [...this.#choices].sort(([a], [b]) => a - b).map(([, choice]) => choice);
    return {
      id: start?.id,
      model: start?.model,
      created: start?.created,
      answers: inOrder.map(closed),
      usage: this.#usage,
      service: this.#service,
      error: this.#error,
      ended: this.#ended,
      ...(start?.extra === undefined ? {} : { extra: start.extra }),
    };
  }

  #choice(
    answer: number,
    event: Exclude<AnswerEvent, { kind: 'start' | 'usage' | 'error' | 'end' }>,
  ): void {
    let choice = this.#choices.get(answer);
    if (choice === undefined) {
      const none = { stop: undefined, sequence: undefined, native: undefined };
      choice = { parts: new Map(), logprobs: [], ...none };
      this.#choices.set(answer, choice);
    }
    if (event.kind === 'stop') {
      choice.stop = event.reason;
      choice.sequence = event.sequence;
      choice.native = event.native;
    } else if (event.kind === 'logprobs') choice.logprobs.push(...event.tokens);
    else add(choice.parts, event);
  }
}

type PartEvent = Extract<AnswerEvent, { part: number }>;

function add(parts: Map<number, Open>, event: PartEvent): void {
  const open = parts.get(event.part);
  switch (event.kind) {
    case 'text':
    case 'refusal':
      if (open?.kind === event.kind) open.pieces.push(event.text);
      else parts.set(event.part, { kind: event.kind, pieces: [event.text] });
      return;
    case 'thought':
      if (open?.kind === 'thought') open.pieces.push(event.text);
      else parts.set(event.part, thought([event.text]));
      return;
    case 'signature': {
      if (open?.kind === 'call' && event.sealed === undefined) {
        open.signature = (open.signature ?? '') + event.signature;
        return;
      }
      const own = open?.kind === 'thought' ? open : thought([]);
      if (event.sealed) own.sealed = (own.sealed ?? '') + event.signature;
      else own.signature = (own.signature ?? '') + event.signature;
      parts.set(event.part, own);
      return;
    }
    case 'call':
      if (open?.kind !== 'call') {
        const { id, name } = event;
        parts.set(event.part, { kind: 'call', id, name, pieces: [], signature: undefined });
      }
      return;
    case 'arguments':
      if (open?.kind === 'call') open.pieces.push(event.text);
      return;
    case 'media':
      parts.set(event.part, { kind: 'media', media: event.media });
      return;
    case 'opaque':
      parts.set(event.part, { kind: 'opaque', wire: event.wire, value: event.value });
  }
}

const thought = (pieces: string[]): Extract<Open, { kind: 'thought' }> => ({
  kind: 'thought',
  pieces,
  signature: undefined,
  sealed: undefined,
});

function closed(choice: Choice): Answer['answers'][number] {
  const parts = [...choice.parts].sort(([a], [b]) => a - b).map(([, open]) => partOf(open));
  return {
    parts,
    logprobs: choice.logprobs,
    stop: choice.stop,
    ...(choice.sequence === undefined ? {} : { sequence: choice.sequence }),
    ...(choice.native === undefined ? {} : { native: choice.native }),
  };
}

function partOf(open: Open): Part | { readonly kind: 'refusal'; readonly text: string } {
  switch (open.kind) {
    case 'text':
    case 'refusal':
      return { kind: open.kind, text: open.pieces.join('') };
    case 'thought':
      return {
        kind: 'thought',
        text: open.pieces.join(''),
        ...(open.signature === undefined ? {} : { signature: open.signature }),
        ...(open.sealed === undefined ? {} : { sealed: open.sealed }),
      };
    case 'call':
      return {
        kind: 'call',
        id: open.id,
        name: open.name,
        arguments: open.pieces.join(''),
        ...(open.signature === undefined ? {} : { signature: open.signature }),
      };
    case 'media':
      return open.media;
    case 'opaque':
      return { kind: 'opaque', wire: open.wire, value: open.value };
  }
}

export function fold(events: Iterable<AnswerEvent>): Answer {
  const folding = new Folding();
  for (const event of events) folding.push(event);
  return folding.answer();
}

/** The events of a whole answer, each part in one piece. */
export function unfold(answer: Answer): readonly AnswerEvent[] {
  const { id, model, created, extra } = answer;
  const events: AnswerEvent[] = [
    {
      kind: 'start',
      id,
      model,
      created,
      ...(extra === undefined ? {} : { extra: extra as Extra }),
    },
  ];
  answer.answers.forEach((one, index) => {
    one.parts.forEach((part, at) => void events.push(...eventsOf(part, index, at)));
    if (one.logprobs.length > 0)
      events.push({ kind: 'logprobs', answer: index, tokens: one.logprobs });
    if (one.stop === undefined) return;
    const { stop: reason, sequence, native } = one;
    const more = {
      ...(sequence === undefined ? {} : { sequence }),
      ...(native === undefined ? {} : { native }),
    };
    events.push({ kind: 'stop', answer: index, reason, ...more });
  });
  const { usage, service, error } = answer;
  if (usage !== undefined)
    events.push({ kind: 'usage', usage, ...(service === undefined ? {} : { service }) });
  if (error !== undefined) events.push({ kind: 'error', error });
  else if (answer.ended) events.push({ kind: 'end' });
  return events;
}

function eventsOf(
  part: Answer['answers'][number]['parts'][number],
  answer: number,
  at: number,
): readonly AnswerEvent[] {
  const place = { answer, part: at };
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return [{ kind: part.kind, ...place, text: part.text }];
    case 'thought': {
      const events: AnswerEvent[] = [{ kind: 'thought', ...place, text: part.text }];
      if (part.signature !== undefined)
        events.push({ kind: 'signature', ...place, signature: part.signature });
      if (part.sealed !== undefined)
        events.push({ kind: 'signature', ...place, signature: part.sealed, sealed: true });
      return events;
    }
    case 'call': {
      const { id, name } = part;
      const events: AnswerEvent[] = [{ kind: 'call', ...place, id, name }];
      if (part.arguments !== '') events.push({ kind: 'arguments', ...place, text: part.arguments });
      if (part.signature !== undefined)
        events.push({ kind: 'signature', ...place, signature: part.signature });
      return events;
    }
    case 'media':
      return [{ kind: 'media', ...place, media: part }];
    case 'opaque':
      return [{ kind: 'opaque', ...place, wire: part.wire, value: part.value }];
    case 'result':
      return [];
  }
}
