// A path of the admin API: the schemas that check what comes in are those that the OpenAPI page is
// made of, so the two cannot differ.
import { no, type Refusal, type Result, refusal, yes } from '@signalbox/contract';
import { type Issue, type JsonObject, validate } from '@signalbox/documents';
import type { Exchange, Head } from '@signalbox/ports';
import { z } from 'zod';
import type { Visitor } from '../door/door.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export type Answer = {
  readonly status: number;
  readonly body: unknown;
  /** Names and values in turn. */
  readonly headers?: readonly string[];
  /**
   * What a repetition under the same idempotency key is told instead: nothing that is shown once.
   */
  readonly again?: unknown;
};

export type Asked = {
  /** What stands in the path for its one name; empty without one. */
  readonly name: string;
  readonly query: Readonly<Record<string, string>>;
  /** Undefined: the method has none. */
  readonly body: unknown;
  readonly header: (name: string) => string | undefined;
};

/** Who asks, for the few that must know more than the question. */
export type From = {
  readonly exchange: Exchange;
  readonly head: Head;
  readonly visitor: Visitor;
  /** The origin that was asked. */
  readonly own: URL;
};

export type Route = {
  readonly method: Method;
  /** With at most one `{name}`. */
  readonly path: string;
  readonly summary: string;
  readonly query: z.ZodType;
  /** JSON Schema of the body; undefined: it takes none. */
  readonly body: JsonObject | undefined;
  readonly answer: z.ZodType;
  readonly status: number;
  readonly kind: 'json' | 'stream';
  /**
   * An admin of a tenant may ask it too, about that tenant alone, and its auditor where it only
   * reads; else the operator only.
   */
  readonly forTenants?: boolean;
  /** And whoever looks after the money of a tenant. */
  readonly forFinance?: boolean;
  /** Whoever is let in, also where it changes something: coming and going. */
  readonly forAll?: boolean;
  /** Undefined: it answered by itself. */
  readonly serve: (asked: Asked, from: From) => Promise<Result<Answer | undefined, Refusal>>;
};

export const NO_QUERY: z.ZodType<Readonly<Record<string, never>>> = z.strictObject({});

type Get<Q> = {
  readonly path: string;
  readonly summary: string;
  readonly query: z.ZodType<Q>;
  readonly answer: z.ZodType;
  readonly forTenants?: boolean;
  readonly forFinance?: boolean;
  readonly forAll?: boolean;
  serve(query: Q, asked: Asked, from: From): Promise<Result<Answer, Refusal>>;
};

/** A page to read. */
export function getRoute<Q>(get: Get<Q>): Route {
  return {
    ...get,
    method: 'GET',
    kind: 'json',
    status: 200,
    body: undefined,
    async serve(asked, from) {
      const query = read(get.query, asked.query);
      return query.ok ? get.serve(query.value, asked, from) : query;
    },
  };
}

/** A page of a list, and how it goes on. */
export const pageOf = (row: z.ZodType): z.ZodType =>
  z.strictObject({ data: z.array(row), has_more: z.boolean(), next: z.string().nullable() });

export const pageBody = (data: readonly unknown[], next?: string): object => ({
  data,
  has_more: next !== undefined,
  next: next ?? null,
});

/** A query value, and a body by the same words: the first mistake is the one that is told. */
export function read<T>(schema: z.ZodType<T>, value: unknown): Result<T, Refusal> {
  const checked = validate(schema, value);
  return checked.ok ? yes(checked.value) : no(refuseIssues(checked.issues));
}

const ISSUES_TOLD_MAX = 8;

/** All mistakes at once, as far as a message can hold them. */
export function refuseIssues(issues: readonly Issue[]): Refusal {
  const [first] = issues;
  const told = issues.slice(0, ISSUES_TOLD_MAX).map(sentence).join(' ');
  const hint = first?.hint === undefined ? {} : { hint: advice(first.hint) };
  const param = first === undefined ? {} : { param: first.path.join('.') };
  return refusal('body_invalid', told, { ...hint, ...param });
}

function sentence({ path, message }: Issue): string {
  const where = path.length === 0 ? 'The body' : `\`${path.join('.').slice(0, 128)}\``;
  // Some messages name the key themselves.
  return message.startsWith('`') || message.startsWith('unknown key')
    ? `${capital(message)}.`
    : `${where}: ${message}.`;
}

/** A command stays as somebody types it. */
const advice = (hint: string): string =>
  hint.startsWith('signalbox ') ? hint : `${capital(hint)}${/[.?!]$/.test(hint) ? '' : '.'}`;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
