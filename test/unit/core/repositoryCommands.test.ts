import { describe, expect, it } from 'vitest';
import { dependencyTools } from '../../../src/core/dependencies/dependencyTools';
import type { EnvironmentFile, ServiceSpec } from '../../../src/core/environmentFile';
import { copySelection, deedOf, installCommand, repositoryCommands } from '../../../src/core/repositoryCommands';

function service(name: string, more: Partial<ServiceSpec>): ServiceSpec {
  const none = {
    image: undefined,
    build: undefined,
    mount: true,
    command: undefined,
    port: undefined,
    health: undefined,
  };
  return { name, ...none, routes: [], env: {}, replicas: 1, dependsOn: {}, once: false, ...more };
}

const file: EnvironmentFile = {
  version: 1,
  services: [
    service('web', { command: ['node', 'server.js'], env: { B: '2', A: 'one two' } }),
    service('cache', { image: 'redis:8', ready: ['redis-cli', 'ping'] }),
  ],
  database: { template: 't', migrate: ['npm', 'run', 'migrate'], seed: undefined, inputs: undefined },
  chart: 'deploy/chart',
  copy: [],
  patch: {},
  setup: [],
  teardown: [],
};

describe('what a file runs on this machine', () => {
  it('is what fills the database, and the services where they are its processes', () => {
    const texts = repositoryCommands(file, { kind: 'embedded' }).map(({ place, text }) => `${place}: ${text}`);
    expect(texts).toEqual([
      'database.migrate: npm run migrate',
      'services.web.command: A="one two" B=2 node server.js',
      'services.cache.ready: redis-cli ping',
      'chart: all that the chart in deploy/chart runs',
    ]);
  });

  it.each(['k3d', 'context'] as const)(
    'is what fills the database where %s runs the services, and the chart',
    (kind) => {
      const commands = repositoryCommands(file, { kind }, 'a');
      expect(commands.map(({ place, text }) => `${place}: ${text}`)).toEqual([
        'database.migrate: npm run migrate',
        'chart: all that the chart in deploy/chart makes in the cluster, in any namespace',
      ]);
      expect(deedOf(commands)).toBe('runs a command on this machine and installs a chart of its own in the cluster');
      // Who lets it run here has not let it make anything there.
      const [here, there] = [repositoryCommands(file, { kind: 'embedded' }, 'a'), commands];
      expect(here.at(-1)?.content).not.toBe(there.at(-1)?.content);
    },
  );

  it('is of a chart what its files are, and not where they are', () => {
    const of = (digest: string) => repositoryCommands(file, { kind: 'embedded' }, digest).at(-1)?.content;
    expect(of('a')).toBe(of('a'));
    expect(of('a')).not.toBe(of('b'));
  });

  it('is the same content wherever the file says it, and another one with another variable', () => {
    const of = (more: Partial<ServiceSpec>, name = 'web') =>
      repositoryCommands(
        { ...file, services: [service(name, more)], database: undefined, chart: undefined },
        { kind: 'embedded' },
      )[0]?.content;
    const command = ['node', 'server.js'];
    const plain = of({ command });
    expect(of({ command }, 'renamed')).toBe(plain);
    expect(of({ command, port: 80, replicas: 2 })).toBe(plain);
    expect(of({ command: ['node server.js'] })).not.toBe(plain);
    expect(of({ command, env: { NODE_OPTIONS: '--require ./x.js' } })).not.toBe(plain);
    expect(of({ command, env: { A: '1', B: '2' } })).toBe(of({ command, env: { B: '2', A: '1' } }));
    expect(of({ command, env: { A: '$(B)', B: '2' } })).not.toBe(of({ command, env: { B: '2', A: '$(B)' } }));
    expect(of({ command, folder: 'apps/api' })).not.toBe(plain);
    expect(of({ command, envFile: ['.env'] })).not.toBe(plain);
  });

  it('is an install in its own folder, and in no other', () => {
    const tool = dependencyTools.find(({ install }) => install !== undefined);
    if (!tool) throw new Error('no tool');
    const [root, web] = ['', 'apps/web'].map((folder) => installCommand({ folder, tool }));
    expect(web?.content).not.toBe(root?.content);
    expect(web?.text).toBe(`in apps/web: ${root?.text ?? ''}`);
    // As it was approved before folders were told apart.
    expect(root?.content).toBe(JSON.stringify({ argv: tool.install, env: [] }));
  });

  it('is also what is copied, by what selects it', () => {
    const of = (copy: readonly string[], include?: string) => copySelection({ copy }, include)[0];
    expect(of(['.env', 'a b'], '# keys\n*.pem\n\n')).toMatchObject({
      place: 'copy',
      text: `of the main worktree's files that git ignores, .env "a b", and what .worktreeinclude names: "*.pem"`,
    });
    expect(of([], ' \n# nothing')).toBeUndefined();
    const contents = [of(['.env']), of([], '.env'), of(['.env'], '.env'), of(['.env', 'b'])].map(
      (each) => each?.content,
    );
    expect(new Set(contents).size).toBe(4);
    expect(of(['.env'], '# other words')?.content).toBe(of(['.env'])?.content);
  });

  it('is shown with nothing in it that cannot be seen', () => {
    const command = ['sh', '-c', 'echo \u202egood\u001b[8m\nrm -rf ~'];
    const [shown] = repositoryCommands({ ...file, services: [service('a', { command })] }, { kind: 'embedded' }).filter(
      ({ place }) => place === 'services.a.command',
    );
    expect(shown?.text).toBe(String.raw`sh -c "echo \u{202e}good\u001b[8m\nrm -rf ~"`);
  });
});
