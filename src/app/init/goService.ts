import { commandWord } from '../../core/text/commandWord';
import { isFrontName, type Candidate } from './shared/candidate';
import { readDockerfile } from './shared/dockerfile';
import { foldersWith, textOf, type RepositoryFacts } from './facts';
import { literal } from './shared/literal';
import { baseName, isBelow } from './shared/paths';

interface GoService {
  readonly candidate: Candidate;
  readonly setup: readonly string[];
}

/** What a module of Go says of the program that it is; undefined: it has none. Seen with Go 1.25 and templ 0.3. */
export function goService(facts: RepositoryFacts, folder: string): GoService | undefined {
  const start = folder === '.' ? '' : `${folder}/`;
  // What has a go.mod of its own is no part of this one.
  const modules = foldersWith(facts, 'go.mod').filter((each) => isBelow(each, folder));
  const isOwn = (path: string): boolean =>
    path.startsWith(start) && !modules.some((each) => path.startsWith(`${each}/`));
  const sources = [...facts.texts].filter(([path]) => path.endsWith('.go') && isOwn(path));
  const mains = sources.filter(([, text]) => /^package main\b/m.test(text));
  const servers = mains.filter(([, text]) =>
    /ListenAndServe|\.Run\(|\.Listen\(|\.Start\(|net\.Listen|gin\.|echo\.|fiber\.|chi\./.test(text),
  );
  const [path, text] = servers[0] ?? mains[0] ?? [];
  if (path === undefined || text === undefined) return undefined;
  const place = path.slice(start.length).replace(/\/?[^/]+$/, '');
  const program = place === '' ? '.' : commandWord(literal(`./${place}`));
  const command = `go run ${program}`;
  // Where its main function says nothing, its image or its Procfile may.
  const [exposed] = readDockerfile(textOf(facts, folder, 'Dockerfile') ?? '').ports;
  const isWeb = folder === '.' && /^web:/m.test(textOf(facts, '.', 'Procfile') ?? '');
  const isServer = servers.length > 0 || exposed !== undefined || isWeb;
  const isSite = folder !== '.' && isFrontName(baseName(folder));
  // A package of the program's own often makes the server. Another program is not this one.
  const parts = sources.filter((each) => !mains.includes(each)).map(([, part]) => part);
  const heeds = [text, ...parts].some((each) => /(?:Getenv|LookupEnv)\("PORT"\)|\benv:"PORT\b/.test(each));
  const [, fixed] = /["'](?:[\w.]*):(\d{2,5})["']/.exec(text) ?? [];
  const manifest = textOf(facts, folder, 'go.mod') ?? '';
  const asksForTls = /^[ \t]*(?:require )?github\.com\/lib\/pq\b/m.test(manifest);
  const why = heeds || isWeb ? {} : { port: 'let it listen on the port that PORT says' };
  const at = folder === '.' ? '' : ` -C ${commandWord(folder)}`;
  return {
    candidate: {
      ...{ name: folder === '.' ? (isServer ? 'api' : 'app') : baseName(folder), folder },
      ...{ role: isServer ? (isSite ? 'web' : 'api') : 'worker', kind: 'Go', command },
      ...(isServer ? { port: Number(fixed ?? exposed ?? 8080) } : {}),
      ...(asksForTls ? { env: { PGSSLMODE: 'disable' } } : {}),
      guesses: {
        ...(asksForTls ? { env: tls } : {}),
        ...(isServer ? why : { port: 'no server was found in it; where it is one, give it a port' }),
      },
    },
    setup: [
      ...generated(facts, manifest, isOwn, at),
      // What is compiled while a service starts is in the time that it has for that: the first time it is all that it needs.
      // `go list -export` compiles into Go's own cache, and writes no program anywhere.
      `go list${at} -export ${program}`,
    ],
  };
}

const tls = 'lib/pq asks for TLS unless it is told otherwise, and the database that Coppice starts has none';

/** Sources that are made of others, and that git ignores: no worktree has them (templ.guide/quick-start/installation). */
function generated(
  { paths }: RepositoryFacts,
  manifest: string,
  isOwn: (path: string) => boolean,
  at: string,
): readonly string[] {
  const own = [...paths].filter(isOwn);
  if (!own.some((path) => path.endsWith('.templ')) || own.some((path) => path.endsWith('_templ.go'))) return [];
  if (/^[ \t]*(?:tool )?github\.com\/a-h\/templ\/cmd\/templ[ \t\r]*$/m.test(manifest))
    return [`go tool${at} templ generate`];
  // By its version it is another module's program, which this one need not name.
  const [, version = 'latest'] = /\bgithub\.com\/a-h\/templ (v[\w.+-]+)/.exec(manifest) ?? [];
  return [`go run${at} github.com/a-h/templ/cmd/templ@${version} generate`];
}
