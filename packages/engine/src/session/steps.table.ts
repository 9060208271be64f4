// The step classes: which words callers have for them, which words of an instruction tell them, and
// where work of the class usually ends well. `low` and `high` follow measured shares of steps that
// a small model did as well: calls of tools, questions over documents and summaries 91 to 96 %,
// repair of code 28 % (TwinRouterBench, arXiv 2605.18859).
import type { StepClass } from '@signalbox/contract';

/** `held`: where the step before it was done. */
export type Prior = 'low' | 'high' | 'held';

export const PRIORS: Readonly<Record<StepClass, Prior>> = {
  tool_select: 'low',
  tool_result_digest: 'held',
  extract: 'low',
  classify: 'low',
  retrieval_summarise: 'low',
  rag_answer: 'low',
  rewrite: 'low',
  code: 'high',
  plan: 'high',
  reason: 'high',
  synthesise: 'high',
  judge: 'high',
  embed: 'low',
};

/** What callers and frameworks call their steps. */
const TOLD: Readonly<Record<StepClass, readonly string[]>> = {
  tool_select: ['tool_call', 'tool_selection', 'tool_use', 'function_call', 'argument_fill'],
  tool_result_digest: ['observation', 'tool_result', 'observe'],
  extract: [
    ...['extraction', 'entity_extraction', 'formatting', 'format', 'transform', 'parsing'],
    ...['template_completion', 'data_extraction'],
  ],
  classify: [
    ...['classification', 'message_classification', 'routing', 'route', 'guard', 'intent'],
    ...['triage', 'moderation', 'sentiment'],
  ],
  retrieval_summarise: ['summarization', 'summarisation', 'summarize', 'summary', 'retrieval'],
  rag_answer: ['rag', 'question_answering', 'qa', 'simple_qa', 'lookup'],
  rewrite: ['translation', 'acknowledgement', 'chat', 'title', 'rewriting', 'greeting'],
  code: ['code_generation', 'code_review', 'code_edit', 'code_repair', 'coding', 'debugging'],
  plan: ['planning', 'decompose', 'decomposition'],
  reason: ['reasoning', 'complex_reasoning', 'analysis', 'math', 'multi_hop', 'legal_analysis'],
  synthesise: ['synthesis', 'synthesize', 'report', 'final_report', 'final_answer'],
  judge: ['verification', 'verify', 'reflect', 'reflection', 'evaluation', 'critique', 'review'],
  embed: ['embedding', 'embeddings', 'rerank'],
};

/** Each class by its own name, too. */
export const CLASS_OF_WORD: ReadonlyMap<string, StepClass> = new Map(
  Object.entries(TOLD).flatMap(([name, words]) => {
    const step = name as StepClass; // the keys of a record of step classes
    return [name, ...words].map((word): [string, StepClass] => [word, step]);
  }),
);

/** What an instruction begins with, mostly; each word tells one class. */
const SAID: Readonly<Partial<Record<StepClass, string>>> = {
  extract: 'extract parse reformat convert fill json csv fields list rename sort count format',
  classify: 'classify categorize categorise label tag triage detect sentiment',
  retrieval_summarise: 'summarize summarise summary condense tldr outline',
  rewrite: 'rewrite rephrase paraphrase translate title shorten spell hello hi thanks greeting',
  code: 'code function implement refactor debug bug compile unittest patch typescript python sql',
  plan: 'plan decompose roadmap milestones strategy subtasks',
  reason: 'prove proof derive theorem lemma analyse analyze diagnose tradeoffs calculate solve',
  synthesise: 'synthesize synthesise report conclude recommendation findings',
  judge: 'judge grade rate verify critique evaluate rubric assess',
};

export const CLASS_SAID: ReadonlyMap<string, StepClass> = new Map(
  Object.entries(SAID).flatMap(([name, words]) => {
    const step = name as StepClass; // the keys of a record of step classes
    return words.split(' ').map((word): [string, StepClass] => [word, step]);
  }),
);
