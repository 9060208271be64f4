// Keeps text from acting as structure. A chat template writes marks such as `<|im_end|>` around the
// messages, and the tokenizer turns them into the tokens that steer the model. The same characters
// inside a message, a tool's answer or a web page must stay characters, or whoever wrote that page
// speaks as the system. So every mark inside content is cut in two by a character that appears
// nowhere else, and the rendered prompt is tokenized piece by piece.

/** Private characters of Unicode: one of them is free in any honest text. */
const FENCES: readonly string[] = Array.from({ length: 64 }, (_, index) =>
  String.fromCodePoint(0xf0000 + index),
);

export type Fence = {
  /** The text with its marks cut. */
  readonly guard: (text: string) => string;
  /** The rendered prompt, cut where a mark was. */
  readonly cut: (rendered: string) => readonly string[];
};

/** Undefined when the texts hold every private character: nobody does that by accident. */
export type Fencing = (texts: readonly string[]) => Fence | undefined;

export function fencingFor(marks: readonly string[]): Fencing {
  const beginning = beginningOf(marks);
  return (texts) => {
    const character = FENCES.find((fence) => texts.every((text) => !text.includes(fence)));
    if (character === undefined) return undefined;
    return {
      guard(text) {
        return beginning === undefined ? text : text.replace(beginning, `$&${character}`);
      },
      cut: (rendered) => rendered.split(character).filter((piece) => piece !== ''),
    };
  };
}

/** Finds the first character of every mark, also of marks that overlap. */
function beginningOf(marks: readonly string[]): RegExp | undefined {
  // A mark of one character cannot be cut, and steers nothing.
  const cuttable = marks.filter((mark) => [...mark].length > 1);
  if (cuttable.length === 0) return undefined;
  return new RegExp(`(?=${cuttable.map(escaped).join('|')})[\\s\\S]`, 'gu');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/gu, '\\$&');
}
