// What was opened is closed in the opposite order, each once, whatever the others do.

export class Closing {
  readonly #deeds: (() => void | Promise<void>)[] = [];

  add(deed: () => void | Promise<void>): void {
    this.#deeds.push(deed);
  }

  /** The first failure is thrown when everything has had its turn. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const deed of this.#deeds.splice(0).reverse()) {
      try {
        await deed();
      } catch (cause) {
        failures.push(cause);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
