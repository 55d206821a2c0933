import { textOf, type RepositoryFacts } from './facts';
import { inFolder } from './shared/paths';

/** The text of a package's configuration of drizzle-kit; empty: it has none. */
export function drizzleConfig(facts: RepositoryFacts, folder: string): string {
  const names = ['drizzle.config.ts', 'drizzle.config.js', 'drizzle.config.mjs'];
  return names.map((name) => textOf(facts, folder, name)).find((text) => text !== undefined) ?? '';
}

/** Where drizzle-kit has put what it generates; without it "migrate" ends with an error, and "push" makes the tables from the schema. */
export function drizzleMigrations(facts: RepositoryFacts, folder: string): string | undefined {
  const [, out = 'drizzle'] = /\bout\s*:\s*['"`](?:\.\/)?([^'"`]+?)\/?['"`]/.exec(drizzleConfig(facts, folder)) ?? [];
  const places = [out, 'drizzle', 'migrations', 'src/db/migrations', 'db/migrations'].map((place) =>
    inFolder(folder, place),
  );
  return places.find((place) => [...facts.paths].some((path) => path.endsWith('.sql') && path.startsWith(`${place}/`)));
}

/** Whether a push asks a person each time. */
export function isStrict(config: string): boolean {
  return /\bstrict\s*:\s*true\b/.test(config);
}
