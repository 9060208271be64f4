// What can be counted of a text and of an answer: lengths, numbers, marks, choices, doubt. Each
// count goes through a logarithm or is a share, so that no long text outweighs the rest.
import { choiceShape, PLAIN_CHOICE_SHAPES } from './choices.ts';
import { logarithm } from './exact.ts';

export const SHAPES = 42;
/** The first so many tell what kind of text it is, the others how hard it may be. */
export const PLAIN_SHAPES = 24;
export const ANSWER_SHAPES = 22;

const log = (count: number): number => logarithm(1 + count);
const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

const NUMBERS = /\d[\d,]*(?:\.\d+)?/g;
const NEGATED = /\b(?:not|except|never|least|incorrect|false|neither)\b/gi;
/** Sums that ask for a count are easier than those that ask for a share, an age or a time. */
const A_COUNT = /\bhow (?:many|much)\b/i;
const SUPPOSED = /\b(?:if|suppose|let|assume|given)\b/gi;
const SOUGHT = /\b(?:find|calculate|compute|determine|estimate|evaluate|solve)\b/gi;
/** Said aloud, since it is read over. */
const LOUD = /\b(?:NOT|EXCEPT|LEAST|INCORRECT|FALSE)\b/g;
const CHOICES = /^[A-J][.)] (.*)$/gm;
const ABOUT = /\b(?:each|per|every|twice|half|third|percent|times|remaining|left|total)\b|%/gi;
const RESULT = /(-?\d+(?:\.\d+)?)\s*([-+*/x×])\s*(-?\d+(?:\.\d+)?)\s*=\s*\$?(-?\d+(?:\.\d+)?)/g;
const DOUBT_WORDS =
  "cannot|can't|unclear|not sure|assume|assuming|maybe|perhaps|approximately|about|however";
const DOUBT = new RegExp(`\\b(?:${DOUBT_WORDS}|sorry|unknown|impossible)\\b`, 'gi');

const ALGEBRA = /\b(?:let|solve|equation|variable|[xyz] =)/gi;

const countOf = (text: string, what: RegExp): number => text.match(what)?.length ?? 0;

type Tools = { readonly count: number; readonly fields: number } | undefined;

export function shapeOf(text: string, tools: Tools, into: Float64Array): void {
  const choices = [...text.matchAll(CHOICES)];
  const question = text.slice(0, choices[0]?.index ?? text.length);
  const seen = survey(text, question.length);
  const numbers = text.match(NUMBERS) ?? [];
  const values = numbers.map((one) => Number(one.replaceAll(',', '')));
  const choice = choiceShape(
    question,
    choices.map((match) => match[1] ?? ''),
  );
  into.set([
    ...[log(text.length), log(seen.words), share(seen.letters, seen.words)],
    ...[share(seen.digits, text.length), log(numbers.length), log(Math.max(0, ...values))],
    ...[share(seen.capitals, text.length), share(seen.marks, text.length), log(seen.lines)],
    ...[log(seen.sentences), share(seen.words, seen.sentences + 1) / 10, log(seen.questions)],
    ...[log(countOf(text, NEGATED)), ...choice.slice(0, PLAIN_CHOICE_SHAPES)],
    ...[share(seen.foreign, text.length), log(seen.signs), log(countOf(text, ABOUT))],
    ...[log(values.filter((value) => !Number.isInteger(value)).length)],
    ...[log(tools?.count ?? 0), log(tools?.fields ?? 0)],
    // From here on: finer.
    ...[log(question.length), share(seen.askedLetters, seen.askedWords), log(seen.askedNumbers)],
    ...[A_COUNT.test(question) ? 1 : 0, question.trimEnd().endsWith('?') ? 1 : 0],
    ...[log(countOf(question, SUPPOSED)), log(countOf(question, SOUGHT))],
    ...[log(countOf(question, LOUD)), log(seen.single), ...choice.slice(PLAIN_CHOICE_SHAPES)],
  ]);
}

