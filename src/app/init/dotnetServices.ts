import { commandWord } from '../../core/text/commandWord';
import { isPlainMapping } from '../../core/proposedFile';
import { isAside, textOf, type RepositoryFacts } from './facts';
import { jsonWithComments } from './jsonWithComments';
import type { Candidate } from './shared/candidate';
import { literal } from './shared/literal';
import { baseName, folderOf } from './shared/paths';

interface DotnetService {
  readonly candidate: Candidate;
  readonly setup: readonly string[];
}

export const projectFile = /\.(?:cs|fs|vb)proj$/;

const postgres = /<PackageReference\s[^>]{0,80}\bInclude="(?:Npgsql|Aspire\.Npgsql)\b/i;

/** Where an application keeps what differs by where it runs; the later one counts. */
export const settingsFiles: readonly string[] = ['appsettings.json', 'appsettings.Development.json'];

/** Servers and workers of .NET, as learn.microsoft.com/aspnet/core/fundamentals has them: `Sdk.Web`, `Sdk.Worker`. */
export function dotnetServices(facts: RepositoryFacts): DotnetService[] {
  const found = projects(facts);
  const hasPostgres = found.some(([, text]) => postgres.test(text));
  return found.flatMap(([path, text]) => {
    const [, sdk] = /<Project\b[^>]{0,200}\bSdk="Microsoft\.NET\.Sdk\.(Web|Worker)"/.exec(text) ?? [];
    const folder = folderOf(path);
    if (sdk === undefined || isAside(folder) || /\btests?$/i.test(baseName(folder))) return [];
    const isWeb = sdk === 'Web';
    const isOnly = found.filter(([other]) => folderOf(other) === folder).length === 1;
    const project = isOnly ? '' : ` --project ${commandWord(literal(baseName(path)))}`;
    return [
      {
        candidate: {
          ...{ name: nameOf(folder) ?? (isWeb ? 'web' : 'worker'), folder },
          ...{ role: isWeb ? 'web' : 'worker', kind: isWeb ? 'ASP.NET Core' : '.NET' },
          // A profile has the address of one machine, and counts before variables.
          command: `dotnet run${project} --no-launch-profile`,
          ...(isWeb ? { port: 5000 } : {}),
          env: {
            ...(isWeb
              ? { ASPNETCORE_ENVIRONMENT: 'Development', ASPNETCORE_URLS: 'http://127.0.0.1:$(PORT)' }
              : { DOTNET_ENVIRONMENT: 'Development' }),
            ...(hasPostgres ? connections(facts, folder) : {}),
          },
        },
        // As for Go: the first time it downloads and compiles.
        setup: [`dotnet build ${commandWord(path)}`],
      },
    ];
  });
}

/** `src` says nothing of whose sources it has. */
function nameOf(folder: string): string | undefined {
  if (folder === '.') return undefined;
  return baseName(folder) === 'src' ? nameOf(folderOf(folder)) : baseName(folder);
}

/** Which of a repository's projects has a driver of PostgreSQL. */
export function dotnetDatabase(facts: RepositoryFacts): string | undefined {
  const [path] = projects(facts).find(([, text]) => postgres.test(text)) ?? [];
  return path === undefined ? undefined : `Npgsql in ${path}`;
}

function projects({ texts }: RepositoryFacts): (readonly [string, string])[] {
  return [...texts].filter(([path]) => projectFile.test(path)).sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Named connections of PostgreSQL: a variable counts before the files (learn.microsoft.com/aspnet/core/fundamentals/configuration). */
function connections(facts: RepositoryFacts, folder: string): Record<string, string> {
  const all = settingsFiles.flatMap((name): [string, unknown][] => {
    const json = jsonWithComments(textOf(facts, folder, name) ?? '');
    const found = isPlainMapping(json) ? json['ConnectionStrings'] : undefined;
    return isPlainMapping(found) ? Object.entries(found) : [];
  });
  // Of SQL Server and of SQLite they begin with what PostgreSQL's do not have.
  const own = [...new Map(all)].filter(
    ([name, value]) =>
      /^\w+$/.test(name) && typeof value === 'string' && /^\s*(?:Host|User ID|Username|Port)\s*=/i.test(value),
  );
  return Object.fromEntries(own.map(([name]) => [`ConnectionStrings__${name}`, ofEnvironment]));
}

const ofEnvironment =
  'Host=$(DATABASE_HOST);Port=$(DATABASE_PORT);Database=$(DATABASE_NAME);Username=$(DATABASE_USER);Password=$(DATABASE_PASSWORD)';
