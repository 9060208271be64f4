// A condition becomes a closure once, when its policy is published; a call only runs it. Types are
// checked on the way: what could never be decided is an error of the author.
import { no, type Result, yes } from '@signalbox/contract';
import { FUNCTIONS } from './functions.table.ts';
import { all, exists, existsOne, MACROS, mapped } from './macros.ts';
import { type Binding, checkWords, operated } from './operators.ts';
import { parse } from './parse.ts';
import { asList, asMap, choice, entry, FAULT, one, type Run, two, type Values } from './run.ts';
import { type Call, type Node, type Problem, type Span, Wrong } from './syntax.ts';
import {
  BOOL,
  common,
  DOUBLE,
  INT,
  isSet,
  listOf,
  mapOf,
  OPEN,
  oneOf,
  STRING,
  type Type,
  typeText,
  zeroOf,
} from './types.ts';

export type Declared = Readonly<Record<string, Type>>;

export type Expression = {
  readonly source: string;
  readonly type: Type;
  /** What of the declared names it reads, `call.step`: sorted. */
  readonly reads: readonly string[];
  /** `FAULT` where CEL has an error. */
  readonly run: (values: Values) => unknown;
};

export type Condition = Omit<Expression, 'type' | 'run'> & {
  /** Undefined: it could not be decided (a missing key, a division by zero, an overflow). */
  readonly holds: (values: Values) => boolean | undefined;
};

const MACRO_DEPTH_MAX = 2;

export function compileCondition(source: string, declared: Declared): Result<Condition, Problem> {
  const compiled = compileExpression(source, declared);
  if (!compiled.ok) return compiled;
  const { type, reads, run } = compiled.value;
  if (type.kind !== 'bool') {
    const message = `a condition is true or false, and this is ${typeText(type)}`;
    return no({ at: 0, end: source.length, message, hint: 'compare it with something' });
  }
  const holds = (values: Values): boolean | undefined => {
    const found = run(values);
    return found === FAULT ? undefined : found === true;
  };
  return yes({ source, reads, holds });
}

export function compileExpression(source: string, declared: Declared): Result<Expression, Problem> {
  const compiler = new Compiler(declared);
  try {
    const { type, run } = compiler.made(parse(source));
    const reads = [...compiler.reads].sort();
    return yes({ source, type, reads, run: (values) => run(values, []) });
  } catch (error) {
    if (error instanceof Wrong) return no(error.problem);
    throw error;
  }
}

class Compiler {
  readonly reads = new Set<string>();
  readonly #declared: Declared;
  /** Names of the macros around, the outermost first, and their types. */
  readonly #locals: { readonly name: string; readonly type: Type }[] = [];

  constructor(declared: Declared) {
    this.#declared = declared;
  }

  made(node: Node): Binding {
    switch (node.kind) {
      case 'bool':
        return constant(BOOL, node.value);
      case 'int':
        return constant(INT, node.value);
      case 'double':
        return constant(DOUBLE, node.value);
      case 'string':
        return constant(STRING, node.value);
      case 'name':
        return this.#named(node.name, node);
      case 'member':
        return this.#member(node.of, node.name, node);
      case 'index':
        return this.#index(node.of, node.key);
      case 'call':
        return this.#call(node);
      case 'list':
        return this.#list(node.items);
      case 'map':
        return this.#map(node.entries);
      case 'unary': {
        const of = this.made(node.of);
        return operated(node, [of]);
      }
      case 'binary': {
        const left = this.made(node.left);
        return operated(node, [left, this.made(node.right)]);
      }
      case 'choice':
        return this.#choice(node.condition, node.yes, node.no);
    }
  }

