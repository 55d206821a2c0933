import type { BuildSpec } from '../../core/environmentFile';

/*
 * What `docker` is called with. Everything that a person wrote stands in an argument of its own, behind its option's name.
 */

export function versionArguments(): string[] {
  return ['version', '--format', '{{json .Server}}'];
}

export function infoArguments(): string[] {
  return ['info', '--format', '{{json .Name}}'];
}

export function endpointArguments(): string[] {
  return ['context', 'inspect', '--format', '{{json .Endpoints.docker.Host}}'];
}

export function clientArguments(): string[] {
  return ['version', '--format', '{{.Client.Version}}'];
}

export function buildxArguments(): string[] {
  return ['buildx', 'version'];
}

/** @param idFile gets the image's id; both paths are absolute, links followed */
export function buildArguments(
  { target, args }: BuildSpec,
  where: {
    readonly context: string;
    readonly dockerfile: string;
    readonly idFile: string;
    readonly name: string;
    readonly hasBuildKit: boolean;
  },
): string[] {
  return [
    'build',
    // A builder of the person's own may keep what it builds to itself; the old one leaves a container when a step fails.
    where.hasBuildKit ? '--load' : '--force-rm',
    ...['--file', where.dockerfile],
    ...['--iidfile', where.idFile],
    // By this a person finds them: `docker image prune --all --filter label=coppice.dev/image`.
    ...['--label', `coppice.dev/image=${where.name}`],
    ...(target === undefined ? [] : ['--target', target]),
    ...Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    '--',
    where.context,
  ];
}

export function inspectArguments(reference: string): string[] {
  return ['image', 'inspect', '--format', '{{.Id}}', '--', reference];
}

export function tagArguments(image: string, reference: string): string[] {
  return ['tag', '--', image, reference];
}

export function pushArguments(reference: string): string[] {
  return ['push', '--', reference];
}

/** Asks with the person's own credentials. @param isInsecure over HTTP */
export function manifestArguments(reference: string, isInsecure: boolean): string[] {
  return ['manifest', 'inspect', ...(isInsecure ? ['--insecure'] : []), '--', reference];
}

/** undefined when there is no engine behind the program, or its answer is none. */
export function parseServer(stdout: string): { version: string; platform: string; kernel: string } | undefined {
  const server = parsed(stdout);
  if (typeof server !== 'object' || server === null) return undefined;
  const text = (key: string): string => {
    const value: unknown = Reflect.get(server, key);
    return typeof value === 'string' ? value : '';
  };
  if (text('Version') === '') return undefined;
  return { version: text('Version'), platform: `${text('Os')}/${text('Arch')}`, kernel: text('KernelVersion') };
}

/** A text as JSON; '' when it is none. */
export function parseText(stdout: string): string {
  const value = parsed(stdout);
  return typeof value === 'string' ? value : '';
}

function parsed(stdout: string): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    return undefined;
  }
}
