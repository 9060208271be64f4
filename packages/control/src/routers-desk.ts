// Learned routers that were trained on this machine, which of them decides, and for whom: behind
// whoever composes the server. What is done is in force when it answers.

/** `ring` null: for all tenants; else for those of this ring and before it. */
export type RouterStage = { readonly digest: string; readonly ring: number | null };

export type KeptRouter = {
  readonly digest: string;
  /** The tiers that it tells apart, the weakest first. */
  readonly tiers: readonly string[];
  readonly sources: readonly string[];
  readonly rows: number;
  /** Labels by tier, by what they come from, and rows of tenants that teach for themselves. */
  readonly labels: Readonly<Record<string, number>>;
  readonly origins: Readonly<Record<string, number>>;
  readonly own: Readonly<Record<string, number>>;
  /** On rows that it was not trained on; undefined: there were too few. */
  readonly evaluation:
    | { readonly rows: number; readonly apgr: number; readonly low: number }
    | undefined;
  /** Why it may not be promoted; undefined: it may. */
  readonly unfit: string | undefined;
  /** Where it decides; undefined: nowhere. */
  readonly stage: RouterStage | undefined;
};

export type RouterDeed =
  | { readonly deed: 'promote'; readonly digest: string; readonly ring: number | null }
  /** Only where this one decides: somebody else may have been first. */
  | { readonly deed: 'rollback'; readonly digest: string };

export type RouterAnswer =
  | { readonly kind: 'done'; readonly now: RouterStage | null }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly why: string };

export interface RoutersDesk {
  all(): Promise<readonly KeptRouter[]>;
  one(digest: string): Promise<KeptRouter | undefined>;
  /** @param by `operator`, or the name of a key; the journal names it. */
  carryOut(deed: RouterDeed, by: string): Promise<RouterAnswer>;
}
