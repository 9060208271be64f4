// Our words into a request for a chat.
import { encode } from '../bytes.ts';
import type {
  Ask,
  Dropped,
  Json,
  JsonObject,
  Media,
  Part,
  Thought,
  Tool,
  ToolCall,
  ToolResult,
  Turn,
} from '../canon/canon.ts';
import type { WriteTo, Written } from '../canon/codec.ts';
import { isObject, member } from '../canon/exact.ts';
import { writeCalls } from './calls.ts';
import { mediaName, writeImage } from './media.ts';
import { dropForeign, UNCUT, withoutLacking, writeExtra, writeSettings } from './options.ts';
import { writeThoughts } from './thoughts.ts';

type Out = Pick<WriteTo, 'quirks' | 'contextTokens'> & { readonly dropped: Dropped };

/** Of prompts: a chat has messages instead. */
const UNFIT = new Set(['suffix', 'template', 'context', 'raw', 'width', 'height', 'steps']);
const BETWEEN_TEXTS = '\n\n';

export function writeAsk(ask: Ask, to: WriteTo): Written {
  const dropped: Dropped = new Set();
  const out = { quirks: to.quirks, contextTokens: to.contextTokens, dropped };
  const body: { [key: string]: Json } = {
    model: to.model,
    messages: [...writeSystem(ask, out), ...writeTurns(ask.turns, out)],
    stream: ask.stream,
    ...UNCUT,
  };
  const tools = writeTools(ask, out);
  if (tools.length > 0) body['tools'] = tools;
  writeSettings(ask, body, out);
  writeExtra(ask, body, { unfit: UNFIT, dropped });
  withoutLacking(body, to.quirks, dropped);
  return { body: encode(JSON.stringify(body)), dropped };
}

/** One message: templates of small models know no second one. */
function writeSystem(ask: Ask, out: Out): readonly JsonObject[] {
  if (ask.system.length === 0) return [];
  return writeSpoken(out.quirks.systemRole ?? 'system', ask.system, out, { joined: true });
}

function writeTools({ tools, toolChoice, parallelTools }: Ask, out: Out): readonly JsonObject[] {
  const { dropped } = out;
  if (parallelTools === false) dropped.add('parallelTools');
  // There is no word for a choice. Not to offer them is how a model calls none.
  if (toolChoice?.kind === 'none') return [];
  if (toolChoice !== undefined && toolChoice.kind !== 'auto') dropped.add('toolChoice');
  return tools.flatMap((tool) => writeTool(tool, dropped));
}

function writeTool(tool: Tool, dropped: Dropped): readonly JsonObject[] {
  const { name, description, parameters, extra } = tool;
  dropForeign(extra, dropped);
  if (tool.strict === true) dropped.add('tools.strict');
  if (tool.kind === 'hosted') {
    dropped.add('tools.hosted');
    return [];
  }
  const kept = extra?.ollama;
  const inner = member(kept, 'function');
  const called = {
    name,
    ...(description === undefined ? {} : { description }),
    // Servers refuse a function without them.
    parameters: parameters ?? { type: 'object', properties: {} },
    ...(isObject(inner) ? inner : {}),
  };
  return [{ type: 'function', ...kept, function: called }];
}

function writeTurns(turns: readonly Turn[], out: Out): readonly JsonObject[] {
  const names = new Map<string, string>();
  return turns.flatMap((turn) => {
    if (turn.name !== undefined) out.dropped.add('turn.name');
    dropForeign(turn.extra, out.dropped);
    for (const part of turn.parts) if (part.kind === 'call') names.set(part.id, part.name);
    if (turn.role === 'assistant') return [writeAssistant(turn.parts, out)];
    return writeMixed(turn, names, out);
  });
}

