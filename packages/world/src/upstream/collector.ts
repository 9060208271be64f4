// Who is told something beside the calls (a collector of spans, webhooks), or asked about itself:
// behind the `Upstream` port as model servers are, slow, busy or away now and then, so that it is
// told again.
import { type DialRequest, type DialSink, fault, type Upstream } from '@signalbox/contract';
import type { Chance } from '../chance.ts';
import type { Timeline } from '../timeline.ts';

const BUSY = 503;

export class Collector {
  readonly #timeline: Timeline;
  readonly #chance: Chance;
  readonly #onDial: (request: DialRequest) => void;
  readonly #answer: Uint8Array;
  #isCalm = false;
  #life = 0;

  constructor(
    { timeline, chance }: { readonly timeline: Timeline; readonly chance: Chance },
    onDial: (request: DialRequest) => void,
    answer: Uint8Array = new Uint8Array(0),
  ) {
    this.#answer = answer;
    this.#timeline = timeline;
    this.#chance = chance;
    this.#onDial = onDial;
  }

  calm(): void {
    this.#isCalm = true;
  }

  /** The process that dialled has died: nobody hears of it. */
  drop(): void {
    this.#life += 1;
  }

  port(): Upstream {
    return { dial: (request, sink) => this.#dial(request, sink) };
  }

  #dial(request: DialRequest, sink: DialSink): () => void {
    this.#onDial(request);
    const life = this.#life;
    const how = this.#isCalm
      ? 'well'
      : this.#chance.pick(['well', 'well', 'busy', 'away'] as const);
    return this.#timeline.after(this.#chance.between(2, 60), () => {
      if (life !== this.#life) return;
      if (how === 'away') {
        sink.fault(fault('connect_failed', 'upstream', 'other', 'the collector is away'));
        return;
      }
      sink.head(how === 'busy' ? BUSY : 200, [], {
        pause: () => undefined,
        resume: () => undefined,
      });
      if (this.#answer.length > 0) sink.chunk(this.#answer.slice());
      sink.end();
    });
  }
}
