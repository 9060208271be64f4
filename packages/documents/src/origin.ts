/** Where a value was written; `line` counts from 1. */
export interface Origin {
  readonly file: string;
  readonly line: number;
}

/** What a document may hold that this version keeps without reading it. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };
