import { join, posix } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { parseEnvironmentFile } from '../../../../../src/adapters/environmentFile/parseEnvironmentFile';
import { filesIn, proposeFor } from '../../../../support/proposeFor';

const fixtures = join(import.meta.dirname, '..', '..', '..', '..', 'fixtures', 'compose');

/** Folder and the files that Compose is given: those of its own specification's tests, and of projects in use. */
const projects = [
  { folder: 'spec-extends', files: ['depends_on.yaml'] },
  { folder: 'spec-extends', files: ['interpolated.yaml'] },
  { folder: 'spec-extends', files: ['nested.yaml'] },
  { folder: 'spec-extends', files: ['ports.yaml'] },
  { folder: 'spec-extends', files: ['reset.yaml'] },
  { folder: 'spec-extends', files: ['sibling.yaml'] },
  { folder: 'spec-extends/withdir', files: ['compose.yaml'] },
  { folder: 'spec-include', files: ['compose.yaml'] },
  { folder: 'spec-include', files: ['project-directory.yaml'] },
  { folder: 'spec-combined', files: ['compose.yaml'] },
  { folder: 'spec-diamond', files: ['include-diamond-left.yaml', 'include-diamond-right.yaml'] },
  { folder: 'spec-golden', files: ['web-stack.yaml'] },
  { folder: 'spec-golden', files: ['runtime-flags.yaml'] },
  { folder: 'spec-golden', files: ['merge-fragments.yaml'] },
  { folder: 'spec-golden', files: ['web-stack.golden.yaml'] },
  { folder: 'spec-golden', files: ['runtime-flags.golden.yaml'] },
  { folder: 'spec-golden', files: ['merge-fragments.golden.yaml'] },
  { folder: 'spec-simple', files: ['compose.yaml'] },
  { folder: 'spec-simple', files: ['compose.yaml', 'compose-with-overrides.yaml'] },
  { folder: 'spec-simple', files: ['compose-name.yaml'] },
  { folder: 'spec-simple', files: ['compose-with-paths.yaml'] },
  { folder: 'spec-simple', files: ['compose-with-variables.yaml'] },
  { folder: 'spec-env-file', files: ['compose-with-env-file.yaml'] },
  { folder: 'spec-env-file', files: ['compose-with-env-files.yaml'] },
  { folder: 'spec-label-file', files: ['compose-with-missing-label-file.yaml'] },
  { folder: 'spec-loader', files: ['compose-include.yaml'] },
  { folder: 'spec-loader', files: ['compose-test-extends.yaml'] },
  { folder: 'spec-loader', files: ['compose-test-extends-with-context-url.yaml'] },
  { folder: 'spec-loader', files: ['compose-test-with-version.yaml'] },
  { folder: 'spec-schema', files: ['using-variables.yaml'] },
  { folder: 'openfga', files: ['docker-compose.yaml'] },
  { folder: 'openfga', files: ['docker-compose.yaml', 'docker-compose.override.yaml'] },
  { folder: 'kratos', files: ['quickstart.yml'] },
  { folder: 'kratos', files: ['quickstart.yml', 'quickstart-postgres.yml', 'quickstart-tracing.yml'] },
  { folder: 'kratos', files: ['quickstart.yml', 'quickstart-mysql.yml', 'quickstart-oathkeeper.yml'] },
  { folder: 'jaeger-hotrod', files: ['docker-compose.yml'] },
  { folder: 'jaeger-monitor', files: ['docker-compose.yml'] },
  { folder: 'jaeger-kafka', files: ['docker-compose.yml'] },
  { folder: 'jaeger-scylladb', files: ['docker-compose.yml'] },
  { folder: 'jaeger-cassandra', files: ['docker-compose.yaml'] },
  { folder: 'jaeger-tail-sampling', files: ['docker-compose.yml'] },
  { folder: 'jaeger-grafana-integration', files: ['docker-compose.yaml'] },
  { folder: 'docker-watch', files: ['compose.yaml'] },
  { folder: 'docker-completed', files: ['compose.yaml'] },
  { folder: 'docker-hooks', files: ['compose.yaml'] },
  { folder: 'docker-builds', files: ['compose.yaml'] },
  { folder: 'docker-env', files: ['compose.yaml'] },
];

