// Which tools an answer may call, by name and by what it would call them with. All rules that match
// hold at once, and what the call itself declared: what one denies is denied. A condition that
// cannot be decided denies.
import { assert } from '@signalbox/contract';
import {
  type Condition,
  matchesPattern,
  readToolCondition,
  type ToolsDocument,
} from '@signalbox/documents';

/** What one rule says of tools. */
export type ToolRule = {
  readonly allow: readonly string[] | undefined;
  readonly deny: readonly { readonly name: string; readonly condition: Condition | undefined }[];
};

export function compileTools({ allow, deny }: ToolsDocument): ToolRule {
  return {
    allow,
    deny: deny.map(({ name, expression }) => ({
      name,
      condition: expression === undefined ? undefined : conditionOf(expression),
    })),
  };
}

/** Whose word a tool is denied by: a rule's, or the call's own. */
export type DeniedBy = 'tools' | 'declared_tools';

/** All that is said of the tools of one call. */
export class ToolRules {
  readonly #declared: readonly string[] | undefined;
  readonly #rules: ToolRule[] = [];

  /** @param declared those that the call itself named; undefined: it named none. */
  constructor(declared: readonly string[] | undefined) {
    this.#declared = declared;
  }

  add(rule: ToolRule): void {
    this.#rules.push(rule);
  }

  /**
   * @param text The arguments as they were written; what is no JSON object is denied. Undefined:
   *   nobody here will see them.
   */
  denies(name: string, text: string | undefined): DeniedBy | undefined {
    if (this.#declared?.includes(name) === false) return 'declared_tools';
    return this.#rules.some((rule) => denies(rule, name, text)) ? 'tools' : undefined;
  }
}

function denies({ allow, deny }: ToolRule, name: string, text: string | undefined): boolean {
  if (allow !== undefined && !allow.some((one) => matchesPattern(one, name))) return true;
  return deny.some((one) => {
    if (!matchesPattern(one.name, name)) return false;
    const isSeen = one.condition !== undefined && text !== undefined;
    const args = isSeen ? argumentsOf(text) : undefined;
    return args === undefined || one.condition?.holds({ tool: { name }, args }) !== false;
  });
}

function conditionOf(source: string): Condition {
  const read = readToolCondition(source);
  assert(read.ok, 'documents with conditions that cannot be read are refused');
  return read.value;
}

function argumentsOf(text: string): Readonly<Record<string, string>> | undefined {
  let value: unknown;
  try {
    value = text.trim() === '' ? {} : JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const texts = Object.entries(value).map(([key, one]): [string, string] => [
    key,
    typeof one === 'string' ? one : JSON.stringify(one),
  ]);
  return Object.fromEntries(texts);
}
