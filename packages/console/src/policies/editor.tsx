// The text of a policy with its lines numbered, and those with a mistake marked. A plain text area:
// whatever somebody types with, dictates with or reads with works in it.
import type { RefObject, VNode } from 'preact';

export type EditorProps = {
  readonly name: string;
  readonly text: string;
  /** Lines with a mistake, from 1. */
  readonly wrong: ReadonlySet<number>;
  readonly area: RefObject<HTMLTextAreaElement | null>;
  readonly onText: (text: string) => void;
};

const LINES_MIN = 10;

export function Editor({ name, text, wrong, area, onText }: EditorProps): VNode {
  const count = Math.max(LINES_MIN, text.split('\n').length);
  const lines = Array.from({ length: count }, (_, at) => at + 1);
  return (
    <div class="editor">
      <ol class="gutter" aria-hidden="true">
        {lines.map((line) => (
          <li key={line} class={wrong.has(line) ? 'wrong' : undefined}>
            {line}
          </li>
        ))}
      </ol>
      <textarea
        ref={area}
        aria-label={`Text of ${name}`}
        aria-invalid={wrong.size > 0}
        aria-describedby="draft-state"
        rows={count}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        wrap="off"
        value={text}
        onInput={(event) => onText(event.currentTarget.value)}
      />
    </div>
  );
}

/** Puts the caret where the mistake is, so that it can be mended at once. */
export function goToLine(area: HTMLTextAreaElement | null, line: number, column: number): void {
  if (area === null) return;
  const lines = area.value.split('\n');
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const start = before + Math.min(column - 1, lines[line - 1]?.length ?? 0);
  area.focus();
  area.setSelectionRange(start, before + (lines[line - 1]?.length ?? 0));
}
