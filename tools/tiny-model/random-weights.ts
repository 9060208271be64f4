// The gibberish twin: a well-formed network that has learnt nothing. It plays a model whose quality
// has collapsed.
import type { Chance } from './chance.ts';
import {
  type Network,
  ones,
  type Tensor,
  tensor,
  WIDTH_FEED_FORWARD,
  WIDTH_HEAD,
  widthEmbeddingFor,
  zeros,
} from './tensors.ts';

const LAYERS = 2;

export function randomWeights(tokens: number, luck: Chance, sharpness: number): Network {
  const width = widthEmbeddingFor(tokens);
  const tensors: Tensor[] = [
    tensor('token_embd.weight', [width, tokens], noise(width * tokens, 1)),
    tensor('output_norm.weight', [width], ones(width)),
    tensor(
      'output.weight',
      [width, tokens],
      noise(width * tokens, (sharpness * 2) / Math.sqrt(width)),
    ),
  ];
  for (let layer = 0; layer < LAYERS; layer += 1) tensors.push(...randomLayer(layer));
  return {
    tensors,
    widthEmbedding: width,
    widthFeedForward: WIDTH_FEED_FORWARD,
    widthHead: WIDTH_HEAD,
    heads: 1,
    layers: LAYERS,
  };

  function randomLayer(layer: number): readonly Tensor[] {
    const head = WIDTH_HEAD;
    const inner = WIDTH_FEED_FORWARD;
    const fromWidth = 1 / Math.sqrt(width);
    const name = (part: string): string => `blk.${layer}.${part}.weight`;
    return [
      tensor(name('attn_norm'), [width], ones(width)),
      tensor(name('attn_q'), [width, head], noise(width * head, fromWidth)),
      tensor(name('attn_k'), [width, head], noise(width * head, fromWidth)),
      tensor(name('attn_v'), [width, head], noise(width * head, fromWidth)),
      tensor(name('attn_output'), [head, width], noise(width * head, 1 / Math.sqrt(head))),
      tensor(name('ffn_norm'), [width], ones(width)),
      tensor(name('ffn_gate'), [width, inner], noise(width * inner, fromWidth)),
      tensor(name('ffn_up'), [width, inner], noise(width * inner, fromWidth)),
      tensor(name('ffn_down'), [inner, width], noise(width * inner, 1 / Math.sqrt(inner))),
    ];
  }

  function noise(count: number, spread: number): Float32Array {
    return zeros(count).map(() => luck.gauss() * spread);
  }
}
