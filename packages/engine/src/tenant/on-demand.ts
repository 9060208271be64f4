// Documents that are compiled when they are first asked for, and kept as long as their snapshot: a
// swap of ten thousand tenants costs the tenants that call, not all of them at once.

/** What a lookup by name needs; a `Map` has it too. */
export type Lookup<K, V> = { get(key: K): V | undefined; has(key: K): boolean };

export class OnDemand<K, D, V> implements Lookup<K, V> {
  readonly #documents: ReadonlyMap<K, D>;
  readonly #compile: (document: D) => V;
  readonly #compiled = new Map<K, V>();

  /** @param compile must not throw: what cannot stand was refused when it was read. */
  constructor(documents: ReadonlyMap<K, D>, compile: (document: D) => V) {
    this.#documents = documents;
    this.#compile = compile;
  }

  get(key: K): V | undefined {
    const known = this.#compiled.get(key);
    if (known !== undefined) return known;
    const document = this.#documents.get(key);
    if (document === undefined) return undefined;
    const made = this.#compile(document);
    this.#compiled.set(key, made);
    return made;
  }

  has(key: K): boolean {
    return this.#documents.has(key);
  }
}