describe('compose files of others', () => {
  it.each(projects)(
    '%j becomes a valid file, and whatever is not in it is listed',
    async ({ folder, files: given }) => {
      const files = filesIn(join(fixtures, folder));
      const proposal = await proposeFor({
        ...files,
        '.env': `COMPOSE_FILE=${given.join(':')}`,
        ...first(files, given),
      });
      expect(parseEnvironmentFile(proposal.text).problems, proposal.text).toEqual([]);
      const file: EnvironmentFile = parse(proposal.text);
      const listed = proposal.leftOut.map(({ path }) => path);
      const isListed = (path: string): boolean => listed.some((each) => path === each || path.startsWith(`${each}.`));
      // What one file says and a later one takes back is nothing that the project says.
      const reset = new Set(
        given.flatMap((name) => [...(files[name] ?? '').matchAll(/(\w+): *!reset/g)].map(([, key]) => key)),
      );
      const lost = given
        .flatMap((name, at) => {
          // Nor is an image that a later file replaces.
          const replaced = given.slice(at + 1).flatMap((later) => imagesOf(files, later));
          return keysOf(name, files, file, isListed).filter((path) => !replaced.includes(path));
        })
        .filter((path) => !isListed(path) && !reset.has(path.split('.').at(-1)));
      expect(lost, proposal.text).toEqual([]);
      // What is told is in the file as well.
      const plain = proposal.text.replaceAll(/\n# /g, ' ');
      for (const path of listed) expect(plain).toContain(path);
    },
  );
});

describe('what Compose itself says that a file means', () => {
  it.each(['web-stack', 'runtime-flags', 'merge-fragments'])('%s becomes the same as in its words', async (name) => {
    const files = filesIn(join(fixtures, 'spec-golden'));
    const variables = 'GOLDEN_TAG=1.2.3\nGOLDEN_PORT=8080\n';
    const imported = async (file: string): Promise<EnvironmentFile> => {
      const env = `COMPOSE_FILE=${file}\nCOMPOSE_PROFILES=frontend\n`;
      const proposal = await proposeFor({
        'compose.yaml': files[file] ?? '',
        ...files,
        '.env': env,
        '.env.example': variables,
      });
      return parse(proposal.text);
    };
    const made = await imported(`${name}.yaml`);
    expect(Object.keys(made.services).length).toBeGreaterThan(0);
    expect(made).toEqual(await imported(`${name}.golden.yaml`));
  });
});

describe('compose files that Compose refuses', () => {
  it.each([
    [
      'spec-depends-on',
      'compose-depends-on-cycle.yaml',
      /^compose-depends-on-cycle\.yaml: services wait for each other: service1, service2, service3, service1$/,
    ],
    [
      'spec-depends-on',
      'compose-depends-on-self.yaml',
      /^compose-depends-on-self\.yaml: services wait for each other: service1, service1$/,
    ],
    ['spec-loader', 'compose-include-cycle.yaml', /^compose-include-cycle\.yaml: includes itself$/],
  ])('%s %s is refused in one line', async (folder, name, message) => {
    const files = filesIn(join(fixtures, folder));
    const proposal = proposeFor({ ...files, '.env': `COMPOSE_FILE=${name}`, ...first(files, [name]) });
    await expect(proposal).rejects.toMatchObject({ code: 'invalidInput', message: expect.stringMatching(message) });
  });
});

/** A compose file with the name that it is looked for under, so that a project is found at all. */
function first(files: Readonly<Record<string, string>>, [name = '']: readonly string[]): Record<string, string> {
  return Object.keys(files).some((each) => /^(?:docker-)?compose\.ya?ml$/.test(each))
    ? {}
    : { 'compose.yaml': files[name] ?? '' };
}

interface Service {
  readonly [key: string]: unknown;
  readonly env?: Readonly<Record<string, string>>;
  readonly dependsOn?: Readonly<Record<string, string>>;
}
interface EnvironmentFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly database?: object;
}
type Mapping = Readonly<Record<string, unknown>>;

