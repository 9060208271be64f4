// Structured output, both ways: where servers of this dialect look for it.
import type { Dropped, Format, Json, JsonObject } from '../../canon/canon.ts';
import type { WriteQuirks } from '../../canon/codec.ts';
import { isObject, listIn, member, textIn } from '../../canon/exact.ts';
import type { Body } from './body.ts';
import type { Fields } from './fields.ts';

/** The tool through which a server without formats is asked; its call is read as the answer. */
export const ANSWER_TOOL = 'signalbox_answer';
/** The reference wants a name. */
const SCHEMA_NAME = 'answer';

export type ReadFormat = {
  readonly format?: Format;
  /** Fields of the body that were read; what is left of them is kept with the rest. */
  readonly read: readonly string[];
};

/** The first of the fields that say it. */
export function readFormat(body: JsonObject, fields: Fields): ReadFormat {
  const said = fields.object(body, 'response_format');
  const format = said === undefined ? undefined : responseFormat(said, fields);
  if (format !== undefined) return { format, read: ['response_format'] };
  const structured = constraint(member(body, 'structured_outputs'), '');
  if (structured !== undefined) return { format: structured, read: ['structured_outputs'] };
  const guided = constraint(body, 'guided_');
  if (guided !== undefined) return { format: guided, read: GUIDED };
  const grammar = fields.text(body, 'grammar');
  if (grammar !== undefined) return { format: { kind: 'grammar', grammar }, read: ['grammar'] };
  const schema = member(body, 'json_schema');
  return isObject(schema)
    ? { format: { kind: 'schema', schema }, read: ['json_schema'] }
    : { read: [] };
}

const GUIDED = ['guided_json', 'guided_regex', 'guided_choice', 'guided_grammar'];

function responseFormat(said: JsonObject, fields: Fields): Format | undefined {
  const where = 'response_format';
  switch (fields.text(said, 'type', where)) {
    case undefined:
      return fields.bad(`${where}.type`, 'must be a string');
    case 'text':
      return { kind: 'text' };
    case 'json_object': {
      const schema = member(said, 'schema');
      return isObject(schema) ? { kind: 'schema', schema } : { kind: 'json' };
    }
    case 'json_schema':
      return schemaFormat(said, fields);
    case 'grammar': {
      const grammar = textIn(said, 'grammar');
      return grammar === undefined ? undefined : { kind: 'grammar', grammar };
    }
    case 'regex': {
      const pattern = textIn(said, 'pattern') ?? textIn(said, 'value');
      return pattern === undefined ? undefined : { kind: 'regex', pattern };
    }
    default:
      return undefined;
  }
}

function schemaFormat(said: JsonObject, fields: Fields): Format | undefined {
  const where = 'response_format.json_schema';
  const inner = fields.object(said, 'json_schema', 'response_format');
  // Some write the schema beside the type.
  const schema = member(inner, 'schema') ?? member(said, 'schema');
  if (schema === undefined) return fields.bad(`${where}.schema`, 'is missing');
  const name = fields.text(inner, 'name', where);
  const description = fields.text(inner, 'description', where);
  const strict = fields.flag(inner, 'strict', where);
  return {
    kind: 'schema',
    schema,
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(strict === undefined ? {} : { strict }),
  };
}

/** `json`, `regex`, `choice` or `grammar`, under a prefix. */
function constraint(from: Json | undefined, prefix: string): Format | undefined {
  const json = member(from, `${prefix}json`);
  const schema = typeof json === 'string' ? undefined : json;
  if (isObject(schema)) return { kind: 'schema', schema };
  const pattern = textIn(from, `${prefix}regex`);
  if (pattern !== undefined) return { kind: 'regex', pattern };
  const grammar = textIn(from, `${prefix}grammar`);
  if (grammar !== undefined) return { kind: 'grammar', grammar };
  const choices = listIn(from, `${prefix}choice`)?.filter((one) => typeof one === 'string');
  return choices === undefined ? undefined : { kind: 'choice', choices };
}

/** @returns whether the answer must come through `ANSWER_TOOL`, and by which schema. */
export function writeFormat(
  format: Format,
  body: Body,
  to: { readonly quirks: WriteQuirks; readonly dropped: Dropped },
): Json | undefined {
  const { quirks, dropped } = to;
  const field = quirks.schemaField ?? 'response_format';
  switch (format.kind) {
    case 'text':
      if (field === 'response_format') body['response_format'] = { type: 'text' };
      return undefined;
    case 'json':
      if (field === 'tool') return { type: 'object' };
      if (field === 'none') dropped.add('format');
      else if (field === 'format') body['format'] = 'json';
      else body['response_format'] = { type: 'json_object' };
      return undefined;
    case 'schema':
      return writeSchema(format, body, to);
    default:
      if (!writeGrammar(format, body, quirks)) dropped.add(`format.${format.kind}`);
      return undefined;
  }
}

type Schema = Extract<Format, { kind: 'schema' }>;

function writeSchema(
  format: Schema,
  body: Body,
  { quirks, dropped }: { readonly quirks: WriteQuirks; readonly dropped: Dropped },
): Json | undefined {
  const { schema, name, description, strict } = format;
  switch (quirks.schemaField) {
    case 'tool':
      return schema;
    case 'none':
      dropped.add('format');
      return undefined;
    case 'structured_outputs':
      body['structured_outputs'] = { json: schema };
      return undefined;
    case 'format':
    case 'json_schema':
      body[quirks.schemaField] = schema;
      return undefined;
    default:
      body['response_format'] = {
        type: 'json_schema',
        json_schema: {
          name: name ?? SCHEMA_NAME,
          ...(description === undefined ? {} : { description }),
          ...(strict === undefined ? {} : { strict }),
          schema,
        },
      };
      return undefined;
  }
}

type Grammar = Extract<Format, { kind: 'grammar' | 'regex' | 'choice' }>;

function writeGrammar(format: Grammar, body: Body, quirks: WriteQuirks): boolean {
  const field = quirks.grammarField ?? 'grammar';
  if (field === 'none') return false;
  if (field === 'structured_outputs') {
    body['structured_outputs'] = structured(format);
    return true;
  }
  if (format.kind === 'regex') return false;
  body['grammar'] = format.kind === 'grammar' ? format.grammar : oneOf(format.choices);
  return true;
}

function structured(format: Grammar): Json {
  switch (format.kind) {
    case 'grammar':
      return { grammar: format.grammar };
    case 'regex':
      return { regex: format.pattern };
    case 'choice':
      return { choice: format.choices };
  }
}

/** GBNF of one text out of several. Its strings escape as those of JSON do. */
const oneOf = (choices: readonly string[]): string =>
  `root ::= ${choices.map((one) => JSON.stringify(one)).join(' | ')}`;
