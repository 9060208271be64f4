import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configurationJsonSchema, type KeyDocument, NOUNS, validate } from '@signalbox/documents';
import { memberOf } from '../gateway-client.ts';
import { writtenOf } from './key-copy.ts';

const FULL = {
  tenant: 'acme',
  secret: 'env:CI_KEY',
  models: ['small'],
  tiers: [1],
  scopes: ['call', 'explain'],
  budget: { amount_usd: '5', per: 'day' },
  expires: '2040-01-01',
  networks: ['10.0.0.0/8'],
  session: 'one',
  agent: 'scribe',
  subject: 'ada',
  require_session: true,
  policies: ['quiet'],
  tags: { fixed: { team: 'a' }, required: ['feature'] },
};

/** What makes it that key and no other. */
const ITS_OWN = ['id', 'secret_hash', 'secret', 'revoked'];

test('a key that is rotated keeps everything that bounds it', () => {
  const schema: unknown = configurationJsonSchema();
  const known = ['properties', 'keys', 'additionalProperties', 'properties'].reduce(
    memberOf,
    schema,
  );
  const bounds = Object.keys(Object(known)).filter((key) => !ITS_OWN.includes(key));
  assert.equal(bounds.includes('policies'), true);
  const read = validate(NOUNS.keys.schema, FULL);
  assert.ok(read.ok);
  const key: KeyDocument = { name: 'ci', origin: undefined, ...read.value };
  assert.deepEqual(Object.keys(writtenOf(key)).toSorted(), bounds.toSorted());
});
