// The admin API in OpenAPI 3.1, from the same routes and schemas that serve it.
import { CODES, yes } from '@signalbox/contract';
import type { JsonObject } from '@signalbox/documents';
import { z } from 'zod';
import { getRoute, NO_QUERY, type Route } from './routes/route.ts';
import { isJsonObject, plainSchema } from './routes/written.ts';

export type AdminOpenApi = Readonly<Record<string, unknown>>;

/** A route that describes the others and itself. */
export function openApiRoute(others: readonly Route[], version: () => string): Route {
  const own: Route = getRoute({
    path: '/admin/v1/openapi.json',
    summary: 'This description',
    query: NO_QUERY,
    answer: z.looseObject({ openapi: z.literal('3.1.0') }),
    serve: async () => yes({ status: 200, body: openApi([...others, own], version()) }),
  });
  return own;
}

export function openApi(routes: readonly Route[], version: string): AdminOpenApi {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = paths[route.path] ?? {};
    path[route.method.toLowerCase()] = operation(route);
    paths[route.path] = path;
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Signalbox admin API', version, license: { name: 'Apache-2.0' } },
    paths,
    components: {
      securitySchemes: {
        adminKey: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'signalbox_session' },
      },
      schemas: { Error: errorSchema() },
    },
    security: [{ adminKey: [] }, { session: [] }],
  };
}

function operation(route: Route): JsonObject {
  const type = route.kind === 'stream' ? 'text/event-stream' : 'application/json';
  const answer = { description: route.summary, content: { [type]: { schema: answerOf(route) } } };
  const body = route.body;
  return {
    summary: route.summary,
    parameters: [...pathParameters(route), ...queryParameters(route), ...headers(route)],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: { [String(route.status)]: answer, default: problem() },
  };
}

const answerOf = (route: Route): JsonObject => plainSchema(route.answer, 'output');

const pathParameters = ({ path }: Route): JsonObject[] =>
  path.includes('{name}')
    ? [{ name: 'name', in: 'path', required: true, schema: { type: 'string' } }]
    : [];

function queryParameters({ query }: Route): JsonObject[] {
  const { properties } = plainSchema(query, 'output');
  if (!isJsonObject(properties)) return [];
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema,
  }));
}

const headers = ({ method }: Route): JsonObject[] =>
  method === 'POST' ? [header('idempotency-key', 'The change happens once under one key.')] : [];

const header = (name: string, description: string): JsonObject => ({
  name,
  in: 'header',
  required: false,
  description,
  schema: { type: 'string' },
});

const problem = (): JsonObject => ({
  description: 'A refusal',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
});

function errorSchema(): JsonObject {
  const text = { type: 'string' };
  const maybe = { type: ['string', 'null'] };
  const error = {
    type: 'object',
    required: ['type', 'code', 'message', 'param', 'hint', 'doc_url', 'request_id', 'decision_id'],
    properties: {
      type: text,
      code: { type: 'string', enum: Object.keys(CODES) },
      message: text,
      param: maybe,
      hint: text,
      doc_url: text,
      request_id: text,
      decision_id: maybe,
    },
  };
  return { type: 'object', required: ['error'], properties: { error } };
}
