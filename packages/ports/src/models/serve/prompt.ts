// Writes a conversation as the model has learnt to read it: by the chat template in its own file,
// then as tokens. What callers wrote stays text, whatever it looks like (special-marks.ts).
import type { Token } from './engine.ts';
import { isList, isObject, isText, type JsonObject } from './json.ts';
import type { LoadedModel } from './loaded-model.ts';
import { badRequest, no, type Refusal, type Result, yes } from './refusal.ts';
import { CALL_OPENS } from './tool-call.ts';

export type TurnCall = { readonly name: string; readonly arguments: unknown; readonly id: string };

export type Turn = {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  readonly calls: readonly TurnCall[];
  /** Of a tool's answer. */
  readonly callId: string | undefined;
  readonly name: string | undefined;
};

export type Conversation = {
  readonly turns: readonly Turn[];
  /** As the caller described them; empty when none is offered. */
  readonly tools: readonly JsonObject[];
  /** Variables that the template may know, such as `enable_thinking`. */
  readonly variables: JsonObject;
};

export function chatTokens(loaded: LoadedModel, conversation: Conversation): Result<Token[]> {
  const { chat } = loaded;
  if (chat === undefined) {
    const message = 'this model has no chat template that can be read; ask it at /v1/completions';
    return no(badRequest('chat_unsupported', message));
  }
  if (conversation.tools.length > 0 && !chat.knows(CALL_OPENS)) {
    const message = `this model's chat template does not call tools by ${CALL_OPENS}`;
    return no(badRequest('tools_unsupported', message, 'tools'));
  }
  const { variables, turns, tools } = conversation;
  const given = { ...variables, messages: turns.map(templateTurn), tools };
  const fence = loaded.fencing([JSON.stringify(given)]);
  if (fence === undefined) return no(unfenceable('messages'));
  const rendered = render(() =>
    chat.render({
      ...guardObject(given, fence.guard),
      ...(tools.length === 0 ? { tools: undefined } : {}),
      add_generation_prompt: true,
      bos_token: loaded.model.tokens.bosString ?? '',
      eos_token: loaded.model.tokens.eosString ?? '',
    }),
  );
  if (rendered === undefined) {
    const message = "this model's chat template does not take these messages in this order";
    return no(badRequest('template_refused', message, 'messages'));
  }
  const tokens = fence.cut(rendered).flatMap((piece) => loaded.model.tokenize(piece, true));
  return yes(withBeginning(loaded, tokens));
}

/** Plain text, without a template; its marks stay text as well. */
export function textTokens(loaded: LoadedModel, text: string): Result<Token[]> {
  const fence = loaded.fencing([text]);
  if (fence === undefined) return no(unfenceable('prompt'));
  const pieces = fence.cut(fence.guard(text));
  return yes(
    withBeginning(
      loaded,
      pieces.flatMap((piece) => loaded.model.tokenize(piece, true)),
    ),
  );
}

function withBeginning({ model }: LoadedModel, tokens: Token[]): Token[] {
  const { bos, shouldPrependBosToken } = model.tokens;
  const lacks = shouldPrependBosToken && bos !== null && tokens[0] !== bos;
  // A prompt of no token at all gives the engine nothing to go on from.
  if (bos !== null && (lacks || tokens.length === 0)) return [bos, ...tokens];
  return tokens;
}

/** Templates throw when they do not like what they see; their words may quote it, so none pass. */
function render(write: () => string): string | undefined {
  try {
    return write();
  } catch {
    return undefined;
  }
}

function unfenceable(param: string): Refusal {
  const message = 'this text uses every private character that could fence off its marks';
  return badRequest('body_invalid', message, param);
}

/** Guards every text inside; parsed JSON, so it is a finite tree. */
function guardObject(object: JsonObject, cut: (text: string) => string): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, inner]) => [cut(key), guardValue(inner, cut)]),
  );
}

function guardValue(value: unknown, cut: (text: string) => string): unknown {
  if (isText(value)) return cut(value);
  if (isList(value)) return value.map((item) => guardValue(item, cut));
  return isObject(value) ? guardObject(value, cut) : value;
}

function templateTurn({ role, content, calls, callId, name }: Turn): JsonObject {
  return {
    role,
    content,
    ...(name === undefined ? {} : { name }),
    ...(callId === undefined ? {} : { tool_call_id: callId }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(templateCall) }),
  };
}

function templateCall({ id, name, arguments: given }: TurnCall): JsonObject {
  return { id, type: 'function', function: { name, arguments: given } };
}
