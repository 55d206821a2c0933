import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliMachine } from '../support/cliMachine';
import { infraChart, render } from '../support/infraChart';
import { InfraWorld } from '../support/infraWorld';
import { TemporalCaller } from '../support/temporalWorld';
import { programVersion } from '../support/toolVersions';
import { until } from '../support/until';
import { obtainedProgram, usedProgram } from '../support/usedPrograms';
import { verifies } from '../support/verified';

const program = usedProgram('temporal') ?? '';

describe.skipIf(program === '')('Temporal, as charts/infra calls it where there is no PostgreSQL', () => {
  let world: InfraWorld;
  beforeAll(async () => {
    world = await InfraWorld.create();
  });
  afterAll(() => world?.dispose());
  verifies('Temporal', () => programVersion(program), {
    obtained: obtainedProgram(program),
    asked: 'its start by the command of charts/infra, and namespaces apart',
  });

  it('starts by the command of the chart, and keeps namespaces apart', async () => {
    const objects = await render(infraChart, 'infra', { postgresql: { enabled: false } });
    const deployment = objects.find(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'temporal-frontend',
    );
    const { command } = deployment?.['spec'].template.spec.containers[0] as { command: string[] };
    const [name, ...argv] = command;
    expect(name).toBe('temporal');
    // What differs outside of a pod: where it listens, and where its volume is.
    const port = String(await cliMachine.freePort());
    const here: Record<string, string> = { '0.0.0.0': '127.0.0.1', '7233': port };
    const told = argv.map((word) => here[word] ?? word.replace(/^\/data\//, `${world.folder}/`));
    expect(told).not.toEqual(argv);
    await world.start(program, told);
    const caller = new TemporalCaller(program, `127.0.0.1:${port}`, world.folder);
    await until(async () => caller.call('operator', 'cluster', 'health').catch(() => undefined), 60_000).catch(
      (error: unknown) => {
        throw new Error(`${String(error)}\n${world.said()}`);
      },
    );
    for (const namespace of ['worktree-a', 'worktree-b']) await caller.makeNamespace(namespace);
    await until(
      async () =>
        caller.startWorkflow('worktree-a', 'one').then(
          () => true,
          () => false,
        ),
      30_000,
    );
    const seen = await until(async () => {
      const ids = await caller.listWorkflows('worktree-a');
      return ids.length > 0 ? ids : undefined;
    }, 30_000);
    expect(seen).toEqual(['one']);
    expect(await caller.listWorkflows('worktree-b')).toEqual([]);
  });
});
