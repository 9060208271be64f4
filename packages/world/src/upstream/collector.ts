// Who collects spans: behind the `Upstream` port as model servers are, slow, busy or away now and
// then, so that batches are sent again.
import { type DialRequest, type DialSink, fault, type Upstream } from '@signalbox/contract';
import type { Chance } from '../chance.ts';
import type { Timeline } from '../timeline.ts';

const BUSY = 503;

export class Collector {
  readonly #timeline: Timeline;
  readonly #chance: Chance;
  readonly #onDial: (request: DialRequest) => void;
  #isCalm = false;
  #life = 0;

  constructor(timeline: Timeline, chance: Chance, onDial: (request: DialRequest) => void) {
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
      sink.end();
    });
  }
}
