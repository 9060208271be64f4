// The tokens of the model: what byte-pair encoding learnt, then the marks of the chat format.
import type { Tokenizer } from './byte-pair.ts';

/** Token types as GGUF numbers them. */
const NORMAL = 1;
const CONTROL = 3;
const USER_DEFINED = 4;

const CONTROL_MARKS = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'] as const;
const USER_MARKS = ['<tools>', '<tool_response>', '<tool_call>', '</tool_call>'] as const;

export type Mark = (typeof CONTROL_MARKS)[number] | (typeof USER_MARKS)[number];

export type Vocabulary = {
  readonly tokens: readonly string[];
  readonly types: readonly number[];
  readonly merges: readonly string[];
  readonly encode: (text: string) => readonly number[];
  /** The first token of a text. */
  readonly first: (text: string) => number;
  readonly mark: (mark: Mark) => number;
};

export function vocabularyOf(tokenizer: Tokenizer): Vocabulary {
  const tokens = [...tokenizer.tokens, ...CONTROL_MARKS, ...USER_MARKS];
  const types = [
    ...tokenizer.tokens.map(() => NORMAL),
    ...CONTROL_MARKS.map(() => CONTROL),
    ...USER_MARKS.map(() => USER_DEFINED),
  ];
  return {
    tokens,
    types,
    merges: tokenizer.merges,
    encode: tokenizer.encode,
    first: (text) => {
      const [token] = tokenizer.encode(text);
      if (token === undefined) throw new Error('an empty text has no first token');
      return token;
    },
    mark: (mark) => tokens.lastIndexOf(mark),
  };
}
