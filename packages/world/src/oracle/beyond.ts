// How far the bytes of calls come: everything that leaves the gateway (sockets, spans, log lines
// and metrics, the disk, answers) is counted and searched for words that belong to a call, and each
// is held against where the documents let that call go. What stands where it must not is counted in
// bytes, and ends the world.
import type { DialRequest, Label } from '@signalbox/contract';
import type { Configuration } from '@signalbox/documents';
import { type CallFacts, type Dial, type History, type Report, wordOf } from '../facts.ts';
import { SECRETS } from '../node/listener.ts';
import { memberOf } from '../upstream/upstream.ts';
import { askedAgainst, newsAgainst, sinkAt, withoutRules } from './beside.ts';
import type { Clocks } from './consent.ts';
import { refused } from './dials.ts';
import { labelOf, labelsOf, reasonsAgainstPlace, tierAt } from './egress.ts';

export type Way = 'socket' | 'span' | 'probe' | 'news' | 'log' | 'disk' | 'answer';

export type BeyondTools = {
  readonly report: Report;
  readonly history: History;
  readonly clocks: Clocks;
  readonly calls: () => readonly CallFacts[];
  readonly callOf: (traceId: string) => CallFacts | undefined;
};

const PROMPT = /canaryprompt\d+x/g;
const OUTPUT = /canaryout(\d+)/g;
const latin = new TextDecoder('latin1');
const text = new TextDecoder();

export class Beyond {
  /** Bytes that were searched, by the way they took. */
  readonly seen: Record<Way, number> = {
    ...{ socket: 0, span: 0, probe: 0, news: 0, log: 0, disk: 0, answer: 0 },
  };
  /** Dials of personal or regulated calls. */
  sensitive = 0;
  probes = 0;
  /** Texts of calls that a model of the second stage was given. */
  readings = 0;
  news = 0;
  /** Bytes beyond a clearance. */
  bytes = 0;
  readonly #tools: BeyondTools;

  constructor(tools: BeyondTools) {
    this.#tools = tools;
  }

  dialled(dial: Dial, request: DialRequest): void {
    const { endpoint, entry, call } = dial;
    const told = request.headers.map(([name, value]) => `${name}: ${value}\n`).join('');
    const body = request.body ?? new Uint8Array(0);
    const size = request.path.length + told.length + body.length;
    this.seen.socket += size;
    const label = labelOf(call.bodyVersion.configuration, call.wish);
    if (label === 'personal' || label === 'regulated') this.sensitive += 1;
    const stranger = SECRETS.exec(`${request.path}\n${told}`);
    if (stranger !== null) this.#tell('socket', size, `${endpoint} is told ${stranger[0]}`, call);
    for (const owner of this.#owners(text.decode(body), call)) {
      const why =
        entry === undefined ? 'no entry of it' : refused(owner, { endpoint, entry }, this.#tools);
      if (why !== undefined)
        this.#tell('socket', size, `${endpoint} has ${sayings(owner)}: ${why}`, owner);
    }
  }

  exported({ place, body = new Uint8Array(0) }: DialRequest): void {
    this.seen.span += body.length;
    const told = text.decode(body);
    const found = SECRETS.exec(told);
    if (found !== null) this.#tell('span', body.length, `a span holds ${found[0]}`);
    for (const { traceId, bytes } of spansIn(told)) {
      const call = this.#tools.callOf(traceId);
      const why =
        call === undefined ? 'it belongs to no call' : this.#collectedIn(call, place.origin);
      if (why !== undefined) this.#tell('span', bytes, `a span at ${place.origin}: ${why}`, call);
    }
  }

  /** An endpoint is asked about itself. */
  probed(request: DialRequest): void {
    const canaries = new Set(text.decode(request.body ?? new Uint8Array(0)).match(PROMPT) ?? []);
    const read = this.#tools.calls().filter(({ wish }) => canaries.has(wish.canary));
    if (read.length > 0) {
      this.#readBy(request, read);
      return;
    }
    this.probes += 1;
    this.#beside('probe', request, askedAgainst(request, this.#tools.history.now().configuration));
  }

  /** A model looks for what the scanner cannot see: on tier 1, as if it were the worst. */
  #readBy({ place, body }: DialRequest, read: readonly CallFacts[]): void {
    const size = body?.length ?? 0;
    this.readings += 1;
    this.seen.socket += size;
    const { configuration: documents } = this.#tools.history.now();
    for (const call of read) {
      const tier = tierAt(documents, call.wish.tenant, place.name);
      if (tier !== 1) this.#tell('socket', size, `${place.name} reads ${sayings(call)}`, call);
    }
  }

