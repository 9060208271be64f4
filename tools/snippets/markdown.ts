/** Reads what a document promises: its fences, its links and the headings others link to. */

export type Fence = {
  /** The first word after the backticks, such as `sh`. */
  readonly kind: string;
  /** The words after it. */
  readonly words: readonly string[];
  readonly text: string;
  /** Of the first line of the text. */
  readonly line: number;
};

export type Link = { readonly target: string; readonly line: number };

export type Page = {
  readonly path: string;
  readonly fences: readonly Fence[];
  readonly links: readonly Link[];
  /** What a link may name behind `#`. */
  readonly anchors: ReadonlySet<string>;
};

type Open = { readonly mark: string; readonly indent: number; readonly fence: Fence };

const FENCE = /^(\s*)(`{3,}|~{3,})\s*([^`]*)$/;
const HEADING = /^#{1,6}\s+(.+?)\s*#*$/;
const INLINE_LINK = /!?\[(?:[^\]\\]|\\.)*\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g;
const NAMED_LINK = /^\s{0,3}\[[^\]]+\]:\s+<?(\S+?)>?(?:\s+"[^"]*")?\s*$/;
const HTML_ANCHOR = /<a\s+(?:name|id)="([^"]+)"/g;

export function readPage(path: string, text: string): Page {
  const fences: Fence[] = [];
  const links: Link[] = [];
  const anchors = new Set<string>();
  let open: Open | undefined;
  text.split('\n').forEach((line, index) => {
    if (open !== undefined) {
      open = continueFence(open, line, fences);
      return;
    }
    open = openFence(line, index + 2);
    if (open !== undefined) return;
    addAnchors(line, anchors);
    for (const target of linksIn(line)) links.push({ target, line: index + 1 });
  });
  return { path, fences, links, anchors };
}

function openFence(line: string, next: number): Open | undefined {
  const [, indent = '', mark, words = ''] = FENCE.exec(line) ?? [];
  if (mark === undefined) return undefined;
  const [kind = '', ...rest] = words.trim().split(/\s+/);
  return { mark, indent: indent.length, fence: { kind, words: rest, text: '', line: next } };
}

/** A fence ends at its own mark; another kind of mark inside is text. */
function continueFence(open: Open, line: string, fences: Fence[]): Open | undefined {
  const bare = line.trim();
  const ends = bare.startsWith(open.mark) && bare.replaceAll(open.mark.charAt(0), '') === '';
  if (ends) {
    fences.push(open.fence);
    return undefined;
  }
  const text = line.slice(Math.min(open.indent, line.length - line.trimStart().length));
  return { ...open, fence: { ...open.fence, text: `${open.fence.text}${text}\n` } };
}

function linksIn(line: string): readonly string[] {
  const prose = line.replace(/`[^`]*`/g, '``');
  const inline = [...prose.matchAll(INLINE_LINK)].map(([, target = '']) => target);
  const [, named] = NAMED_LINK.exec(prose) ?? [];
  return named === undefined ? inline : [...inline, named];
}

function addAnchors(line: string, anchors: Set<string>): void {
  for (const [, name = ''] of line.matchAll(HTML_ANCHOR)) anchors.add(name);
  const [, heading] = HEADING.exec(line) ?? [];
  if (heading === undefined) return;
  const slug = slugOf(heading);
  // A second heading of the same text gets a number, as on the sites that show these pages.
  let name = slug;
  for (let count = 1; anchors.has(name); count += 1) name = `${slug}-${count}`;
  anchors.add(name);
}

function slugOf(heading: string): string {
  return heading
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}