  #named(name: string, span: Span): Binding {
    const place = this.#locals.findLastIndex((local) => local.name === name);
    const local = this.#locals[place];
    if (local !== undefined) {
      return { type: local.type, run: (_, locals) => locals[place], path: undefined };
    }
    const type = Object.hasOwn(this.#declared, name) ? this.#declared[name] : undefined;
    if (type === undefined) throw unknown(name, Object.keys(this.#declared), span);
    if (type.kind !== 'object') this.reads.add(name);
    const zero = zeroOf(type);
    return { type, run: (values) => values[name] ?? zero, path: name };
  }

  #member(node: Node, name: string, span: Span): Binding {
    const of = this.made(node);
    if (of.type.kind === 'map') return keyed(of, constant(STRING, name));
    if (of.type.kind !== 'object') {
      throw new Wrong(span, `${typeText(of.type)} has no field \`${name}\``);
    }
    const { fields } = of.type;
    const type = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (type === undefined) throw unknown(name, Object.keys(fields), span);
    const path = of.path === undefined ? undefined : `${of.path}.${name}`;
    if (path !== undefined && type.kind !== 'object') this.reads.add(path);
    const zero = zeroOf(type);
    return { type, path, run: one(of.run, (value) => entry(asMap(value), name) ?? zero) };
  }

  #index(node: Node, key: Node): Binding {
    const of = this.made(node);
    const at = this.made(key);
    if (of.type.kind === 'map' && at.type.kind === 'string') return keyed(of, at);
    if (of.type.kind !== 'list' || at.type.kind !== 'int') {
      const given = `${typeText(of.type)}[${typeText(at.type)}]`;
      throw new Wrong(key, `${given} is not known`, 'a list takes a number, a map a string');
    }
    const run = two(of.run, at.run, (list, i) => {
      const found = asList(list)[Number(i)];
      return found === undefined ? FAULT : found;
    });
    return { type: of.type.of, run, path: undefined };
  }

