/**
 * Three equal endpoints, of which one takes no connections for half a minute. Calls go to any of
 * them, or to where the breakers, the picking and the retry budget send them. What is told: calls
 * that failed, and how many calls were out at the dead endpoint at once between its death and its
 * first answer after it.
 */
import { Breaker, ENDPOINT_RULES } from '../../../packages/engine/src/dispatch/breaker.ts';
import { Load } from '../../../packages/engine/src/dispatch/load.ts';
import { Draws, NONE, pick } from '../../../packages/engine/src/dispatch/pick.ts';
import { RetryBudget } from '../../../packages/engine/src/dispatch/retry-budget.ts';
import type { Chance } from './chance.ts';
import { Events } from './events.ts';

export type Outage = {
  readonly failed: number;
  /** After it was seen to be dead. */
  readonly atOnceMax: number;
};

const ENDPOINTS = 3;
const BETWEEN_MS = 20;
const SPAN_MS = 90_000;
const DEAD_FROM_MS = 20_000;
const DEAD_TO_MS = 50_000;
const MEDIAN_MS = 300;
const SIGMA = 0.4;
/** A firewall that drops, so that a dead endpoint costs time. */
const CONNECT_MS = 1_000;

class Endpoint {
  readonly breaker: Breaker = new Breaker(ENDPOINT_RULES);
  readonly load: Load = new Load();
  readonly weight = 1;
  out = 0;
}

export function outage(guarded: boolean, chance: Chance): Outage {
  const scene = new Scene(guarded, chance);
  const { events } = scene;
  const next = (): void => {
    if (events.nowMs < SPAN_MS) events.after(chance.exponential(BETWEEN_MS), next);
    scene.call();
  };
  next();
  events.run();
  return { failed: scene.failed, atOnceMax: scene.atOnceMax };
}

class Scene {
  readonly events: Events = new Events();
  failed = 0;
  atOnceMax = 0;
  readonly #guarded: boolean;
  readonly #chance: Chance;
  readonly #draws: Draws;
  readonly #budget = new RetryBudget();
  readonly #endpoints = Array.from({ length: ENDPOINTS }, () => new Endpoint());
  /** Its death was noticed, and it has not answered since. */
  #isKnownDead = false;

  constructor(guarded: boolean, chance: Chance) {
    this.#guarded = guarded;
    this.#chance = chance;
    this.#draws = new Draws(Math.floor(chance.next() * 1e9));
  }

  call(): void {
    this.#budget.began(this.events.nowMs);
    this.#attempt(this.#endpoints);
  }

  #attempt(among: readonly Endpoint[]): void {
    const now = this.events.nowMs;
    const open = this.#guarded ? among.filter(({ breaker }) => breaker.admits(now)) : among;
    const endpoint = this.#guarded
      ? open[pick(open, { now, isStream: true, warm: NONE }, this.#draws)]
      : open[Math.floor(this.#chance.next() * open.length)];
    if (endpoint === undefined) this.failed += 1;
    else this.#dial(endpoint, among);
  }

  #dial(endpoint: Endpoint, among: readonly Endpoint[]): void {
    const began = this.events.nowMs;
    const isMortal = endpoint === this.#endpoints[0];
    const isDead = isMortal && began >= DEAD_FROM_MS && began < DEAD_TO_MS;
    const pass = this.#guarded ? endpoint.breaker.enter(began) : 0;
    endpoint.out += 1;
    endpoint.load.pending += 1;
    if (isMortal && this.#isKnownDead) this.atOnceMax = Math.max(this.atOnceMax, endpoint.out);
    this.events.after(isDead ? CONNECT_MS : this.#chance.lognormal(MEDIAN_MS, SIGMA), () => {
      const now = this.events.nowMs;
      endpoint.out -= 1;
      endpoint.load.pending -= 1;
      if (isMortal) this.#isKnownDead = isDead;
      if (!isDead) {
        endpoint.load.took(now - began, now, true);
        endpoint.breaker.succeeded(pass, now);
        return;
      }
      endpoint.load.failed(now - began, now, true);
      endpoint.breaker.failed(pass, now, this.#draws.next());
      const rest = among.filter((one) => one !== endpoint);
      if (this.#guarded && this.#budget.take(now)) this.#attempt(rest);
      else this.failed += 1;
    });
  }
}
