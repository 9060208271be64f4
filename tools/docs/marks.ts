// A page that people write, with a part between two marks that a tool writes.

/** Replaces what stands between `<!-- NAME -->` and `<!-- /NAME -->`, and nothing else. */
export function between(page: string, name: string, text: string): string {
  const [opens, closes] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = page.indexOf(opens);
  const to = page.indexOf(closes);
  const once = from === page.lastIndexOf(opens) && to === page.lastIndexOf(closes);
  if (from < 0 || to < from || !once) throw new Error(`no single ${opens} … ${closes} in the page`);
  return `${page.slice(0, from + opens.length)}\n${text}\n${page.slice(to)}`;
}
