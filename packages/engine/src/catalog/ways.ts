// The ways to an endpoint: a lane for each dialect and operation, with the keys as the server wants
// them.
import {
  assert,
  type Credential,
  type Dialect,
  type Operation,
  type Secret,
} from '@signalbox/contract';
import {
  type Auth,
  kindOf,
  type Lane,
  laneTo,
  PASSED_OPERATIONS,
  type ServerKind,
} from '@signalbox/dialect';
import type { EndpointDocument } from '@signalbox/documents';

/** The way to an endpoint, with the keys as it wants them. */
export type EndpointLane = Omit<Lane, 'roomy'> & {
  readonly credentials: readonly Credential[];
  readonly roomy: EndpointLane | undefined;
};

/** How each call comes there; undefined: it cannot. */
export type Lanes = Readonly<
  Record<Dialect, Readonly<Record<Operation, EndpointLane | undefined>>>
>;
type PlainLanes = Readonly<Record<Dialect, Readonly<Record<Operation, Lane | undefined>>>>;

const DIALECTS: readonly Dialect[] = ['openai', 'anthropic', 'gemini', 'ollama'];
const OPERATIONS: readonly Operation[] = [
  ...(['chat', 'completion', 'response', 'embedding', 'count'] as const),
  ...PASSED_OPERATIONS,
];

/** The ways to servers of one kind under one path, which many endpoints share. */
export class Ways {
  readonly #plain = new Map<string, PlainLanes>();
  readonly #open = new Map<PlainLanes, Lanes>();

  lanesTo(document: EndpointDocument, url: URL, values: ReadonlyMap<string, Secret>): Lanes {
    const plain = this.#plainTo(document.kind, pathOf(url));
    if (document.credentials.length > 0) {
      const keys = new Map<Auth, readonly Credential[]>();
      return withCredentials(plain, (auth) => {
        const known = keys.get(auth) ?? credentialsFor(document, url, auth, values);
        keys.set(auth, known);
        return known;
      });
    }
    const open = this.#open.get(plain) ?? withCredentials(plain, () => []);
    this.#open.set(plain, open);
    return open;
  }

  #plainTo(kindName: string, base: string): PlainLanes {
    const name = `${kindName} ${base}`;
    const known = this.#plain.get(name);
    if (known !== undefined) return known;
    const kind = kindNamed(kindName);
    const made = byName(DIALECTS, (dialect) =>
      byName(OPERATIONS, (operation) => laneTo(kind, base, dialect, operation)),
    );
    this.#plain.set(name, made);
    return made;
  }
}

const withCredentials = (plain: PlainLanes, of: (auth: Auth) => readonly Credential[]): Lanes =>
  byName(DIALECTS, (dialect) =>
    byName(OPERATIONS, (operation) => {
      const lane = plain[dialect][operation];
      return lane === undefined ? undefined : withKeys(lane, of);
    }),
  );

const withKeys = (lane: Lane, of: (auth: Auth) => readonly Credential[]): EndpointLane => ({
  ...lane,
  credentials: of(lane.auth),
  roomy: lane.roomy === undefined ? undefined : withKeys(lane.roomy, of),
});

const byName = <K extends string, V>(names: readonly K[], of: (name: K) => V): Record<K, V> =>
  Object.fromEntries(names.map((name) => [name, of(name)])) as Record<K, V>; // every name is there

export const pathOf = (url: URL): string => url.pathname.replace(/\/+$/, '') + url.search;

export function kindNamed(name: string): ServerKind {
  const kind = kindOf(name) ?? kindOf('openai-compatible');
  assert(kind !== undefined, 'the general kind of a server is in the table');
  return kind;
}

/** A header that the document names is kept; the usual one becomes what the server wants. */
export function credentialsFor(
  document: EndpointDocument,
  url: URL,
  auth: Auth,
  values: ReadonlyMap<string, Secret>,
): readonly Credential[] {
  const { origin } = url;
  const signing = signingAt(document, url, auth);
  return document.credentials.flatMap(({ name, header }) => {
    const value = values.get(name);
    if (value === undefined) return [];
    const usual = header === 'authorization';
    const prefix = usual ? auth.prefix : '';
    const credential = { name, origin, header: usual ? auth.header : header, prefix, value };
    return [usual && signing !== undefined ? { ...credential, signing } : credential];
  });
}

/** The region that a host names; an address of one's own leaves it to the document. */
function signingAt(document: EndpointDocument, url: URL, { signing }: Auth): Credential['signing'] {
  if (signing === undefined) return undefined;
  const region = signing.region.exec(url.hostname)?.[1] ?? document.region;
  return { kind: signing.kind, service: signing.service, region };
}
