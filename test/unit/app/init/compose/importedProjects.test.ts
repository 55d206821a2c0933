import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { parseEnvironmentFile } from '../../../../../src/adapters/environmentFile/parseEnvironmentFile';
import { lostKeys, type ImportedFile } from '../../../../support/lostKeys';
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
      const listed = proposal.leftOut.map(({ path }) => path);
      expect(lostKeys({ files, given, made: proposal.text, listed }), proposal.text).toEqual([]);
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
    const imported = async (file: string): Promise<ImportedFile> => {
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
