// The schemas that callers send along, compiled once and kept for the next call: by tenant and
// digest, bounded by what they take, the one that was used longest ago given up first.
import type { Keys, TenantName } from '@signalbox/contract';
import { compileSchema, type Schema } from '@signalbox/documents';

/** A schema of more characters is not read. */
const TEXT_MAX = 262_144;
const KEPT_MAX = 256;
/** Of all that are kept; about 100 bytes each. */
const SIZE_MAX = 200_000;
const DIGEST_BYTES = 16;

export class Schemas {
  readonly #keys: Keys;
  readonly #kept: Map<string, Schema> = new Map();
  #size = 0;

  constructor(keys: Keys) {
    this.#keys = keys;
  }

  /** @param text JSON. Undefined: it is too large. */
  of(tenant: TenantName, text: string): Schema | undefined {
    if (text.length > TEXT_MAX) return undefined;
    const name = `${tenant}:${this.#keys.digest('schema', text, DIGEST_BYTES)}`;
    const known = this.#kept.get(name);
    const schema = known ?? compileSchema(JSON.parse(text));
    if (known !== undefined) this.#kept.delete(name);
    else this.#size += schema.size;
    this.#kept.set(name, schema);
    this.#forget();
    return schema;
  }

  get count(): number {
    return this.#kept.size;
  }

  #forget(): void {
    for (const [name, { size }] of this.#kept) {
      if (this.#kept.size <= KEPT_MAX && this.#size <= SIZE_MAX) return;
      this.#kept.delete(name);
      this.#size -= size;
    }
  }
}