/** @param asked so many letters are the question itself. */
function survey(text: string, asked: number) {
  const seen = { words: 0, letters: 0, digits: 0, capitals: 0, marks: 0, lines: 0, sentences: 0 };
  const rare = { questions: 0, foreign: 0, signs: 0, single: 0 };
  const begin = { askedLetters: 0, askedWords: 0, askedNumbers: 0 };
  let inWord = false;
  let wordBegin = 0;
  let inNumber = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const capital = code > 64 && code < 91;
    const letter = capital || (code > 96 && code < 123);
    if (letter && !inWord) {
      seen.words += 1;
      if (at < asked) begin.askedWords += 1;
      wordBegin = at;
    } else if (!letter && inWord && at === wordBegin + 1) rare.single += 1;
    inWord = letter;
    if (letter) seen.letters += 1;
    if (letter && at < asked) begin.askedLetters += 1;
    if (capital) seen.capitals += 1;
    const digit = code > 47 && code < 58;
    if (digit && !inNumber && at < asked) begin.askedNumbers += 1;
    inNumber = digit || (inNumber && (code === 44 || code === 46));
    if (digit) seen.digits += 1;
    else if (code > 127) rare.foreign += 1;
    else if (!letter && code > 32) seen.marks += 1;
    if (code === 10) seen.lines += 1;
    if (code === 46 || code === 63 || code === 33) seen.sentences += 1;
    if (code === 63) rare.questions += 1;
    // + * / < = > \ ^ { | }
    if (code === 43 || code === 42 || code === 47 || (code > 59 && code < 63)) rare.signs += 1;
    else if (code === 92 || code === 94 || (code > 122 && code < 126)) rare.signs += 1;
  }
  return { ...seen, ...rare, ...begin };
}

/** The arithmetic an answer shows is done again; numbers that came from nowhere are counted. */
export function answerShape(text: string, answer: string, into: Float64Array): void {
  const sums = [...answer.matchAll(RESULT)];
  const wrong = sums.filter((match) => !holds(match)).length;
  const given = new Set(text.match(NUMBERS) ?? []);
  const results = new Set(sums.map((match) => match[4] ?? ''));
  const numbers = answer.match(NUMBERS) ?? [];
  const fresh = numbers.filter((one) => !given.has(one) && !results.has(one)).length;
  const said = new Set(numbers);
  const unused = [...given].filter((one) => !said.has(one)).length;
  const isStrange = (one = ''): boolean => !given.has(one) && !results.has(one);
  const strange =
    sums.filter((sum) => isStrange(sum[1])).length + sums.filter((sum) => isStrange(sum[3])).length;
  const lines = answer.split('\n').map((line) => line.trim());
  const told = lines.filter((line) => line !== '');
  const last = Number((numbers.at(-1) ?? '0').replaceAll(',', ''));
  into.set([
    ...[1, log(answer.length), log(told.length), log(sums.length), log(wrong)],
    ...[share(wrong, sums.length), log(fresh), share(fresh, numbers.length)],
    ...[log(countOf(answer, DOUBT)), share(told.length - new Set(told).size, told.length)],
    ...[Number.isInteger(last) ? 0 : 1, log(Math.abs(last))],
    ...[log(unused), share(unused, given.size), log(countOf(answer, ALGEBRA))],
    ...[log(numbers.filter((one) => one.includes('.')).length), last < 0 ? 1 : 0],
    results.has(numbers.at(-1) ?? '') ? 1 : 0,
    ...[log(strange), share(strange, 2 * sums.length), share(told.length, given.size + 1)],
    share(sums.length, given.size + 1),
  ]);
}

function holds([, left = '', sign, right = '', result = '']: readonly string[]): boolean {
  const [a, b, said] = [Number(left), Number(right), Number(result)];
  const is = sign === '+' ? a + b : sign === '-' ? a - b : sign === '/' ? a / b : a * b;
  return Math.abs(is - said) <= 0.011 * Math.max(1, Math.abs(is) / 10);
}
