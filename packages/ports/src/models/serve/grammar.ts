// Writes a grammar (GBNF) that admits exactly the compact JSON which follows a JSON Schema, so that
// the engine cannot answer otherwise. Own code, because the engine's writer makes every property
// required, warns on the console and pads with line breaks that small models run away in.
//
// Obeyed: type (one or several), properties, required, additionalProperties of objects without
// properties, items, minItems, maxItems, minLength, maxLength, enum, const, anyOf, oneOf (read as
// anyOf), allOf of one, $ref within the document. Other keywords that would narrow the answer are
// refused in strict mode and ignored otherwise; a schema then promises less than it says, and the
// README says so.

import { arrayRule, literal, objectRule, PRIMITIVES, type Property } from './grammar-rules.ts';
import { isList, isObject, isText, type JsonObject } from './json.ts';
import { badRequest, no, type Refusal, type Result, yes } from './refusal.ts';

const NODES_MAX = 4_000;
const DEPTH_MAX = 64;
/** The engine refuses grammars that repeat more often than this. */
const REPETITIONS_MAX = 2_000;

const UNSUPPORTED = [
  ...['pattern', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['uniqueItems', 'contains', 'prefixItems', 'patternProperties', 'propertyNames', 'not', 'if'],
  ...['minProperties', 'maxProperties', 'dependentRequired', 'dependentSchemas'],
];

/** Two of these at one place must both hold, which one rule of a grammar cannot say. */
const SHAPES = ['$ref', 'anyOf', 'oneOf', 'allOf', 'enum', 'const', 'properties', 'items'];

export type SchemaRequest = {
  readonly schema: unknown;
  /** Whether a keyword that cannot be obeyed is a refusal. */
  readonly strict: boolean;
  /** The field of the request that holds the schema. */
  readonly param: string;
};

export type ToolShape = {
  readonly name: string;
  readonly parameters: unknown;
  readonly strict: boolean;
};

/** A grammar for one value of the schema, and nothing around it. */
export function grammarForSchema(request: SchemaRequest): Result<string> {
  const writer = new SchemaWriter();
  const root = writer.write(request);
  if (!root.ok) return root;
  return yes(writer.grammar(root.value));
}

/** A grammar for any JSON object. */
export function grammarForObject(): string {
  return new SchemaWriter().grammar('object');
}

/** A grammar for one call of one of the tools, with the mark that closes it. */
export function grammarForCall(tools: readonly ToolShape[], closingMark: string): Result<string> {
  const writer = new SchemaWriter();
  const calls: string[] = [];
  for (const { name, parameters, strict } of tools) {
    const schema = parameters ?? { type: 'object', properties: {} };
    const param = `tools.${name}.parameters`;
    if (!isObject(schema) || schema['type'] !== 'object') {
      return no(badRequest('schema_unsupported', 'parameters must be of type object', param));
    }
    const given = writer.write({ schema, strict, param });
    if (!given.ok) return given;
    const head = literal(`{"name": ${JSON.stringify(name)}, "arguments": `);
    calls.push(`${head} ${given.value} "}"`);
  }
  const body = `( ${calls.join(' | ')} )`;
  return yes(writer.grammar(`break ${body} break ${literal(closingMark)}`));
}

type Place = SchemaRequest & { readonly depth: number; readonly document: unknown };

class SchemaWriter {
  readonly #rules: string[] = [];
  readonly #named = new Map<unknown, string>();
  #nodes = 0;

  /** The name of the rule for a schema, once its rules are written. */
  write(request: SchemaRequest): Result<string> {
    return this.#rule({ ...request, depth: 0, document: request.schema });
  }

  /** Names the rule before its body is written: a schema may refer to itself. */
  #rule(place: Place): Result<string> {
    const known = isObject(place.schema) ? this.#named.get(place.schema) : undefined;
    if (known !== undefined) return yes(known);
    this.#nodes += 1;
    if (this.#nodes > NODES_MAX || place.depth > DEPTH_MAX) {
      return no(badRequest('schema_too_large', 'the schema is too large', place.param));
    }
    const name = `r${this.#nodes}`;
    if (isObject(place.schema)) this.#named.set(place.schema, name);
    const text = this.#body(place);
    if (!text.ok) return text;
    this.#rules.push(`${name} ::= ${text.value}`);
    return yes(name);
  }

  #body(place: Place): Result<string> {
    const { schema } = place;
    if (schema === true) return yes('value');
    if (!isObject(schema)) return no(unfit(place, 'holds something that is no schema'));
    const unsupported = place.strict ? UNSUPPORTED.find((key) => key in schema) : undefined;
    if (unsupported !== undefined) return no(unfit(place, `uses ${unsupported}`));
    const shapes = SHAPES.filter((key) => key in schema);
    if (place.strict && shapes.length > 1) {
      return no(unfit(place, `uses ${shapes.join(' and ')} at one place`));
    }
    if (isText(schema['$ref'])) return this.#reference(place, schema['$ref']);
    if ('const' in schema) return yes(literal(JSON.stringify(schema['const'])));
    if (isList(schema['enum'])) return this.#choices(place, schema['enum']);
    const { anyOf, oneOf, allOf } = schema;
    if (isList(anyOf)) return this.#alternatives(place, anyOf);
    if (isList(oneOf)) return this.#alternatives(place, oneOf);
    if (isList(allOf)) {
      if (allOf.length !== 1) return no(unfit(place, 'uses allOf of several'));
      return this.#rule(inside(place, allOf[0]));
    }
    return this.#typed(place, schema);
  }

  #typed(place: Place, schema: JsonObject): Result<string> {
    const { type } = schema;
    if (isList(type)) {
      return this.#alternatives(
        place,
        type.map((one) => ({ ...schema, type: one })),
      );
    }
    if (type === 'object' || (type === undefined && 'properties' in schema)) {
      return this.#object(place, schema);
    }
    if (type === 'array' || (type === undefined && 'items' in schema)) {
      return this.#array(place, schema);
    }
    if (type === 'string') return this.#string(place, schema);
    if (type === undefined) return yes('value');
    const primitive = ['number', 'integer', 'boolean', 'null'].find((known) => known === type);
    if (primitive === undefined) return no(unfit(place, 'names a type that JSON does not have'));
    return yes(primitive);
  }

  #object(place: Place, schema: JsonObject): Result<string> {
    const { properties, required, additionalProperties } = schema;
    if (!isObject(properties)) return this.#looseObject(place, additionalProperties);
    const names = isList(required) ? required : [];
    const members: Property[] = [];
    for (const [name, inner] of Object.entries(properties)) {
      const value = this.#rule(inside(place, inner));
      if (!value.ok) return value;
      members.push({ name, value: value.value, required: names.includes(name) });
    }
    const missing = names.find((name) => !isText(name) || !Object.hasOwn(properties, name));
    if (missing !== undefined) return no(unfit(place, 'requires a property it does not describe'));
    this.#nodes += 1;
    return yes(objectRule(`o${this.#nodes}`, members, this.#rules));
  }

  #looseObject(place: Place, values: unknown): Result<string> {
    if (values === false) return yes('"{}"');
    if (!isObject(values)) return yes('object');
    const value = this.#rule(inside(place, values));
    if (!value.ok) return value;
    const member = `string ":" space ${value.value}`;
    return yes(`"{" ( ${member} ( "," space ${member} )* )? "}"`);
  }

  #array(place: Place, schema: JsonObject): Result<string> {
    const range = rangeOf(schema, 'minItems', 'maxItems');
    if (range === undefined) return no(unfit(place, 'has bounds that cannot be kept'));
    const { items } = schema;
    const item = items === undefined ? yes('value') : this.#rule(inside(place, items));
    if (!item.ok) return item;
    return yes(arrayRule(item.value, range.min, range.max));
  }

  #string(place: Place, schema: JsonObject): Result<string> {
    const range = rangeOf(schema, 'minLength', 'maxLength');
    if (range === undefined) return no(unfit(place, 'has bounds that cannot be kept'));
    if (range.min === 0 && range.max === undefined) return yes('string');
    return yes(`"\\"" char{${range.min},${range.max ?? ''}} "\\""`);
  }

  #choices(place: Place, values: readonly unknown[]): Result<string> {
    if (values.length === 0 || values.length > NODES_MAX) return no(unfit(place, 'has a bad enum'));
    return yes(values.map((value) => literal(JSON.stringify(value))).join(' | '));
  }

  #alternatives(place: Place, schemas: readonly unknown[]): Result<string> {
    const names: string[] = [];
    for (const schema of schemas) {
      const name = this.#rule(inside(place, schema));
      if (!name.ok) return name;
      names.push(name.value);
    }
    if (names.length === 0) return no(unfit(place, 'offers no alternative'));
    return yes(names.join(' | '));
  }

  #reference(place: Place, pointer: string): Result<string> {
    const target = resolvePointer(place.document, pointer);
    if (target === undefined) return no(unfit(place, 'refers to a place outside itself'));
    return this.#rule(inside(place, target));
  }

  grammar(root: string): string {
    return [`root ::= ${root}`, ...this.#rules, ...PRIMITIVES].join('\n');
  }
}

function inside(place: Place, schema: unknown): Place {
  return { ...place, schema, depth: place.depth + 1 };
}

function unfit(place: Place, what: string): Refusal {
  return badRequest('schema_unsupported', `the schema ${what}`, place.param);
}

/** Undefined when the bounds contradict each other or are more than the engine can count. */
function rangeOf(
  schema: JsonObject,
  minName: string,
  maxName: string,
): { readonly min: number; readonly max: number | undefined } | undefined {
  const min = schema[minName] ?? 0;
  const max = schema[maxName];
  if (!isBound(min) || (max !== undefined && (!isBound(max) || max < min))) return undefined;
  return { min, max };
}

function isBound(value: unknown): value is number {
  return (
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= REPETITIONS_MAX
  );
}

/** A JSON pointer within the document, as `#`, `#/$defs/name` and the like. */
function resolvePointer(document: unknown, pointer: string): unknown {
  if (!pointer.startsWith('#')) return undefined;
  const steps = pointer.slice(1).split('/').slice(1);
  let at: unknown = document;
  for (const step of steps) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (!isObject(at) || !Object.hasOwn(at, key)) return undefined;
    at = at[key];
  }
  return at;
}
