// The network as the world plays it: model servers with weather, behind the `Upstream` port. It
// asks `within` where a socket would open, keeps what it saw for the oracles, and holds to what the
// real dial function promises a sink: never a call from inside `dial`, one end, nothing after an
// abort, bytes that are only valid during the call.
import {
  type DialRequest,
  type DialSink,
  type FaultCode,
  fault,
  type Upstream,
  within,
} from '@signalbox/contract';
import { isPassed } from '@signalbox/dialect';
import type { Chance } from '../chance.ts';
import type { CallFacts, Dial, Report } from '../facts.ts';
import { wordOf } from '../facts.ts';
import type { Timeline } from '../timeline.ts';
import type { Trace } from '../trace.ts';
import { Shelf } from './passed.ts';
import { type Inquiry, type Script, type Step, scriptOf, type Weather } from './script.ts';

export type NetworkTools = {
  /** Some answer with far more than anybody reads. */
  readonly floods: boolean;
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly trace: Trace;
  readonly report: Report;
  /** The call that a dial belongs to, by its trace. */
  readonly callOf: (traceId: string) => CallFacts | undefined;
  /** Asked where a question belongs to no call; undefined: there are no such questions. */
  readonly asked: Upstream | undefined;
  /** Told of every dial before it answers. */
  readonly onDial: (dial: Dial, request: DialRequest) => void;
};

type Spoken = Pick<Inquiry, 'operation' | 'passed'>;

export class Network {
  readonly shelf: Shelf = new Shelf();
  readonly #tools: NetworkTools;
  readonly #weather = new Map<string, Weather>();
  readonly #open = new Set<Conversation>();
  #everywhere: Weather | undefined;
  #dials = 0;

  constructor(tools: NetworkTools) {
    this.#tools = tools;
  }

  weather(endpoint: string, weather: Weather): void {
    this.#weather.set(endpoint, weather);
  }

  /** From now on nothing goes wrong anywhere. */
  calm(): void {
    this.#everywhere = 'calm';
  }

  /** The process that dialled has died: its sockets are gone, nobody hears of it. */
  drop(): void {
    for (const conversation of this.#open) conversation.die();
    this.#open.clear();
  }

  open(): readonly Dial[] {
    return [...this.#open].map(({ dial }) => dial);
  }

  port(): Upstream {
    return { dial: (request, sink) => this.#dial(request, sink) };
  }

  #dial(request: DialRequest, sink: DialSink): () => void {
    const { callOf, chance, trace, timeline, report, floods, asked } = this.#tools;
    const { place, headers } = request;
    const traceparent = headers.find(([name]) => name === 'traceparent')?.[1] ?? '';
    const call = callOf(traceparent.split('-')[1] ?? '');
    if (call === undefined && asked !== undefined) return asked.dial(request, sink);
    if (call === undefined) {
      report('dial-asserted', `a dial to ${place.name} belongs to no call`);
      return () => undefined;
    }
    const said = readAsked(request);
    const weather = this.#everywhere ?? this.#weather.get(place.name) ?? 'fair';
    this.#dials += 1;
    const word = `canaryout${this.#dials}`;
    const { timers } = request;
    const spoken = this.#spoken(call, request, word);
    const script = scriptOf({ ...spoken, word, timers, floods, ...said }, weather, chance);
    const dial: Dial = {
      number: this.#dials,
      call,
      entry: call.entries.at(-1),
      endpoint: place.name,
      model: said.model,
      at: timeline.monotonic(),
      turn: timeline.turn(),
      script: script.name,
      status: undefined,
      streams: false,
      fault: undefined,
      end: 'open',
      endedAt: undefined,
      endedTurn: undefined,
      usage: script.usage,
      sent: [],
    };
    trace.note(`${wordOf(call)}dial ${dial.number} ${place.name} ${said.model}: ${script.name}`);
    const breach = within(request.clearance, place);
    if (breach !== undefined) {
      report('dial-asserted', `${place.name} breaks the clearance: ${breach}`, wordOf(call));
    }
    call.dials.push(dial);
    this.#tools.onDial(dial, request);
    const conversation = new Conversation(dial, script, sink, {
      timeline,
      trace,
      totalMs: request.timers.totalMs,
      over: () => this.#open.delete(conversation),
      guard: (about, run) => this.#guard(about, run),
    });
    this.#open.add(conversation);
    conversation.start();
    return () => conversation.abort();
  }

  #spoken({ wish }: CallFacts, request: DialRequest, word: string): Spoken {
    const { operation, number, tenant } = wish;
    if (!isPassed(operation)) return { operation, passed: undefined };
    const asking = { operation, endpoint: request.place.name, number, tenant, word };
    // Counts have no streams either.
    return { operation: 'count', passed: () => this.shelf.answer(asking, request) };
  }

  #guard({ call, number }: Dial, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#tools.report('no-bug', `the sink of dial ${number} threw: ${error}`, wordOf(call));
    }
  }
}

