// Turns as `messages`. Results become one message each, right after the calls; pictures in them
// that a server would not look at there follow in a message of the user.
import type {
  Ask,
  Dropped,
  Json,
  JsonObject,
  Part,
  Text,
  ToolCall,
  ToolResult,
  Turn,
} from '../../canon/canon.ts';
import type { WriteQuirks } from '../../canon/codec.ts';
import { isObject, listIn, member } from '../../canon/exact.ts';
import type { Body } from './body.ts';
import { mixed } from './call.ts';
import { writePart } from './content.ts';
import { droppedExtra } from './extra.ts';
import { thoughtDetails } from './places.ts';

type To = { readonly quirks: WriteQuirks; readonly dropped: Dropped };

export function writeMessages(ask: Pick<Ask, 'system' | 'turns'>, to: To): readonly Json[] {
  const writing = new Writing(to);
  if (ask.system.length > 0) writing.add('system', ask.system);
  for (const turn of ask.turns) writing.turn(turn);
  return writing.messages;
}

/** Texts that a server takes as one string only are joined by an empty line. */
const BETWEEN_TEXTS = '\n\n';

class Writing {
  readonly messages: Json[] = [];
  readonly #quirks: WriteQuirks;
  readonly #dropped: Dropped;
  readonly #takesParts: boolean;
  readonly #ids = new CallIds();

  constructor({ quirks, dropped }: To) {
    this.#quirks = quirks;
    this.#dropped = dropped;
    this.#takesParts = !quirks.lacks?.includes('content_parts');
  }

