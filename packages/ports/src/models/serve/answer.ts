// Lets the model answer one prompt, in parts: text, tool calls and an end.
import type { AnswerPart, AnswerPlan } from './answer-plan.ts';
import type { Sequence, Token } from './engine.ts';
import { generate } from './generate.ts';
import { type LoadedModel, tokensOfMark } from './loaded-model.ts';
import { Speaker } from './speaker.ts';
import { CALL_OPENS } from './tool-call.ts';

/** Ends without an `end` part when the signal says that nobody listens any more. */
export async function* answer(
  loaded: LoadedModel,
  sequence: Sequence,
  plan: AnswerPlan,
  signal: AbortSignal,
): AsyncGenerator<AnswerPart, void, undefined> {
  const speaker = new Speaker(loaded, plan);
  const steps = generate(
    loaded,
    sequence,
    {
      prompt: plan.calls?.required === true ? withOpening(loaded, plan.prompt) : plan.prompt,
      sampling: plan.sampling,
      tokensMax: plan.tokensMax,
      notesTop: plan.notesTop,
      grammar: () => speaker.grammar(),
      shown: (token) => speaker.shows(token),
    },
    signal,
  );
  for await (const step of steps) {
    yield* speaker.parts(step);
    if (speaker.ended()) return;
  }
}

function withOpening(loaded: LoadedModel, prompt: readonly Token[]): readonly Token[] {
  return [...prompt, ...tokensOfMark(loaded.model, CALL_OPENS)];
}
