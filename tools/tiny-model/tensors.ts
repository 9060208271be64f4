// Named tensors in the layout of GGUF: the first dimension runs fastest.

export type Tensor = {
  readonly name: string;
  readonly dimensions: readonly number[];
  readonly values: Float32Array;
};

export type Network = {
  readonly tensors: readonly Tensor[];
  readonly widthEmbedding: number;
  readonly widthFeedForward: number;
  readonly widthHead: number;
  readonly heads: number;
  readonly layers: number;
};

/** Shared by both kinds of network, so that one reader's shape fits both. */
export const WIDTH_HEAD = 64;
export const WIDTH_FEED_FORWARD = 32;

/** One channel a token, a few to spare for signals, and a multiple of 32 as the engine wants it. */
export function widthEmbeddingFor(tokens: number): number {
  return Math.ceil((tokens + 4) / 32) * 32;
}

export function tensor(name: string, dimensions: readonly number[], values: Float32Array): Tensor {
  const size = dimensions.reduce((product, dimension) => product * dimension, 1);
  if (size !== values.length)
    throw new Error(`${name}: ${values.length} values for ${size} places`);
  return { name, dimensions, values };
}

export function zeros(count: number): Float32Array {
  return new Float32Array(count);
}

export function ones(count: number): Float32Array {
  return new Float32Array(count).fill(1);
}
