// Makes a tiny language model as one GGUF file, without a download and without training: the same
// options give the same bytes on every machine, so a test against a real engine can say beforehand
// what the answer must show.
//
// What it does: clean short sentences that end by themselves; a tool call when tools are offered
// and a sentence after the tool's answer; the same text with low confidence when a hard word
// (`prove`, `theorem`, ...) is in the context. With `random` it is the gibberish twin of the same
// shape. What it is not: clever. It says what its table says.
import { trainTokenizer } from './byte-pair.ts';
import { chance } from './chance.ts';
import { corpus } from './corpus.ts';
import {
  boolField,
  type Field,
  f32Field,
  gguf,
  i32sField,
  textField,
  textsField,
  u32Field,
} from './gguf.ts';
import { handmadeWeights, hardTokens } from './handmade-weights.ts';
import { randomWeights } from './random-weights.ts';
import { CHAT_TEMPLATE } from './template.ts';
import type { Network } from './tensors.ts';
import { type Vocabulary, vocabularyOf } from './vocabulary.ts';

const ROPE_BASE = 1e8;
const NORM_EPSILON = 1e-6;

export type TinyModelOptions = {
  readonly random: boolean;
  readonly seed: number;
  readonly name: string;
  readonly contextTokens: number;
  /** Above 1 the model is surer of itself, below 1 less. */
  readonly sharpness: number;
};

export type TinyModel = {
  readonly bytes: Buffer;
  readonly tokens: number;
  readonly merges: number;
  readonly widthEmbedding: number;
  /** The words that make it unsure, as tokens; none in the gibberish twin. */
  readonly hardWords: readonly string[];
};

export function tinyModel(options: TinyModelOptions): TinyModel {
  const luck = chance(options.seed);
  const texts = corpus(luck);
  const words = vocabularyOf(trainTokenizer(texts.map(({ text }) => text)));
  const network = options.random
    ? randomWeights(words.tokens.length, luck, options.sharpness)
    : handmadeWeights(words, texts, options.sharpness);
  const fields = [...modelFields(options, words, network), ...tokenizerFields(words)];
  return {
    bytes: gguf(fields, network.tensors),
    tokens: words.tokens.length,
    merges: words.merges.length,
    widthEmbedding: network.widthEmbedding,
    hardWords: options.random ? [] : hardTokens(words).map((token) => words.tokens[token] ?? ''),
  };
}

function modelFields(
  options: TinyModelOptions,
  words: Vocabulary,
  network: Network,
): readonly Field[] {
  return [
    textField('general.architecture', 'llama'),
    textField('general.name', options.name),
    u32Field('general.file_type', 0),
    textField('general.license', 'cc0-1.0'),
    u32Field('llama.context_length', options.contextTokens),
    u32Field('llama.embedding_length', network.widthEmbedding),
    u32Field('llama.block_count', network.layers),
    u32Field('llama.feed_forward_length', network.widthFeedForward),
    u32Field('llama.attention.head_count', network.heads),
    u32Field('llama.attention.head_count_kv', network.heads),
    u32Field('llama.attention.key_length', network.widthHead),
    u32Field('llama.attention.value_length', network.widthHead),
    u32Field('llama.rope.dimension_count', network.widthHead),
    f32Field('llama.rope.freq_base', ROPE_BASE),
    f32Field('llama.attention.layer_norm_rms_epsilon', NORM_EPSILON),
    u32Field('llama.vocab_size', words.tokens.length),
  ];
}

function tokenizerFields(words: Vocabulary): readonly Field[] {
  return [
    textField('tokenizer.ggml.model', 'gpt2'),
    textField('tokenizer.ggml.pre', 'gpt-2'),
    textsField('tokenizer.ggml.tokens', words.tokens),
    i32sField('tokenizer.ggml.token_type', words.types),
    textsField('tokenizer.ggml.merges', words.merges),
    u32Field('tokenizer.ggml.bos_token_id', words.mark('<|endoftext|>')),
    u32Field('tokenizer.ggml.eos_token_id', words.mark('<|im_end|>')),
    u32Field('tokenizer.ggml.padding_token_id', words.mark('<|endoftext|>')),
    boolField('tokenizer.ggml.add_bos_token', false),
    textField('tokenizer.chat_template', CHAT_TEMPLATE),
  ];
}
