import { envFilesIn } from './envFiles';
import type { RepositoryFacts } from './facts';
import type { Candidate } from './shared/candidate';
import { variablesIn } from './shared/variablesIn';

/** Variables by which a server is told where to listen, whatever the project calls them. */
const ownPort = /^(?:(?:APP|SERVER|SERVICE|HTTP|API|BACKEND|WEB|LISTEN|NODE)_)?PORT$/;

/**
 * Services that take their port from a variable of the project's own: files of variables say it, and where that is another name than PORT,
 * the service is told there which port it has in its environment.
 */
export function withToldPorts(facts: RepositoryFacts, services: readonly Candidate[]): Candidate[] {
  return services.map((service): Candidate => {
    const { port, command, folder } = service;
    if (port === undefined || command === undefined) return service;
    const found = [...new Set([folder, '.'])].flatMap((place) => portsIn(facts, place));
    const said = saidPort(service, found) ?? port;
    const others = new Set(services.flatMap((other) => (other === service ? [] : variableOf(other))));
    const names = found.flatMap(({ name, value }) =>
      name !== 'PORT' && value === said && !others.has(name) ? [name] : [],
    );
    const { port: guess, ...guesses } = service.guesses ?? {};
    const isSaid = guess !== undefined && said !== port;
    return {
      ...service,
      port: said,
      ...(names.length === 0
        ? {}
        : { env: { ...Object.fromEntries(names.map((name) => [name, '$(PORT)'])), ...service.env } }),
      ...(guess !== undefined && (isSaid || names.length > 0) ? { guesses } : {}),
    };
  });
}

/** What calls a port by the service that has it: whoever asks that one reads it, too. */
function variableOf({ name }: Candidate): string {
  return `${name.toUpperCase().replaceAll('-', '_')}_PORT`;
}

interface ToldPort {
  readonly name: string;
  readonly value: number;
  /** Everybody can read it: it may be written down. */
  readonly isPublic: boolean;
  readonly isOfFolder: boolean;
}

function portsIn(facts: RepositoryFacts, folder: string): ToldPort[] {
  return envFilesIn(facts, folder).flatMap((path) =>
    variablesIn(facts.texts.get(path) ?? '').flatMap(([name, value]): ToldPort[] =>
      /(?:^|_)PORT$/.test(name) && /^[1-9]\d{1,4}$/.test(value) && Number(value) < 65536
        ? [{ name, value: Number(value), isPublic: facts.tracked.has(path), isOfFolder: folder !== '.' }]
        : [],
    ),
  );
}

/** What the files say instead of a guess, if they say one port alone. */
function saidPort({ kind, guesses, folder }: Candidate, found: readonly ToldPort[]): number | undefined {
  if (guesses?.port === undefined && kind !== 'Nest') return undefined;
  const own = found.filter(
    ({ name, isPublic, isOfFolder }) => ownPort.test(name) && isPublic && isOfFolder === (folder !== '.'),
  );
  const [first, ...others] = new Set(own.map(({ value }) => value));
  return others.length === 0 ? first : undefined;
}