/** The keys of a compose file that are not in the environment file, looked for one by one: it is known where each would be. */
function keysOf(
  given: string,
  files: Readonly<Record<string, string>>,
  file: EnvironmentFile,
  isListed: (path: string) => boolean,
): string[] {
  const compose = composeOf(files, given);
  const others = Object.keys(compose).filter((key) => key !== 'services' && key !== 'include');
  const services = Object.entries(mapping(compose['services'])).flatMap(([name, service]) => {
    const mine = file.services[name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')];
    return Object.entries(whole(files, given, service)).flatMap(([key, value]) =>
      missing(`services.${name}.${key}`, key, value, mine, file, isListed),
    );
  });
  return [...others, ...services];
}

function imagesOf(files: Readonly<Record<string, string>>, name: string): string[] {
  return Object.entries(mapping(composeOf(files, name)['services'])).flatMap(([service, said]) =>
    mapping(said)['image'] === undefined ? [] : [`services.${service}.image`],
  );
}

/** A service with what it is given by the one that it extends, so that this is looked for as well. */
function whole(files: Readonly<Record<string, string>>, file: string, service: unknown): Mapping {
  const { extends: base, ...own } = mapping(service);
  if (base === undefined) return own;
  const { file: other, service: name } = typeof base === 'string' ? { file: undefined, service: base } : mapping(base);
  const path = typeof other === 'string' ? posix.join(posix.dirname(file), other) : file;
  // Under another folder its paths are others: it is held that they are there, and not what they are.
  const { build: _, ...found } = whole(files, path, mapping(composeOf(files, path)['services'])[String(name)]);
  return { ...found, ...own };
}

function composeOf(files: Readonly<Record<string, string>>, name: string): Mapping {
  return mapping(parse(files[name] ?? '', { merge: true, logLevel: 'silent' }));
}

/** @returns the paths at this key that have no counterpart */
function missing(
  path: string,
  key: string,
  value: unknown,
  mine: Service | undefined,
  file: EnvironmentFile,
  isListed: (path: string) => boolean,
): string[] {
  const unless = (isThere: boolean): string[] => (isThere ? [] : [path]);
  // What is reset is not there.
  if (value === null || value === '') return [];
  if (!mine || isListed(path)) return [path];
  switch (key) {
    case 'image':
      return unless(mine['image'] === value || (typeof value === 'string' && value.includes('$')));
    case 'build': {
      const written: Mapping = typeof value === 'string' ? { context: value } : mapping(value);
      const { context, dockerfile, args, target, ...rest } = written;
      const build = typeof mine['build'] === 'string' ? { context: mine['build'] } : mapping(mine['build']);
      const same = build['dockerfile'] === dockerfile && build['target'] === target;
      const known =
        context === undefined ||
        (typeof context === 'string' ? context : '').replace(/^\.\/(?=.)|\/$/g, '') === build['context'];
      return [
        ...unless(same && known),
        ...Object.keys(names(args))
          .filter((name) => !(name in mapping(build['args'])))
          .map((name) => `${path}.args.${name}`),
        ...Object.keys(rest).map((name) => `${path}.${name}`),
      ];
    }
    case 'command':
    case 'entrypoint':
      return unless(mine['command'] !== undefined);
    case 'environment':
      return Object.keys(names(value))
        .filter((name) => !(name in (mine.env ?? {})) && !(name === 'DATABASE_URL' && file.database) && name !== 'PORT')
        .map((name) => `${path}.${name}`);
    case 'ports':
    case 'expose':
      return [...new Set((Array.isArray(value) ? value : []).flatMap((port: unknown) => portKeys(path, port, mine)))];
    case 'depends_on': {
      const conditions = Array.isArray(value) ? Object.fromEntries(value.map((name) => [name, {}])) : mapping(value);
      return Object.entries(conditions).flatMap(([name, how]) => [
        ...(name in (mine.dependsOn ?? {}) || (file.database && /postgres|db/.test(name)) ? [] : [`${path}.${name}`]),
        ...Object.keys(mapping(how))
          .filter((each) => each !== 'condition')
          .map((each) => `${path}.${name}.${each}`),
      ]);
    }
    case 'healthcheck':
      return [
        ...unless(mine['health'] !== undefined),
        ...Object.keys(mapping(value))
          .filter((each) => each !== 'test')
          .map((each) => `${path}.${each}`),
      ];
    case 'restart':
      // Without a word more than that it is started again.
      return unless(value === 'always' || value === 'unless-stopped' || value === 'on-failure');
    case 'deploy':
      return Object.entries(mapping(value)).flatMap(([name, said]) =>
        name === 'replicas' && (mine['replicas'] ?? 1) === said ? [] : [`${path}.${name}`],
      );
    case 'scale':
      return unless(mine['replicas'] === value || value === 1);
    case 'stdin_open':
      return unless(mine['stdin'] === value || value === false);
    case 'env_file':
      return (Array.isArray(value) ? value : [value]).flatMap((each: unknown) => {
        const { path: name, ...rest } = typeof each === 'string' ? { path: each } : mapping(each);
        const there = Array.isArray(mine['envFile']) ? mine['envFile'].map(String) : [];
        const plain = posix.normalize(String(name));
        return [
          ...unless(there.some((written) => written === plain || written.endsWith(`/${plain}`))),
          ...Object.entries(rest).flatMap(([key, said]) => (said === true ? [] : [`${path}.${key}`])),
        ];
      });
    case 'volumes':
    case 'working_dir':
      return unless(mine['folder'] !== undefined || mine['mount'] === true);
    default:
      return [path];
  }
}

/** What of one port is not there: all of it, or what it says beside the number. */
function portKeys(path: string, port: unknown, mine: Service): string[] {
  const written = typeof port === 'object' && port !== null ? mapping(port) : undefined;
  const [, host, published, target] =
    /^(?:(?:(.*):)?((?:[\d-]|\$\{\w+\})*):)?([\d-]+)(?:\/\w+)?$/.exec(String(port)) ?? [];
  const asText = (said: unknown): string => (typeof said === 'number' || typeof said === 'string' ? String(said) : '');
  if (asText(written?.['target'] ?? target) !== String(mine['port'])) return [path];
  const said = written ?? { host_ip: host, published, target };
  return Object.entries(said).flatMap(([key, value]) =>
    value === undefined || key === 'target' || key === 'protocol' ? [] : [`${path}.${key}`],
  );
}

function mapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
}

function names(value: unknown): Mapping {
  return Array.isArray(value) ? Object.fromEntries(value.map((each) => String(each).split('=', 2))) : mapping(value);
}
