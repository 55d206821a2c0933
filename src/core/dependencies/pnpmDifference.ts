/**
 * Whether what pnpm has installed is what a lockfile says: it keeps the one that it has installed by, byte for byte.
 *
 * @param modules what `.modules.yaml` says
 * @returns why not, half a sentence
 */
export function pnpmDifference(lockfile: string, installedBy: string, modules: unknown): string | undefined {
  if (lockfile !== installedBy) return 'node_modules was installed by another lockfile there';
  const included: unknown =
    typeof modules === 'object' && modules !== null ? Reflect.get(modules, 'included') : undefined;
  if (typeof included !== 'object' || included === null) return 'node_modules does not say what is in it';
  const left = Object.entries(included).find(([, isIncluded]) => isIncluded !== true);
  return left === undefined ? undefined : `${left[0]} are not installed there`;
}

/** Folders of `node_modules` beneath the project: of its root and its workspaces. */
export function pnpmFolders(lockfile: string): readonly string[] {
  const [, rest = ''] = lockfile.split(/^importers:\r?\n/m);
  const [importers = ''] = rest.split(/^\S/m);
  const names = [...importers.matchAll(/^ {2}(\S.*?):(?: \{\})?\r?$/gm)].map(([, name = '']) =>
    name.replace(/^'(.*)'$/, '$1'),
  );
  return [...new Set(['.', ...names])].map((name) => (name === '.' ? 'node_modules' : `${name}/node_modules`));
}

/** Packages that others need, by the links in `node_modules` that pnpm gives them. */
export function pnpmPlaces(modules: unknown): readonly string[] {
  const said = (key: string): unknown =>
    typeof modules === 'object' && modules !== null ? Reflect.get(modules, key) : undefined;
  const [store, skipped] = [said('virtualStoreDir'), said('skipped')];
  const isOwn = typeof store !== 'string' || /^(?:.*[\\/])?\.pnpm$/.test(store);
  if (!isOwn || !linksEach(modules)) return [];
  const left: readonly unknown[] = Array.isArray(skipped) ? skipped : [];
  return entriesOf(said('hoistedDependencies')).flatMap(([id, aliases]) =>
    left.includes(id)
      ? []
      : entriesOf(aliases).map(([alias, how]) =>
          how === 'public' ? `node_modules/${alias}` : `node_modules/.pnpm/node_modules/${alias}`,
        ),
  );
}

/** Whether each workspace has links of its own to what it asks for; else all is in the root's folder, as npm has it. */
export function linksEach(modules: unknown): boolean {
  return typeof modules !== 'object' || modules === null || Reflect.get(modules, 'nodeLinker') !== 'hoisted';
}

function entriesOf(value: unknown): readonly [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
