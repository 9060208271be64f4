// Names that GGUF files give by number: of the file as a whole, and of one tensor.
// Source: the enumerations `llama_ftype` and `ggml_type` of ggml-org/llama.cpp.

export const FILE_TYPES: ReadonlyMap<number, string> = new Map([
  ...([
    [0, 'F32'],
    [1, 'F16'],
    [2, 'Q4_0'],
    [3, 'Q4_1'],
    [7, 'Q8_0'],
    [8, 'Q5_0'],
  ] as const),
  ...([
    [9, 'Q5_1'],
    [10, 'Q2_K'],
    [11, 'Q3_K_S'],
    [12, 'Q3_K_M'],
    [13, 'Q3_K_L'],
  ] as const),
  ...([
    [14, 'Q4_K_S'],
    [15, 'Q4_K_M'],
    [16, 'Q5_K_S'],
    [17, 'Q5_K_M'],
    [18, 'Q6_K'],
  ] as const),
  ...([
    [19, 'IQ2_XXS'],
    [20, 'IQ2_XS'],
    [21, 'Q2_K_S'],
    [22, 'IQ3_XS'],
    [23, 'IQ3_XXS'],
  ] as const),
  ...([
    [24, 'IQ1_S'],
    [25, 'IQ4_NL'],
    [26, 'IQ3_S'],
    [27, 'IQ3_M'],
    [28, 'IQ2_S'],
  ] as const),
  ...([
    [29, 'IQ2_M'],
    [30, 'IQ4_XS'],
    [31, 'IQ1_M'],
    [32, 'BF16'],
    [36, 'TQ1_0'],
  ] as const),
  ...([
    [37, 'TQ2_0'],
    [38, 'MXFP4_MOE'],
  ] as const),
]);

export const TENSOR_TYPES: ReadonlyMap<number, string> = new Map([
  ...([
    [0, 'F32'],
    [1, 'F16'],
    [2, 'Q4_0'],
    [3, 'Q4_1'],
    [6, 'Q5_0'],
    [7, 'Q5_1'],
  ] as const),
  ...([
    [8, 'Q8_0'],
    [9, 'Q8_1'],
    [10, 'Q2_K'],
    [11, 'Q3_K'],
    [12, 'Q4_K'],
    [13, 'Q5_K'],
  ] as const),
  ...([
    [14, 'Q6_K'],
    [15, 'Q8_K'],
    [16, 'IQ2_XXS'],
    [17, 'IQ2_XS'],
    [18, 'IQ3_XXS'],
  ] as const),
  ...([
    [19, 'IQ1_S'],
    [20, 'IQ4_NL'],
    [21, 'IQ3_S'],
    [22, 'IQ2_S'],
    [23, 'IQ4_XS'],
  ] as const),
  ...([
    [29, 'IQ1_M'],
    [30, 'BF16'],
    [34, 'TQ1_0'],
    [35, 'TQ2_0'],
    [39, 'MXFP4'],
  ] as const),
]);
