import { commandWord } from '../../core/text/commandWord';
import { cargoManifest, type CargoManifest } from './cargoManifest';
import { literal } from './shared/literal';
import { baseName, inFolder } from './shared/paths';
import type { Candidate } from './shared/candidate';
import { has, isUnder, textOf, type RepositoryFacts } from './facts';

const servers = ['actix-web', 'axum', 'rocket', 'warp', 'poem', 'tide', 'salvo', 'hyper'];

/** `"0.0.0.0:8080"`, `("0.0.0.0", 8080)`, `([0, 0, 0, 0], 8080)`. */
const fixedPorts: readonly RegExp[] = [
  /"(?:[\d.]+|localhost|\[[\d:]+\]):(\d{2,5})"/,
  /\(\s*(?:"[\d.]+"|\[[\d,\s]+\])\s*,\s*(\d{2,5})\s*\)/,
];

/** What a package of Rust says of the server that it is; undefined: it is none. Seen with Cargo 1.95. */
export function rustService(facts: RepositoryFacts, folder: string): Candidate | undefined {
  const manifest = cargoManifest(textOf(facts, folder, 'Cargo.toml') ?? '');
  if (!manifest || !servers.some((name) => manifest.dependencies.has(name))) return undefined;
  // The program of a window: what its page asks it goes through no port that others reach.
  if (manifest.dependencies.has('tauri')) return undefined;
  const program = programOf(facts, folder, manifest);
  if (!program) return undefined;
  const text = rustSource(facts, folder);
  const variable = manifest.dependencies.has('rocket') ? 'ROCKET_PORT' : ownVariable(manifest.name, text);
  const heeds = variable !== undefined || text.includes('"PORT"');
  // What stands for the variable where nobody gives it.
  const standard = new RegExp(`"${variable ?? 'PORT'}"[^;]{0,120}?\\b(\\d{4,5})\\b`);
  const fixed = [standard, ...fixedPorts].flatMap((pattern) => pattern.exec(text)?.[1] ?? [])[0];
  return {
    ...{ name: folder === '.' ? 'api' : baseName(folder), folder, role: 'api', kind: 'Rust', command: program.command },
    port: Number(fixed ?? 8000),
    ...(variable === undefined ? {} : { env: { [variable]: '$(PORT)' } }),
    guesses: {
      ...(program.isGuessed ? { command: 'the package has several programs' } : {}),
      ...(heeds ? {} : { port: 'let it listen on the port that PORT says' }),
    },
  };
}

/** What starts the package. `cargo run` alone does not choose among several programs; undefined: it is a library, and has none. */
function programOf(
  facts: RepositoryFacts,
  folder: string,
  { name, programs, programPaths, defaultRun, looksForPrograms }: CargoManifest,
): { readonly command: string; readonly isGuessed: boolean } | undefined {
  const start = inFolder(folder, 'src/bin/');
  // A file that is one program by name is not another one by its place.
  const isNamed = (path: string): boolean => programPaths.some((each) => inFolder(folder, each) === path);
  const placed = [...facts.paths].flatMap((path) => {
    if (!path.startsWith(start) || isNamed(path)) return [];
    return /^([\w-]+)(?:\.rs|\/main\.rs)$/.exec(path.slice(start.length))?.[1] ?? [];
  });
  const found = [
    ...(has(facts, folder, 'src/main.rs') && !isNamed(inFolder(folder, 'src/main.rs')) ? [name] : []),
    ...placed,
  ];
  const all = [...new Set([...programs, ...(looksForPrograms ? found : [])])];
  const [only] = all;
  if (only === undefined) return undefined;
  if (all.length === 1 || defaultRun !== undefined) return { command: 'cargo run', isGuessed: false };
  const likely = all.find((each) => each === name) ?? all.find((each) => /server|api|web|serve/.test(each)) ?? only;
  return { command: `cargo run --bin ${commandWord(literal(likely))}`, isGuessed: true };
}

/** Its sources one after the other, that of its main function first. */
export function rustSource({ texts }: RepositoryFacts, folder: string): string {
  const start = folder === '.' ? 'src/' : `${folder}/src/`;
  const found = [...texts].filter(([path]) => path.startsWith(start) && path.endsWith('.rs'));
  return found
    .toSorted(([one], [other]) => Number(other === `${start}main.rs`) - Number(one === `${start}main.rs`))
    .map(([, text]) => text)
    .join('\n');
}

/**
 * Whether its queries are checked against the database when it is compiled: SQLx does that where it finds no answers that were kept
 * (docs.rs/sqlx/latest/sqlx/macro.query.html).
 */
export function asksWhenCompiled(facts: RepositoryFacts, folder: string): boolean {
  const kept = isUnder(facts, folder, '.sqlx') || has(facts, folder, 'sqlx-data.json');
  return !kept && /\bquery(?:_as|_scalar|_file\w*)?!\s*[({]/.test(rustSource(facts, folder));
}

/** A variable of an argument of clap's, such as DUFS_PORT of dufs: one that is the server's own, and not that of a database. */
function ownVariable(name: string, text: string): string | undefined {
  const own = ['APP', 'SERVER', 'HTTP', 'WEB', 'API', 'LISTEN', name.toUpperCase().replaceAll('-', '_')];
  return [...text.matchAll(/\benv\s*=\s*"(\w+)_PORT"/g)].flatMap(([, prefix = '']) =>
    own.includes(prefix) ? [`${prefix}_PORT`] : [],
  )[0];
}