  turn(turn: Turn): void {
    droppedExtra(turn.extra, this.#dropped);
    const others: Part[] = [];
    const moved: Part[] = [];
    for (const part of turn.parts) {
      if (part.kind === 'result') this.#result(part, moved);
      else others.push(part);
    }
    const isTold = others.length < turn.parts.length;
    if (moved.length > 0) this.add('user', moved);
    if (turn.role === 'assistant') this.#answered(turn, others);
    else if (others.length > 0 || !isTold) {
      this.add(turn.role === 'tool' ? 'user' : turn.role, others, this.#beside(turn));
    }
  }

  add(role: 'user' | 'system', parts: readonly Part[], beside: JsonObject = {}): void {
    const name = role === 'system' ? (this.#quirks.systemRole ?? 'system') : role;
    this.messages.push({ role: name, content: this.#content(parts), ...beside });
  }

  #beside({ name, extra }: Turn): JsonObject {
    const isNamed = name !== undefined && !this.#quirks.lacks?.includes('name');
    if (name !== undefined && !isNamed) this.#dropped.add('turn.name');
    return { ...(isNamed ? { name } : {}), ...extra?.openai };
  }

  /** One text is a string; anything more is a list of parts, where the server takes one. */
  #content(parts: readonly Part[]): Json {
    if (parts.length === 0) return '';
    const isBare = (part: Part): part is Text =>
      part.kind === 'text' && part.extra?.openai === undefined;
    const [first] = parts;
    if (parts.length === 1 && first !== undefined && isBare(first)) {
      droppedExtra(first.extra, this.#dropped);
      return first.text;
    }
    const written = parts.flatMap((part) => writePart(part, this.#dropped) ?? []);
    const texts = parts.filter((part): part is Text => part.kind === 'text');
    if (written.length === 0) return '';
    const isJoined = !this.#takesParts && texts.length === parts.length;
    return isJoined ? texts.map(({ text }) => text).join(BETWEEN_TEXTS) : written;
  }

  #answered(turn: Turn, parts: readonly Part[]): void {
    const message: Body = { role: 'assistant' };
    const thoughts = parts.filter((part) => part.kind === 'thought');
    const calls: Json[] = [];
    for (const part of parts) this.#call(part, calls);
    const refusal = parts.filter(isRefusal);
    const audio = parts.flatMap(audioId);
    const said = parts.filter(isSaid);
    const isSilent = said.length === 0 && calls.length + refusal.length + audio.length > 0;
    const isMixed = this.#quirks.thoughtField === 'content_parts' && thoughts.length > 0;
    if (isMixed) message['content'] = this.#withThoughts(parts);
    else message['content'] = isSilent ? null : this.#content(said);
    if (refusal.length > 0) message['refusal'] = refusal.map(({ text }) => text).join('');
    if (audio[0] !== undefined) message['audio'] = audio[0];
    if (thoughts.length > 0) this.#thoughts(parts, message);
    if (calls.length > 0) message['tool_calls'] = calls;
    for (const part of parts) {
      const isLost = part.kind === 'media' && audioId(part).length === 0;
      if (isLost) this.#dropped.add(`part.${part.medium}`);
    }
    // The order of the keys is the order of the parts.
    const { content = null, ...others } = message;
    const isCallFirst = placeOf(parts, 'call') < placeOf(parts, 'text');
    const ordered = isCallFirst ? { ...others, content } : message;
    this.messages.push({ ...ordered, ...this.#beside(turn) });
  }

  #thoughts(parts: readonly Part[], message: Body): void {
    const thoughts = parts.filter((part) => part.kind === 'thought');
    const field = this.#quirks.thoughtField ?? 'reasoning_content';
    if (field === 'none') this.#dropped.add('part.thought');
    if (field === 'none' || field === 'content_parts') return;
    const text = thoughts.map((thought) => thought.text).join('');
    if (text !== '') message[field] = text;
    const details = thoughtDetails(parts, thoughts);
    if (details !== undefined) message['reasoning_details'] = details;
  }

  /** Thoughts as parts of the content, as one vendor wants them. */
  #withThoughts(parts: readonly Part[]): Json {
    return parts.flatMap((part): Json[] => {
      if (part.kind !== 'thought') {
        const written = isSaid(part) ? writePart(part, this.#dropped) : undefined;
        return written === undefined ? [] : [written];
      }
      if (part.signature !== undefined) this.#dropped.add('part.signature');
      if (part.sealed !== undefined) this.#dropped.add('part.sealed');
      if (part.text === '') return [];
      return [{ type: 'thinking', thinking: [{ type: 'text', text: part.text }] }];
    });
  }

  #call(part: Part, calls: Json[]): void {
    if (part.kind === 'call') calls.push(this.#written(part));
    const isOwn = part.kind === 'opaque' && part.wire === 'openai';
    if (isOwn) calls.push(...(listIn(part.value, 'tool_calls') ?? []));
  }

  #written({ id, name, arguments: text, signature, extra }: ToolCall): Json {
    droppedExtra(extra, this.#dropped);
    const isSigned = signature !== undefined && this.#quirks.thoughtField !== 'none';
    if (signature !== undefined && !isSigned) this.#dropped.add('call.signature');
    return {
      id: this.#id(id),
      type: 'function',
      function: { name, arguments: text === '' ? '{}' : text },
      ...(isSigned ? { extra_content: { google: { thought_signature: signature } } } : {}),
      ...extra?.openai,
    };
  }

  #id(id: string): string {
    return this.#quirks.callIdShape === undefined ? id : this.#ids.shaped(id);
  }

  /** @param moved grows by what the user must show instead. */
  #result(result: ToolResult, moved: Part[]): void {
    const { id, name, parts, failed, extra } = result;
    droppedExtra(extra, this.#dropped);
    if (failed) this.#dropped.add('result.failed');
    const stay: Part[] = [];
    for (const part of parts) {
      const stays = part.kind !== 'media' || this.#quirks.mediaInResults === true;
      if (stays) stay.push(part);
      else moved.push(part);
    }
    const isNamed = name !== undefined && !this.#quirks.lacks?.includes('name');
    this.messages.push({
      role: 'tool',
      tool_call_id: this.#id(id),
      ...(isNamed ? { name } : {}),
      content: this.#content(stay),
      ...extra?.openai,
    });
  }
}

/** Of the first of a kind; beyond all where there is none. */
function placeOf(parts: readonly Part[], kind: Part['kind']): number {
  const at = parts.findIndex((part) => part.kind === kind);
  return at < 0 ? parts.length : at;
}

const isRefusal = (part: Part): part is Text =>
  part.kind === 'text' && member(part.extra?.openai, 'refusal') === true;

/** What the model said earlier; its bytes stay with its maker. */
function audioId(part: Part): readonly JsonObject[] {
  const isKept = part.kind === 'media' && part.medium === 'audio' && part.source.kind === 'id';
  return isKept ? [{ id: part.source.id }] : [];
}

/** Stands in `content`. */
function isSaid(part: Part): boolean {
  if (part.kind === 'text') return !isRefusal(part);
  if (part.kind !== 'opaque') return false;
  const isOwn = part.wire === 'openai' && isObject(part.value);
  return !isOwn || listIn(part.value, 'tool_calls') === undefined;
}

const SHORT = /^[a-zA-Z0-9]{9}$/;
const LETTERS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Ids of nine letters and digits, the same for the same id, different for different ones. */
class CallIds {
  readonly #short = new Map<string, string>();
  readonly #taken = new Set<string>();

  shaped(id: string): string {
    const known = this.#short.get(id);
    if (known !== undefined) return known;
    let found = SHORT.test(id) ? id : nineOf(id, 0);
    for (let salt = 1; this.#taken.has(found); salt += 1) found = nineOf(id, salt);
    this.#short.set(id, found);
    this.#taken.add(found);
    return found;
  }
}

function nineOf(id: string, salt: number): string {
  let out = '';
  for (const seed of [salt * 2 + 1, salt * 2 + 2]) {
    let rest = mixed(id, seed);
    for (let at = 0; at < 5; at += 1) {
      out += LETTERS[rest % LETTERS.length];
      rest = Math.floor(rest / LETTERS.length);
    }
  }
  return out.slice(0, 9);
}
