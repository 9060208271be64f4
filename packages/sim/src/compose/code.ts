// Small code blocks: a known exercise where the prompt asks for one, a skeleton for the rest.
import { exercises } from './code.table.ts';
import type { Skill } from './difficulty.ts';
import { topicsOf } from './prose.ts';

type Language = 'python' | 'javascript' | 'sql' | 'bash';

const notions = new Set(
  (
    'python javascript typescript sql bash shell code function write implement script program ' +
    'query'
  ).split(' '),
);

export function codeFor(prompt: string, skill: Skill): string {
  const language = languageIn(prompt);
  const body = skill.right ? bodyFor(prompt, language) : wrongBodies[language];
  const block = `\`\`\`${language}\n${body}\n\`\`\``;
  return skill.sure ? block : `I have not checked this:\n\n${block}`;
}

function languageIn(prompt: string): Language {
  if (/\bpython\b/i.test(prompt)) return 'python';
  if (/\bsql\b/i.test(prompt)) return 'sql';
  if (/\b(bash|shell)\b/i.test(prompt)) return 'bash';
  return /\b(java|type)script|node(\.js)?\b/i.test(prompt) ? 'javascript' : 'python';
}

function bodyFor(prompt: string, language: Language): string {
  const topics = topicsOf(prompt).map((topic) => topic.toLowerCase().replace(/[^a-z0-9]/g, ''));
  const nouns = topics.filter((topic) => topic !== '' && !notions.has(topic));
  const [noun = 'input', other = 'result'] = nouns;
  if (language === 'sql') return sqlFor(prompt, noun, other);
  if (language === 'bash') return `for ${noun} in "$@"; do\n  printf '%s\\n' "$${noun}"\ndone`;
  const exercise = exercises.find(({ asked }) => asked.test(prompt));
  if (exercise) return exercise[language];
  if (language === 'python') {
    return `def ${noun}_${other}(items):\n    return [item for item in items if item is not None]`;
  }
  const name = noun + other.charAt(0).toUpperCase() + other.slice(1);
  return `function ${name}(items) {\n  return items.filter((item) => item !== undefined);\n}`;
}

function sqlFor(prompt: string, noun: string, other: string): string {
  const counted = /\bcounts?\s+(\w+)\s+(?:per|by)\s+(\w+)/i.exec(prompt);
  const [, table = other, column = noun] = counted ?? [];
  return `SELECT ${column}, count(*)\nFROM ${table}\nGROUP BY ${column};`;
}

const wrongBodies: Readonly<Record<Language, string>> = {
  python: 'def solve(items):\n    return items[0]',
  javascript: 'function solve(items) {\n  return items[0];\n}',
  sql: 'SELECT *;',
  bash: 'echo "$1"',
};
