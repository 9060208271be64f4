// Small code blocks: the exercises that everybody asks for, and a skeleton for the rest.

import type { Skill } from './difficulty.ts';
import { topicsOf } from './prose.ts';

type Language = 'python' | 'javascript' | 'sql' | 'bash';

const known: readonly (readonly [RegExp, Readonly<Record<'python' | 'javascript', string>>])[] = [
  [
    /fibonacci/i,
    {
      python:
        'def fibonacci(n):\n    a, b = 0, 1\n    for _ in range(n):\n        a, b = b, a + b\n    return a',
      javascript:
        'function fibonacci(n) {\n  let [a, b] = [0, 1];\n  for (let i = 0; i < n; i += 1) [a, b] = [b, a + b];\n  return a;\n}',
    },
  ],
  [
    /factorial/i,
    {
      python:
        'def factorial(n):\n    result = 1\n    for i in range(2, n + 1):\n        result *= i\n    return result',
      javascript:
        'function factorial(n) {\n  let result = 1;\n  for (let i = 2; i <= n; i += 1) result *= i;\n  return result;\n}',
    },
  ],
  [
    /prime/i,
    {
      python:
        'def is_prime(n):\n    return n > 1 and all(n % i for i in range(2, int(n**0.5) + 1))',
      javascript:
        'function isPrime(n) {\n  for (let i = 2; i * i <= n; i += 1) if (n % i === 0) return false;\n  return n > 1;\n}',
    },
  ],
  [
    /revers/i,
    {
      python: 'def reverse(text):\n    return text[::-1]',
      javascript: "function reverse(text) {\n  return [...text].reverse().join('');\n}",
    },
  ],
];

export function codeFor(prompt: string, skill: Skill): string {
  const language = languageIn(prompt);
  const body = skill.right ? bodyFor(prompt, language) : wrongBody(language);
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
  if (language === 'sql')
    return `SELECT ${noun}, count(*) AS ${other}_count\nFROM ${other}\nGROUP BY ${noun};`;
  if (language === 'bash') return `for ${noun} in "$@"; do\n  printf '%s\\n' "$${noun}"\ndone`;
  const exercise = known.find(([pattern]) => pattern.test(prompt));
  if (exercise) return exercise[1][language];
  if (language === 'python') {
    return `def ${noun}_${other}(items):\n    return [item for item in items if item is not None]`;
  }
  return `function ${noun}${other.charAt(0).toUpperCase()}${other.slice(1)}(items) {\n  return items.filter((item) => item !== undefined);\n}`;
}

const notions = new Set(
  'python javascript typescript sql bash shell code function write implement script program query'.split(
    ' ',
  ),
);

function wrongBody(language: Language): string {
  switch (language) {
    case 'python':
      return 'def solve(items):\n    return items[0]';
    case 'javascript':
      return 'function solve(items) {\n  return items[0];\n}';
    case 'sql':
      return 'SELECT *;';
    case 'bash':
      return 'echo "$1"';
  }
}
