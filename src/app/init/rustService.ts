import { baseName } from './shared/paths';
import type { Candidate } from './shared/candidate';
import { textOf, type RepositoryFacts } from './facts';

const servers = /^\s*"?(?:actix-web|axum|rocket|warp|poem|tide|salvo|hyper)"?\s*(?:=|\.)/m;

/** `"0.0.0.0:8080"`, `("0.0.0.0", 8080)`, `([0, 0, 0, 0], 8080)`. */
const fixedPorts: readonly RegExp[] = [
  /"(?:[\d.]+|localhost|\[[\d:]+\]):(\d{2,5})"/,
  /\(\s*(?:"[\d.]+"|\[[\d,\s]+\])\s*,\s*(\d{2,5})\s*\)/,
];

/** What a package of Rust says of the server that it is; undefined: it is none. Seen with Cargo 1.95. */
export function rustService(facts: RepositoryFacts, folder: string): Candidate | undefined {
  const manifest = textOf(facts, folder, 'Cargo.toml') ?? '';
  if (!servers.test(manifest) || !/^\[package\]/m.test(manifest)) return undefined;
  const text = sourceOf(facts, folder);
  const variable = /^\s*rocket\b/m.test(manifest) ? 'ROCKET_PORT' : ownVariable(manifest, text);
  const heeds = variable !== undefined || text.includes('"PORT"');
  // What stands for the variable where nobody gives it.
  const standard = new RegExp(`"${variable ?? 'PORT'}"[^;]{0,120}?\\b(\\d{4,5})\\b`);
  const fixed = [standard, ...fixedPorts].flatMap((pattern) => pattern.exec(text)?.[1] ?? [])[0];
  return {
    ...{ name: folder === '.' ? 'api' : baseName(folder), folder, role: 'api', kind: 'Rust', command: 'cargo run' },
    port: Number(fixed ?? 8000),
    ...(variable === undefined ? {} : { env: { [variable]: '$(PORT)' } }),
    guesses: heeds ? {} : { port: 'let it listen on the port that PORT says' },
  };
}

/** Its sources one after the other, that of its main function first. */
function sourceOf({ texts }: RepositoryFacts, folder: string): string {
  const start = folder === '.' ? 'src/' : `${folder}/src/`;
  const found = [...texts].filter(([path]) => path.startsWith(start) && path.endsWith('.rs'));
  return found
    .toSorted(([one], [other]) => Number(other === `${start}main.rs`) - Number(one === `${start}main.rs`))
    .map(([, text]) => text)
    .join('\n');
}

/** A variable of an argument of clap's, such as DUFS_PORT of dufs: one that is the server's own, and not that of a database. */
function ownVariable(manifest: string, text: string): string | undefined {
  const [, name = ''] = /^\s*name\s*=\s*"([\w-]+)"/m.exec(manifest) ?? [];
  const own = ['APP', 'SERVER', 'HTTP', 'WEB', 'API', 'LISTEN', name.toUpperCase().replaceAll('-', '_')];
  return [...text.matchAll(/\benv\s*=\s*"(\w+)_PORT"/g)].flatMap(([, prefix = '']) =>
    own.includes(prefix) ? [`${prefix}_PORT`] : [],
  )[0];
}