/** Results are messages of their own, in order with what stands between them. */
function writeMixed(
  { role, parts }: Turn,
  names: ReadonlyMap<string, string>,
  out: Out,
): readonly JsonObject[] {
  const messages: JsonObject[] = [];
  let spoken: Part[] = [];
  const speak = (): void => {
    const speaker = role === 'tool' ? 'user' : role;
    if (spoken.length > 0) messages.push(...writeSpoken(speaker, spoken, out, { joined: false }));
    spoken = [];
  };
  for (const part of parts) {
    if (part.kind !== 'result') spoken.push(part);
    else {
      speak();
      messages.push(writeResult(part, names, out));
    }
  }
  speak();
  if (messages.length === 0) messages.push({ role, content: '' });
  return messages;
}

type Message = { texts: string[]; images: string[]; last: 'text' | 'image' | undefined };

/**
 * Images stand before or behind the text of a message, never between: text and images that take
 * turns become several messages.
 */
function writeSpoken(
  role: string,
  parts: readonly Part[],
  out: Out,
  { joined }: { readonly joined: boolean },
): readonly JsonObject[] {
  const messages: Message[] = [];
  const open = (kind: 'text' | 'image'): Message => {
    const last = messages.at(-1);
    const isMixed = last !== undefined && last.texts.length > 0 && last.images.length > 0;
    if (last !== undefined && (joined || last.last === kind || !isMixed)) {
      last.last = kind;
      return last;
    }
    const next: Message = { texts: [], images: [], last: kind };
    messages.push(next);
    return next;
  };
  for (const part of parts) {
    const one = spokenPart(part, out.dropped);
    if (one?.kind === 'text') open('text').texts.push(one.text);
    else if (one !== undefined) open('image').images.push(one.image);
  }
  return messages.map(({ texts, images }) => ({
    role,
    content: texts.join(BETWEEN_TEXTS),
    ...(images.length === 0 ? {} : { images }),
  }));
}

type Spoken =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly image: string };

function spokenPart(part: Part, dropped: Dropped): Spoken | undefined {
  if (part.kind !== 'opaque') dropForeign(part.extra, dropped);
  if (part.kind === 'text') return { kind: 'text', text: part.text };
  const image = part.kind === 'media' ? imageOf(part, dropped) : undefined;
  if (image !== undefined) return { kind: 'image', image };
  if (part.kind !== 'media') dropped.add(`part.${part.kind}`);
  return undefined;
}

function imageOf(media: Media, dropped: Dropped): string | undefined {
  const image = writeImage(media);
  if (image === undefined) dropped.add(mediaName(media));
  return image;
}

function writeAssistant(parts: readonly Part[], { quirks, dropped }: Out): JsonObject {
  const texts: string[] = [];
  const images: string[] = [];
  const thoughts: Thought[] = [];
  const calls: ToolCall[] = [];
  for (const part of parts) {
    if (part.kind === 'thought') thoughts.push(part);
    else if (part.kind === 'call') calls.push(part);
    else {
      const one = spokenPart(part, dropped);
      if (one?.kind === 'text') texts.push(one.text);
      else if (one !== undefined) images.push(one.image);
    }
  }
  if (quirks.thoughtField === 'none' && thoughts.length > 0) dropped.add('part.thought');
  return {
    role: 'assistant',
    content: texts.join(''),
    ...(quirks.thoughtField === 'none' ? {} : writeThoughts(thoughts)),
    ...(images.length === 0 ? {} : { images }),
    ...writeCalls(calls),
  };
}

function writeResult(
  { id, name, parts, failed, extra }: ToolResult,
  names: ReadonlyMap<string, string>,
  { quirks, dropped }: Out,
): JsonObject {
  dropForeign(extra, dropped);
  if (failed === true) dropped.add('result.failed');
  const texts: string[] = [];
  const images: string[] = [];
  for (const part of parts) {
    const one = spokenPart(part, dropped);
    if (one?.kind === 'text') texts.push(one.text);
    else if (one !== undefined && quirks.mediaInResults !== false) images.push(one.image);
    else if (one !== undefined) dropped.add('result.image');
  }
  const tool = name ?? names.get(id);
  return {
    role: 'tool',
    content: texts.join('\n'),
    ...(images.length === 0 ? {} : { images }),
    ...(tool === undefined ? {} : { tool_name: tool }),
    tool_call_id: id,
  };
}
