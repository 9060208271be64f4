/** Prepares the two files from which npm installs the engine with one binary. */

/**
 * The manifest and the lock file with one binary as a plain dependency and without all that is
 * optional. npm would look for optional entries even where it leaves them out, and a registry that
 * lags behind may not have those of other platforms.
 *
 * A binary that the lock file lacks for that reason is installed in the version of its library,
 * with the digest that the registry states; `pinned` then says false.
 *
 * @param {{ dependencies: Record<string, string> }} manifest
 * @param {{ packages: Record<string, Record<string, unknown>> }} lock
 * @param {string} binary
 */
export function stageFiles(manifest, lock, binary) {
  const path = `node_modules/${binary}`;
  const version = manifest.dependencies['node-llama-cpp'];
  if (version === undefined) throw new Error('tools/engines/package.json lacks node-llama-cpp');
  const dependencies = { ...manifest.dependencies, [binary]: version };
  const plain = Object.entries(lock.packages)
    .filter(([, entry]) => entry['optional'] !== true)
    .map(([name, { optionalDependencies, ...rest }]) => [name, rest]);
  const { optional, ...entry } = lock.packages[path] ?? { version };
  const root = { ...lock.packages[''], dependencies };
  const packages = { ...Object.fromEntries(plain), '': root, [path]: entry };
  return {
    manifest: { ...manifest, dependencies },
    lock: { ...lock, packages },
    pinned: 'integrity' in entry,
  };
}
