/**
 * Whether what Yarn 2 and newer has written down of a `node_modules` (`.yarn-state.yml`) is what a lockfile says. What a lockfile gives
 * conditions for may be missing.
 *
 * @returns why not, half a sentence
 */
export function yarnDifference(lockfile: string, state: string): string | undefined {
  const wanted = new Map(
    lockfile.split(/\r?\n\r?\n/).flatMap((entry) => {
      const locator = /^ {2}resolution: "([^"]+)"/m.exec(entry)?.[1];
      return locator === undefined ? [] : [[locator, /^ {2}conditions: /m.test(entry)] as const];
    }),
  );
  if (wanted.size === 0) return 'yarn.lock does not say what is installed';
  const there = new Set(
    [...state.matchAll(/^"?([^\s"][^"\n]*?)"?:\r?$/gm)].map(([, key = '']) => key.replace(/virtual:[0-9a-f]+#/, '')),
  );
  there.delete('__metadata');
  const missing = [...wanted].find(([locator, isConditional]) => !isConditional && !there.has(locator));
  if (missing) return `${missing[0]} is not installed there`;
  const more = [...there].find((locator) => !wanted.has(locator));
  return more === undefined ? undefined : `${more} is installed there and not in the lockfile`;
}

/** Where Yarn 2 and newer has written down that packages are. */
export function yarnPlaces(state: string): readonly string[] {
  return [...state.matchAll(/^ {4}- "([^"\n]+)"\r?$/gm)].map(([, place = '']) => place);
}

/**
 * The same for Yarn 1 (`.yarn-integrity`), which says for which system it was as well.
 *
 * @param system as it writes it, without the version of Node.js: `linux-x64`
 */
export function yarnClassicDifference(lockfile: string, integrity: unknown, system: string): string | undefined {
  const [entries, made] = ['lockfileEntries', 'systemParams'].map((key): unknown =>
    typeof integrity === 'object' && integrity !== null ? Reflect.get(integrity, key) : undefined,
  );
  if (typeof entries !== 'object' || entries === null) return 'node_modules does not say what is in it';
  if (typeof made !== 'string' || !made.startsWith(`${system}-`)) return 'node_modules is for another system';
  const there = Object.entries(entries).map(([pattern, resolved]) => `${pattern} ${String(resolved)}`);
  const wanted = lockfile.split(/\r?\n\r?\n/).flatMap((entry) => {
    const [, names = ''] = /^(\S.*):\r?$/m.exec(entry) ?? [];
    const resolved = /^ {2}resolved "([^"]+)"/m.exec(entry)?.[1];
    if (names === '' || resolved === undefined) return [];
    return names.split(', ').map((name) => `${name.replace(/^"(.*)"$/, '$1')} ${resolved}`);
  });
  const differs = wanted.length !== there.length || wanted.some((each) => !there.includes(each));
  return differs ? 'node_modules was installed by another lockfile there' : undefined;
}

/** Folders of `node_modules` beneath the project that a lockfile of Yarn 2 and newer tells of. */
export function yarnFolders(lockfile: string): readonly string[] {
  const places = [...lockfile.matchAll(/^ {2}resolution: "[^"]+@workspace:([^"]+)"/gm)].map(([, place = '']) => place);
  return [...new Set(['.', ...places])].map((place) => (place === '.' ? 'node_modules' : `${place}/node_modules`));
}
