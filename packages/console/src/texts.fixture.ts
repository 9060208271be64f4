// Policies as a server has them whose desk keeps some beside its file, in memory.
import { readConfiguration } from '@signalbox/config';
import type { ControlOptions } from '@signalbox/control';
import type { Configuration } from '@signalbox/documents';

type TextsDesk = NonNullable<ControlOptions['texts']>;
type PoliciesDesk = NonNullable<ControlOptions['policies']>;
type Change = Parameters<TextsDesk['change']>[0];
type Place = Parameters<TextsDesk['isKept']>[0];
type Version = Awaited<ReturnType<TextsDesk['versions']>>[number];

const FILE = 'signalbox.yaml';
const KEPT = 'console.yaml';
const HEAD_LINES = 3;

export class MemoryTexts implements TextsDesk {
  readonly #file: string;
  readonly #kept = new Map<string, string>();
  readonly #versions = new Map<string, Version[]>();
  /** Texts that somebody approved, with who did. */
  readonly #approved = new Map<string, string>();

  constructor(file: string) {
    this.#file = file;
  }

  configuration(): Configuration {
    const read = this.#read(this.#kept);
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    return read.configuration;
  }

  all(): ReturnType<TextsDesk['all']> {
    return new Map();
  }

  written({ name }: Place): ReturnType<TextsDesk['written']> {
    const text = this.#kept.get(name);
    return text === undefined ? undefined : { text, file: KEPT, line: HEAD_LINES };
  }

  isKept({ name }: Place): boolean {
    return this.#kept.has(name);
  }

  async change({ deed, name, text, by }: Change): ReturnType<TextsDesk['change']> {
    const next = new Map(this.#kept);
    if (deed === 'remove') next.delete(name);
    else next.set(name, text);
    const read = this.#read(next);
    if (!read.ok) {
      const problems = read.problems.map((one) => ({
        ...one,
        file: undefined,
        line: one.line - HEAD_LINES,
      }));
      return { kind: 'wrong', problems };
    }
    this.#kept.clear();
    for (const [one, held] of next) this.#kept.set(one, held);
    const before = this.#versions.get(name) ?? [];
    const version = { number: before.length + 1, at: Date.now(), by, deed, text };
    this.#versions.set(name, [version, ...before]);
    return { kind: 'done' };
  }

  async versions({ name }: Place): Promise<readonly Version[]> {
    return this.#versions.get(name) ?? [];
  }

  policies(): PoliciesDesk {
    return {
      standing: (name) => this.#standing(name),
      carryOut: async (name, deed) => {
        if (deed.deed === 'approve') this.#approved.set(this.#kept.get(name) ?? '', deed.by);
        return { kind: 'done' };
      },
    };
  }

  #standing(name: string): ReturnType<PoliciesDesk['standing']> {
    const policy = this.configuration().policies.get(name);
    if (policy === undefined) return undefined;
    const by = this.#approved.get(this.#kept.get(name) ?? '');
    const waits = policy.approval === 'required' && by === undefined;
    const digest = 'd1';
    return {
      ...{ name, version: policy.version, author: policy.author, digest, ring: undefined },
      decides: waits ? undefined : digest,
      why: waits ? 'waits-for-approval' : 'written',
      approvals: by === undefined ? [] : [{ digest, by, at: Date.now() }],
    };
  }

  #read(kept: ReadonlyMap<string, string>): ReturnType<typeof readConfiguration> {
    const texts = [...kept].map(
      ([name, text]) => `  ${name}:\n${text.replace(/^(?=.)/gm, '    ')}`,
    );
    const text = `version: 1\npolicies:\n${texts.join('')}`;
    const file = { name: FILE, text: this.#file };
    const console = { name: KEPT, text, owner: { kind: 'console' } } as const;
    return readConfiguration(kept.size === 0 ? [file] : [file, console]);
  }
}
