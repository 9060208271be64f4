import type { Json } from '../../canon/canon.ts';

/** A JSON object that is being written. */
export type Body = { [key: string]: Json };
