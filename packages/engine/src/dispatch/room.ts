// The context that a model at an endpoint was asked to run with. Some servers load a model anew for
// each other figure, which takes seconds: short calls between long ones ask for what the long ones
// asked for, until there was none for a while.

/** Ollama unloads a model that nobody asked for so long (its FAQ: `OLLAMA_KEEP_ALIVE`). */
export const ROOM_KEPT_MS = 300_000;

export class Room {
  #tokens = 0;
  #until = 0;

  /** Asked for by a call that needs it. */
  ask(tokens: number, now: number): void {
    this.#tokens = tokens;
    this.#until = now + ROOM_KEPT_MS;
  }

  /** 0: as much as the server gives by itself. */
  tokens(now: number): number {
    return now < this.#until ? this.#tokens : 0;
  }
}
