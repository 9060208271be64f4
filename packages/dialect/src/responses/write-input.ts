// Instructions and turns as this wire has them: one instruction stands in a field of its own,
// further ones and those within the conversation are messages; calls, results and thoughts are
// items beside the messages.
import type {
  Ask,
  Dropped,
  Json,
  JsonObject,
  Media,
  Part,
  Text,
  Thought,
  ToolCall,
  ToolResult,
  Turn,
} from '../canon/canon.ts';
import type { WriteQuirks } from '../canon/codec.ts';
import { isObject, member, textIn } from '../canon/exact.ts';
import { isCustom } from './ask-fields.ts';
import { dropExtra } from './extra.ts';
import { inputOf } from './output.ts';

export type WrittenTurns = { readonly instructions: string | undefined; readonly input: Json[] };

export function writeTurns(ask: Ask, quirks: WriteQuirks, dropped: Dropped): WrittenTurns {
  const custom = new Set(ask.tools.filter(isCustom).map((tool) => tool.name));
  const writer = new Turns(quirks, custom, dropped);
  const [first, ...more] = ask.system;
  const isText = first?.kind === 'text';
  if (isText) dropExtra(first.extra, dropped);
  writer.message('system', isText ? more : ask.system);
  for (const turn of ask.turns) writer.turn(turn);
  return { instructions: isText ? first.text : undefined, input: writer.items };
}

class Turns {
  readonly items: Json[] = [];
  readonly #quirks: WriteQuirks;
  readonly #custom: ReadonlySet<string>;
  readonly #dropped: Dropped;
  /** Calls of custom tools: their results have another type. */
  readonly #customCalls = new Set<string>();

  constructor(quirks: WriteQuirks, custom: ReadonlySet<string>, dropped: Dropped) {
    this.#quirks = quirks;
    this.#custom = custom;
    this.#dropped = dropped;
  }

