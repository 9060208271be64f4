// Writes answers of `/v1/chat/completions`.
import { randomBytes } from 'node:crypto';
import type { AnswerPart } from './answer-plan.ts';
import { type Encoder, endOf, envelopeOf, textOfParts } from './encode.ts';
import type { JsonObject } from './json.ts';
import type { TokenNote } from './notes.ts';

export function chatEncoder(model: string, withNotes: boolean): Encoder {
  const whole = envelopeOf('chatcmpl', 'chat.completion', model);
  const piece = { ...whole, object: 'chat.completion.chunk' };

  function chunk(delta: JsonObject, more: JsonObject = {}): JsonObject {
    const logprobs = null;
    const choice = { index: 0, delta, logprobs, finish_reason: null, ...more };
    return { ...piece, choices: [choice] };
  }

  function chunks(part: AnswerPart): readonly JsonObject[] {
    switch (part.kind) {
      case 'text':
        return [chunk({ content: part.text }, { logprobs: logprobsOf(part.notes, withNotes) })];
      case 'call': {
        const given = { name: part.name, arguments: '' };
        const call = { index: part.index, id: callId(), type: 'function', function: given };
        return [chunk({ tool_calls: [call] })];
      }
      case 'arguments': {
        const call = { index: part.index, function: { arguments: part.text } };
        return [chunk({ tool_calls: [call] })];
      }
      case 'end':
        return [chunk({}, { finish_reason: part.reason })];
    }
  }

  return {
    opening: () => [chunk({ role: 'assistant', content: '' })],
    chunks,
    usageChunk: (usage) => ({ ...piece, choices: [], usage }),
    whole(parts, usage) {
      const notes = parts.flatMap((part) => (part.kind === 'text' ? part.notes : []));
      const choice = {
        index: 0,
        message: messageOf(parts),
        logprobs: logprobsOf(notes, withNotes),
        finish_reason: endOf(parts).reason,
      };
      return { ...whole, choices: [choice], usage };
    },
  };
}

function messageOf(parts: readonly AnswerPart[]): JsonObject {
  const content = textOfParts(parts);
  const calls = parts.flatMap((part) => (part.kind === 'call' ? [part] : []));
  if (calls.length === 0) return { role: 'assistant', content, refusal: null };
  const tool_calls = calls.map(({ index, name }) => {
    const given = parts.map((part) =>
      part.kind === 'arguments' && part.index === index ? part.text : '',
    );
    return { id: callId(), type: 'function', function: { name, arguments: given.join('') } };
  });
  const said = content === '' ? null : content;
  return { role: 'assistant', content: said, refusal: null, tool_calls };
}

function logprobsOf(notes: readonly TokenNote[], wanted: boolean): JsonObject | null {
  if (!wanted) return null;
  const content = notes.map(({ top, ...note }) => ({ ...note, top_logprobs: top }));
  return { content, refusal: null };
}

function callId(): string {
  return `call_${randomBytes(12).toString('hex')}`;
}