type Around = {
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly totalMs: number;
  readonly over: () => void;
  /** What a sink throws is a bug. */
  readonly guard: (dial: Dial, run: () => void) => void;
};

class Conversation {
  readonly dial: Dial;
  readonly #steps: readonly Step[];
  readonly #sink: DialSink;
  readonly #around: Around;
  #at = 0;
  #paused = false;
  /** A step is on its way. */
  #stepping = false;
  #cancelStep = (): void => undefined;
  #cancelTotal = (): void => undefined;

  constructor(dial: Dial, script: Script, sink: DialSink, around: Around) {
    this.dial = dial;
    this.#steps = script.steps;
    this.#sink = sink;
    this.#around = around;
  }

  start(): void {
    const { timeline, totalMs } = this.#around;
    this.#cancelTotal = timeline.after(totalMs, () => {
      this.#around.guard(this.dial, () => this.#fault('total_timeout'));
    });
    this.#next();
  }

  abort(): void {
    this.#over('aborted');
  }

  die(): void {
    this.#over('died');
  }

  #next(): void {
    const step = this.#steps[this.#at];
    if (step === undefined || this.#stepping || this.#paused || this.dial.end !== 'open') return;
    this.#stepping = true;
    this.#cancelStep = this.#around.timeline.after(step.afterMs, () => {
      this.#stepping = false;
      // A caller that reads slowly is not an upstream that is silent.
      const waits = step.act !== 'fault' || step.code === 'idle_timeout';
      if (this.#paused && waits) return;
      this.#at += 1;
      this.#around.guard(this.dial, () => this.#run(step));
      this.#next();
    });
  }

  #run(step: Step): void {
    if (step.act === 'head') {
      this.dial.status = step.status;
      this.dial.streams = step.headers.some(([, value]) => value.startsWith('text/event-stream'));
      this.#sink.head(step.status, step.headers, {
        pause: () => {
          this.#paused = true;
        },
        resume: () => this.#resume(),
      });
    } else if (step.act === 'chunk') this.#chunk(step);
    else if (step.act === 'fault') this.#fault(step.code);
    else {
      this.#over('ended');
      this.#sink.end();
    }
  }

  #chunk({ bytes }: Extract<Step, { act: 'chunk' }>): void {
    // Wiped behind the sink's back: whoever keeps the bytes must have copied them.
    const lent = bytes.slice();
    this.dial.sent.push(bytes);
    this.#sink.chunk(lent);
    lent.fill(0x2e);
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#next();
  }

  #fault(code: FaultCode): void {
    if (this.dial.end !== 'open') return;
    this.dial.fault = code;
    this.#over('faulted');
    this.#sink.fault(fault(code, 'upstream', 'other', `${this.dial.endpoint}: ${code}`));
  }

  #over(end: Dial['end']): void {
    if (this.dial.end !== 'open') return;
    const { timeline, trace } = this.#around;
    this.dial.end = end;
    this.dial.endedAt = timeline.monotonic();
    this.dial.endedTurn = timeline.turn();
    this.#cancelStep();
    this.#cancelTotal();
    this.#around.over();
    const why = this.dial.fault === undefined ? '' : ` ${this.dial.fault}`;
    trace.note(`${wordOf(this.dial.call)}dial ${this.dial.number} ${end}${why}`);
  }
}

type Asked = {
  readonly model: string;
  readonly stream: boolean;
  readonly usageAsked: boolean;
  readonly outputTokensMax: number | undefined;
};

function readAsked({ body }: DialRequest): Asked {
  const fields = fieldsOf(new TextDecoder().decode(body));
  const model = memberOf(fields, 'model');
  const usage = memberOf(memberOf(fields, 'stream_options'), 'include_usage');
  const most = memberOf(fields, 'max_tokens') ?? memberOf(fields, 'max_output_tokens');
  return {
    model: typeof model === 'string' ? model : '',
    stream: memberOf(fields, 'stream') === true,
    usageAsked: usage === true,
    outputTokensMax: typeof most === 'number' ? most : undefined,
  };
}

/** Forms have none that matter here, and some requests have no body. */
const fieldsOf = (text: string): unknown => (text.startsWith('{') ? JSON.parse(text) : undefined);

export function memberOf(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null ? Reflect.get(from, name) : undefined;
}