  turn(turn: Turn): void {
    dropExtra(turn.extra, this.#dropped);
    if (turn.name !== undefined) this.#dropped.add('turn.name');
    let content: Part[] = [];
    const flush = (): void => {
      this.message(turn.role, content);
      content = [];
    };
    for (const part of turn.parts) {
      const item = this.#item(part);
      if (item === undefined) {
        content.push(part);
        continue;
      }
      flush();
      if (item !== null) this.items.push(item);
    }
    flush();
  }

  message(role: Turn['role'], parts: readonly Part[]): void {
    if (role === 'assistant') {
      for (const part of parts) this.#said(part);
      return;
    }
    const content = parts.flatMap((part) => this.#content(part) ?? []);
    if (content.length === 0) return;
    const [first] = content;
    const only = content.length === 1 && isObject(first) && Object.keys(first).length === 2;
    const text = only ? textIn(first, 'text') : undefined;
    const name = role === 'system' ? (this.#quirks.systemRole ?? 'developer') : 'user';
    this.items.push({ type: 'message', role: name, content: text ?? content });
  }

  /** Undefined for content of a message, null for what cannot be said. */
  #item(part: Part): Json | null | undefined {
    switch (part.kind) {
      case 'call':
        return this.#call(part);
      case 'result':
        return this.#result(part);
      case 'thought':
        return this.#thought(part);
      case 'opaque':
        if (part.wire === 'responses' && !isContent(part.value)) return part.value;
        return part.wire === 'responses' ? undefined : this.#lost('part.opaque');
      default:
        return undefined;
    }
  }

  /** Texts one by one: a message that is one string is understood by every server of this wire. */
  #said(part: Part): void {
    if (part.kind === 'media') {
      this.#picture(part);
      return;
    }
    if (part.kind !== 'text') {
      this.#lost('part.opaque');
      return;
    }
    dropExtra(part.extra, this.#dropped);
    const head = { type: 'message', role: 'assistant' };
    const own = part.extra?.responses;
    if (own === undefined) {
      this.items.push({ ...head, content: part.text });
      return;
    }
    const refusal = textIn(own, 'type') === 'refusal';
    const content: JsonObject = refusal
      ? { type: 'refusal', refusal: part.text }
      : { type: 'output_text', text: part.text, annotations: [], ...own };
    this.items.push({ ...head, status: 'completed', content: [content] });
  }

  /** Only a picture that this wire's own tool made. */
  #picture(media: Media): void {
    const own = media.extra?.responses;
    if (own === undefined || media.source.kind !== 'base64') {
      this.#lost(`part.${media.medium}`);
      return;
    }
    const head = { type: 'image_generation_call', status: 'completed' };
    this.items.push({ ...head, ...own, result: media.source.data });
  }

  #call(call: ToolCall): Json {
    dropExtra(call.extra, this.#dropped);
    const own = call.extra?.responses;
    const google = { thought_signature: call.signature ?? '' };
    const signed = call.signature === undefined ? {} : { extra_content: { google } };
    const named = { call_id: call.id, name: call.name };
    if (textIn(own, 'type') === 'custom' || this.#custom.has(call.name)) {
      this.#customCalls.add(call.id);
      const input = inputOf(call.arguments);
      return { ...own, type: 'custom_tool_call', ...named, input, ...signed };
    }
    return { ...own, type: 'function_call', ...named, arguments: call.arguments, ...signed };
  }

  #result(result: ToolResult): Json {
    dropExtra(result.extra, this.#dropped);
    if (result.failed === true) this.#dropped.add('result.failed');
    const content = result.parts.flatMap((part) => {
      const refused = part.kind === 'media' && this.#quirks.mediaInResults === false;
      if (refused) this.#dropped.add('result.media');
      return refused ? [] : (this.#content(part) ?? []);
    });
    const [first] = content;
    const text = content.length === 1 ? textIn(first, 'text') : undefined;
    const own = result.extra?.responses;
    const custom = textIn(own, 'type') === 'custom' || this.#customCalls.has(result.id);
    const type = custom ? 'custom_tool_call_output' : 'function_call_output';
    const output = content.length === 0 ? '' : (text ?? content);
    return { ...own, type, call_id: result.id, output };
  }

  /**
   * A thought that no provider sealed is understood by servers that say so alone; OpenAI looks for
   * it among what it holds.
   */
  #thought(thought: Thought): Json | null {
    dropExtra(thought.extra, this.#dropped);
    const field = this.#quirks.thoughtField;
    const sealed = thought.signature ?? thought.sealed;
    if (field === 'none' || (sealed === undefined && field === undefined)) {
      return this.#lost('part.thought');
    }
    const id = textIn(thought.extra?.responses, 'id');
    const inContent = field !== undefined;
    const said = thought.text === '' ? [] : [thought.text];
    return {
      type: 'reasoning',
      ...(id === undefined ? {} : { id }),
      summary: inContent ? [] : said.map((text) => ({ type: 'summary_text', text })),
      ...(inContent ? { content: said.map((text) => ({ type: 'reasoning_text', text })) } : {}),
      ...(sealed === undefined ? {} : { encrypted_content: sealed }),
    };
  }

  #content(part: Part): Json | undefined {
    switch (part.kind) {
      case 'text':
        return this.#text(part);
      case 'media':
        return this.#media(part);
      case 'opaque':
        if (part.wire === 'responses') return part.value;
        break;
      default:
        break;
    }
    this.#dropped.add(`part.${part.kind}`);
    return undefined;
  }

  #text(part: Text): Json {
    dropExtra(part.extra, this.#dropped);
    return { type: 'input_text', text: part.text, ...part.extra?.responses };
  }

  #media(media: Media): Json | undefined {
    const { source, medium } = media;
    dropExtra(media.extra, this.#dropped);
    const own = media.extra?.responses;
    if (medium === 'image') {
      const image = { type: 'input_image', ...own };
      if (source.kind === 'id') return { ...image, file_id: source.id };
      return {
        ...image,
        image_url: source.kind === 'url' ? source.url : dataUrl(media, 'image/png'),
      };
    }
    if (medium !== 'file') return this.#lost(`part.${medium}`) ?? undefined;
    const named = media.name === undefined ? {} : { filename: media.name };
    const file = { type: 'input_file', ...named, ...own };
    if (source.kind === 'id') return { ...file, file_id: source.id };
    if (source.kind === 'url') return { ...file, file_url: source.url };
    // Bytes need a name.
    const filename = media.name ?? `file.${media.type?.split('/')[1] ?? 'pdf'}`;
    return { ...file, filename, file_data: dataUrl(media, 'application/pdf') };
  }

  #lost(word: string): null {
    this.#dropped.add(word);
    return null;
  }
}

const dataUrl = ({ source, type }: Media, otherwise: string): string =>
  source.kind === 'base64' ? `data:${type ?? otherwise};base64,${source.data}` : '';

/** A part of a message's content, not an item of its own. */
const isContent = (value: Json): boolean =>
  textIn(value, 'type')?.startsWith('input_') === true || member(value, 'annotation') !== undefined;
