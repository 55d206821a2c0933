/** A Cargo.toml of a package, as far as it says what it is made of and what `cargo run` starts. */
export interface CargoManifest {
  readonly name: string;
  /** By name, what is said of it; those of tests and of build scripts are not among them. */
  readonly dependencies: ReadonlyMap<string, string>;
  /** Programs that it names itself. Those that Cargo finds by their places are not among them. */
  readonly programs: readonly string[];
  /** Where these lie, of those of which it says so: relative to the package, with slashes. */
  readonly programPaths: readonly string[];
  /** Which of several is run. */
  readonly defaultRun: string | undefined;
  /** Whether Cargo looks for programs by their places as well. */
  readonly looksForPrograms: boolean;
}

const header = /^\[\[?([^\]]+)\]\]?\s*(?:#.*)?$/;
const tableOfAll = /^(?:target\..+\.)?dependencies$/;
const tableOfOne = /^(?:target\..+\.)?dependencies\.["']?([\w-]+)["']?$/;

/**
 * Reads the forms in which Cargo takes a dependency: `axum = "0.8"`, also over several lines, `axum.workspace = true`, and a table
 * `[dependencies.axum]`, which is how a published crate has it.
 *
 * @returns undefined: it is none of a package
 */
export function cargoManifest(text: string): CargoManifest | undefined {
  const dependencies = new Map<string, string>();
  const said = new Map<string, string[]>();
  const programs: string[] = [];
  let table = '';
  let dependency: string | undefined;
  const programPaths: string[] = [];
  for (const line of text.split('\n')) {
    if (/^\s*#/.test(line)) continue;
    const opened = header.exec(line.trim())?.[1]?.trim();
    if (opened !== undefined) {
      table = opened;
      dependency = tableOfOne.exec(table)?.[1];
      if (dependency !== undefined) dependencies.set(dependency, '');
      said.set(table, said.get(table) ?? []);
      continue;
    }
    if (tableOfAll.test(table)) {
      dependency = /^\s*["']?([\w-]+)["']?\s*(?:\.\s*\w+\s*)?=/.exec(line)?.[1] ?? dependency;
      if (dependency !== undefined && !dependencies.has(dependency)) dependencies.set(dependency, '');
    }
    if (dependency !== undefined) dependencies.set(dependency, `${dependencies.get(dependency) ?? ''}${line}\n`);
    const [, key, value] = table === 'bin' ? (/^\s*(name|path)\s*=\s*["']([^"']+)["']/.exec(line) ?? []) : [];
    if (value !== undefined) (key === 'name' ? programs : programPaths).push(value);
    said.get(table)?.push(line);
  }
  const own = said.get('package')?.join('\n');
  if (own === undefined) return undefined;
  const valueOf = (key: string): string | undefined =>
    new RegExp(`^[ \\t]*${key}\\s*=\\s*["']?([\\w-]+)`, 'm').exec(own)?.[1];
  return {
    name: valueOf('name') ?? '',
    dependencies,
    programs,
    programPaths,
    defaultRun: valueOf('default-run'),
    looksForPrograms: valueOf('autobins') !== 'false',
  };
}