  #list(items: readonly Node[]): Binding {
    let of: Type = OPEN;
    const runs = items.map((item) => {
      const { type, run } = this.made(item);
      const shared = common(of, type);
      if (shared === undefined) {
        throw new Wrong(item, `a list of ${typeText(of)} holds no ${typeText(type)}`);
      }
      of = shared;
      return run;
    });
    return { type: listOf(of), path: undefined, run: gathered(runs, (all) => all) };
  }

  #map(entries: readonly (readonly [Node, Node])[]): Binding {
    const keys = entries.map(([key]) => {
      if (key.kind !== 'string') throw new Wrong(key, 'keys of a map are written strings here');
      return key.value;
    });
    if (new Set(keys).size < keys.length) {
      const [first = ['', '']] = [entries.map(([key]) => key)];
      throw new Wrong(first[0] as Span, 'a key stands twice'); // keys.length > 0
    }
    const values = this.#list(entries.map(([, value]) => value));
    const of = values.type.kind === 'list' ? values.type.of : OPEN;
    const run = one(values.run, (all) =>
      Object.fromEntries(keys.map((key, i) => [key, asList(all)[i]])),
    );
    return { type: mapOf(of), path: undefined, run };
  }

  #choice(conditionNode: Node, yesNode: Node, noNode: Node): Binding {
    const condition = this.made(conditionNode);
    if (condition.type.kind !== 'bool') throw notBool(conditionNode, condition.type);
    const [left, right] = [this.made(yesNode), this.made(noNode)];
    const type = common(left.type, right.type);
    if (type === undefined) {
      const given = `${typeText(left.type)} and ${typeText(right.type)}`;
      throw new Wrong(noNode, `both sides of a choice have one type, not ${given}`);
    }
    return { type, path: undefined, run: choice(condition.run, left.run, right.run) };
  }

  #call(call: Call): Binding {
    if (call.of === undefined && call.name === 'has') return this.#has(call);
    if (call.of !== undefined && MACROS.has(call.name)) return this.#macro(call, call.of);
    return this.#function(call);
  }

  #has(call: Call): Binding {
    const [field, second] = call.given;
    if (field?.kind !== 'member' || second !== undefined) {
      throw new Wrong(call, '`has()` takes one field', 'for example `has(call.step)`');
    }
    const of = this.made(field.of);
    // Checks the name and notes what is read.
    const { path } = this.#member(field.of, field.name, field);
    const { name } = field;
    const run =
      of.type.kind === 'map'
        ? one(of.run, (map) => Object.hasOwn(asMap(map), name))
        : one(of.run, (value) => isSet(entry(asMap(value), name)));
    return { type: BOOL, run, path };
  }

  #macro(call: Call, over: Node): Binding {
    const of = this.made(over);
    const [variable, first, second, more] = call.given;
    const isFilteredMap = call.name === 'map' && second !== undefined;
    if (variable?.kind !== 'name' || first === undefined || more !== undefined) {
      const hint = `for example \`tools.${call.name}(t, t == "search")\``;
      throw new Wrong(call, `\`${call.name}\` takes a name and an expression`, hint);
    }
    if (second !== undefined && !isFilteredMap) throw new Wrong(second, 'one expression too many');
    if (of.type.kind !== 'list' && of.type.kind !== 'map') {
      throw new Wrong(over, `\`${call.name}\` goes over lists and maps, not ${typeText(of.type)}`);
    }
    if (this.#locals.length >= MACRO_DEPTH_MAX) {
      throw new Wrong(call, `macros are nested ${MACRO_DEPTH_MAX} deep at most`);
    }
    const place = this.#locals.length;
    this.#locals.push({
      name: variable.name,
      type: of.type.kind === 'list' ? of.type.of : STRING,
    });
    const body = this.made(first);
    const last = second === undefined ? undefined : this.made(second);
    this.#locals.pop();
    const loop = { of: of.run, place, body: body.run };
    if (call.name === 'map') {
      if (last === undefined) {
        return { type: listOf(body.type), path: undefined, run: mapped(loop, undefined) };
      }
      if (body.type.kind !== 'bool') throw notBool(first, body.type);
      const run = mapped({ ...loop, body: last.run }, body.run);
      return { type: listOf(last.type), path: undefined, run };
    }
    if (body.type.kind !== 'bool') throw notBool(first, body.type);
    if (call.name === 'filter') {
      const item: Run = (_, locals) => locals[place];
      const type = of.type.kind === 'list' ? of.type : listOf(STRING);
      return { type, path: undefined, run: mapped({ ...loop, body: item }, body.run) };
    }
    const made = { all, exists, exists_one: existsOne }[call.name];
    if (made === undefined) throw new Wrong(call, `\`${call.name}\` is no macro`);
    return { type: BOOL, path: undefined, run: made(loop) };
  }

  #function(call: Call): Binding {
    const found = Object.hasOwn(FUNCTIONS, call.name) ? FUNCTIONS[call.name] : undefined;
    if (found === undefined) {
      if (call.name === 'matches') {
        const hint = 'use `startsWith`, `contains`, or `like` with `*`';
        throw new Wrong(call, 'regular expressions are not part of this subset', hint);
      }
      throw unknown(call.name, [...Object.keys(FUNCTIONS), 'has', ...MACROS], call);
    }
    const isMethod = call.of !== undefined;
    if (found.form !== 'both' && (found.form === 'method') !== isMethod) {
      const form = isMethod ? `${call.name}(x)` : `x.${call.name}(…)`;
      throw new Wrong(call, `\`${call.name}\` is written \`${form}\``);
    }
    const nodes = call.of === undefined ? call.given : [call.of, ...call.given];
    const given = nodes.map((node) => this.made(node));
    const overload = found.overloads.find(
      ({ takes }) =>
        takes.length === given.length &&
        takes.every((kind, i) => given[i]?.type.kind === kind || given[i]?.type.kind === 'open'),
    );
    const [a, b] = given;
    if (overload === undefined || a === undefined) {
      const types = given.map(({ type }) => typeText(type)).join(', ');
      throw new Wrong(call, `\`${call.name}\` does not take (${types})`);
    }
    const { gives, work, words } = overload;
    const second = nodes[1];
    if (words !== undefined && second !== undefined) checkWords(oneOf(words), second);
    const run =
      b === undefined ? one(a.run, (value) => work(value, undefined)) : two(a.run, b.run, work);
    return { type: gives, path: undefined, run };
  }
}

const constant = (type: Type, value: unknown): Binding => ({
  type,
  path: undefined,
  run: () => value,
});

function keyed(of: Binding, key: Binding): Binding {
  const type = of.type.kind === 'map' ? of.type.of : OPEN;
  const run = two(of.run, key.run, (map, name) => entry(asMap(map), String(name)) ?? FAULT);
  return { type, run, path: undefined };
}

function gathered(runs: readonly Run[], done: (all: readonly unknown[]) => unknown): Run {
  return (values, locals) => {
    const all: unknown[] = [];
    for (const run of runs) {
      const value = run(values, locals);
      if (value === FAULT) return FAULT;
      all.push(value);
    }
    return done(all);
  };
}

const notBool = (span: Span, type: Type): Wrong =>
  new Wrong(span, `true or false is expected here, not ${typeText(type)}`);

function unknown(name: string, known: readonly string[], span: Span): Wrong {
  return new Wrong(span, `\`${name}\` is not known`, `known here: ${[...known].sort().join(', ')}`);
}
