// Evaluates the one sum a prompt may ask for: + - * / and brackets, numbers with decimals, and the
// words times, plus, minus, divided by. A loop over at most a few dozen symbols; no eval.
import type { Grade } from '../models.ts';

export type Sum = { readonly text: string; readonly value: number; readonly grade: Grade };

const symbolsMax = 64;
const scanUnitsMax = 4_096;
const sumPattern = /[-(]*\d[\d.,]*(?:\s*[-+*/×÷()]+\s*[-(]*\d[\d.,]*\)*)+/;
const words: readonly (readonly [RegExp, string])[] = [
  [/\btimes\b|\bmultiplied by\b|(?<=\d)\s*x\s*(?=\d)/gi, '*'],
  [/\bplus\b/gi, '+'],
  [/\bminus\b/gi, '-'],
  [/\bdivided by\b|\bover\b/gi, '/'],
];
const asks =
  /\b(what|how much|compute|calculate|evaluate|solve|sum)\b|=\s*\??\s*$|^[-\d\s.,+*/()×÷]+$/i;

/** The sum the prompt asks for, with its value, or undefined when it asks for none. */
export function sumIn(prompt: string): Sum | undefined {
  if (prompt.length > scanUnitsMax || !/\d/.test(prompt) || !asks.test(prompt)) return undefined;
  let text = prompt;
  for (const [word, sign] of words) text = text.replace(word, sign);
  const found = sumPattern.exec(text)?.[0];
  // A date looks like a subtraction.
  if (found === undefined || /^\d{4}-\d\d?-\d\d?$/.test(found.trim())) return undefined;
  const value = evaluate(found);
  if (value === undefined) return undefined;
  return { text: found.trim(), value, grade: gradeOf(found) };
}

/** Whole numbers stay whole; anything else is shown with at most six decimals. */
export function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toFixed(6)));
}

function gradeOf(text: string): Grade {
  const numbers = text.match(/\d[\d.,]*/g) ?? [];
  const digits = Math.max(...numbers.map((number) => number.replace(/\D/g, '').length));
  if (digits > 4 || numbers.length > 4) return 3;
  if (digits > 2 || numbers.length > 3) return 2;
  return numbers.length > 2 || text.includes('/') || text.includes('÷') ? 1 : 0;
}

function evaluate(text: string): number | undefined {
  const symbols =
    text
      .replaceAll('×', '*')
      .replaceAll('÷', '/')
      .match(/\d[\d.,]*|[-+*/()]/g) ?? [];
  if (symbols.length > symbolsMax) return undefined;
  const reader = { symbols, at: 0 };
  const value = readSum(reader);
  return reader.at === symbols.length && Number.isFinite(value) ? value : undefined;
}

type Reader = { readonly symbols: readonly string[]; at: number };

function readSum(reader: Reader): number {
  let value = readProduct(reader);
  for (let sign = reader.symbols[reader.at]; sign === '+' || sign === '-'; ) {
    reader.at += 1;
    const next = readProduct(reader);
    value = sign === '+' ? value + next : value - next;
    sign = reader.symbols[reader.at];
  }
  return value;
}

function readProduct(reader: Reader): number {
  let value = readFactor(reader);
  for (let sign = reader.symbols[reader.at]; sign === '*' || sign === '/'; ) {
    reader.at += 1;
    const next = readFactor(reader);
    value = sign === '*' ? value * next : value / next;
    sign = reader.symbols[reader.at];
  }
  return value;
}

function readFactor(reader: Reader): number {
  const symbol = reader.symbols[reader.at];
  reader.at += 1;
  if (symbol === '-') return -readFactor(reader);
  if (symbol === '(') {
    const value = readSum(reader);
    if (reader.symbols[reader.at] !== ')') return Number.NaN;
    reader.at += 1;
    return value;
  }
  if (symbol === undefined || !/^\d/.test(symbol)) return Number.NaN;
  return Number(symbol.replaceAll(',', '').replace(/\.$/, ''));
}
