/**
 * Simulated time: events in the order of their times, those of one time in the order in which they
 * were planned. Nothing waits for a real clock.
 */

type Event = { readonly atMs: number; readonly number: number; readonly then: () => void };

export class Events {
  nowMs = 0;
  #planned = 0;
  /** A binary heap, the next event first. */
  readonly #heap: Event[] = [];
  readonly #cancelled = new Set<number>();

  /** Returns how to cancel. */
  after(ms: number, then: () => void): () => void {
    this.#planned += 1;
    const number = this.#planned;
    this.#push({ atMs: this.nowMs + Math.max(0, ms), number, then });
    return () => void this.#cancelled.add(number);
  }

  /** Until nothing is planned any more. */
  run(): void {
    for (let next = this.#pop(); next !== undefined; next = this.#pop()) {
      if (this.#cancelled.delete(next.number)) continue;
      this.nowMs = next.atMs;
      next.then();
    }
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(event, heap[above])) break;
      heap[at] = heap[above] ?? event;
      at = above;
    }
    heap[at] = event;
  }

  #pop(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = at * 2 + 1;
      const below = isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
      const child = heap[below];
      if (child === undefined || !isBefore(child, last)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(one: Event | undefined, other: Event | undefined): boolean {
  if (one === undefined || other === undefined) return one !== undefined;
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.number < other.number);
}