  /** A webhook hears of the registry. */
  newsTold(request: DialRequest): void {
    this.news += 1;
    this.#beside('news', request, newsAgainst(request, this.#tools.history.now().configuration));
  }

  #beside(way: 'probe' | 'news', request: DialRequest, why: string | undefined): void {
    const { path, headers, body = new Uint8Array(0), place } = request;
    const said = `${path}\n${headers.join('\n')}\n${text.decode(body)}`;
    this.seen[way] += said.length;
    const found = SECRETS.exec(said);
    if (found !== null) this.#tell(way, said.length, `${place.name} is told ${found[0]}`);
    if (why !== undefined) this.#tell(way, said.length, `${place.name}: ${why}`);
  }

  logged(line: string): void {
    this.seen.log += line.length;
    const found = SECRETS.exec(line);
    if (found !== null) this.#tell('log', line.length, `a log line tells ${found[0]}`);
  }

  written(path: string, bytes: Uint8Array): void {
    this.seen.disk += bytes.length;
    const found = SECRETS.exec(latin.decode(bytes));
    if (found !== null) this.#tell('disk', bytes.length, `${path} holds ${found[0]}`);
  }

  /** Once nothing runs: what callers received is theirs. */
  answered(): void {
    const calls = this.#tools.calls();
    const owners = new Map(calls.flatMap((call) => call.dials.map(({ number }) => [number, call])));
    for (const call of calls) {
      const parts = [...call.received, ...(call.fetched === undefined ? [] : [call.fetched.body])];
      const size = parts.reduce((sum, { length }) => sum + length, 0);
      this.seen.answer += size;
      const told = text.decode(Buffer.concat(parts));
      for (const [word, number] of told.matchAll(OUTPUT)) {
        const owner = owners.get(Number(number));
        if (owner === call) continue;
        const whose = owner === undefined ? 'nobody' : sayings(owner);
        this.#tell(
          'answer',
          size,
          `${sayings(call)} received ${word}, which belongs to ${whose}`,
          call,
        );
        break;
      }
    }
  }

  /** Whose words stand in it: its own call's, and any other's. */
  #owners(body: string, own: CallFacts): readonly CallFacts[] {
    const canaries = new Set(body.match(PROMPT) ?? []);
    canaries.delete(own.wish.canary);
    if (canaries.size === 0) return [own];
    return [own, ...this.#tools.calls().filter(({ wish }) => canaries.has(wish.canary))];
  }

  /**
   * Why a collector must not have the span of this call; undefined: it may. What binds is what the
   * call met, rules and all, and what the documents say of its tenant now.
   */
  #collectedIn(call: CallFacts, url: string): string | undefined {
    const { wish, settled, dials, bodyVersion, entries } = call;
    const { history } = this.#tools;
    const { configuration } = history.now();
    const against = (documents: Configuration, label: Label): string | undefined => {
      const place = sinkAt(url, documents);
      if (place === undefined) return 'there is no such collector';
      const reasons = reasonsAgainstPlace({ documents, wish, label }, place);
      return reasons.find(({ bound }) => bound)?.text;
    };
    const now = withoutRules(configuration, wish.tenant);
    // What was refused before anybody read it has the label of its tenant, and no rule spoke of it.
    const isUnread = settled[0]?.record.label === undefined && dials.length === 0;
    if (isUnread) return against(now, now.tenants.get(wish.tenant)?.defaultLabel ?? 'regulated');
    const met = entries.at(-1)?.versions ?? history.since(bodyVersion.fromTurn);
    const reasons = labelsOf(call).map((label) => {
      const then = met.map((one) => against(one.configuration, label));
      return against(now, label) ?? (then.includes(undefined) ? undefined : then[0]);
    });
    return reasons.includes(undefined) ? undefined : reasons[0];
  }

  #tell(way: Way, bytes: number, detail: string, call?: CallFacts): void {
    this.bytes += bytes;
    const word = call === undefined ? '' : wordOf(call);
    this.#tools.report('cleared-only', `${way}, ${bytes} bytes: ${detail}`, word);
  }
}

const sayings = ({ wish }: CallFacts): string => `c${wish.number} of ${wish.tenant}`;

function spansIn(body: string): readonly { readonly traceId: string; readonly bytes: number }[] {
  const found: { traceId: string; bytes: number }[] = [];
  const list = (from: unknown, name: string): readonly unknown[] => {
    const all = memberOf(from, name);
    return Array.isArray(all) ? all : [];
  };
  for (const resource of list(JSON.parse(body), 'resourceSpans')) {
    for (const scope of list(resource, 'scopeSpans')) {
      for (const span of list(scope, 'spans')) {
        const traceId = String(memberOf(span, 'traceId'));
        found.push({ traceId, bytes: JSON.stringify(span).length });
      }
    }
  }
  return found;
}
