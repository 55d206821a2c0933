import { describe, expect, it } from 'vitest';
import { describeService } from '../../../src/app/services/describeService';
import { execInService } from '../../../src/app/services/execInService';
import { forwardPort } from '../../../src/app/services/forwardPort';
import { scaleService } from '../../../src/app/services/scaleService';
import { servicePorts } from '../../../src/app/services/servicePorts';
import { parsePorts } from '../../../src/cli/workloadCommands';
import { containerShell } from '../../../src/core/services/containerShell';
import { crashing, EnvironmentWorld } from '../../support/environmentWorld';

const run = { signal: new AbortController().signal, report: () => undefined };

async function aWorld() {
  const world = new EnvironmentWorld();
  const { worktree } = await world.createBranch('x');
  const at = { folder: '/code/repo', path: worktree.path, service: 'backend' };
  return { world, at, ports: { ...world.createPorts(), isWindows: false } };
}

describe("what is done with a worktree's services", () => {
  it('is done in the namespace that is recorded, under its owner', async () => {
    const { world, at, ports } = await aWorld();
    const scaled = await scaleService(ports)({ ...at, replicas: 3 }, run);
    expect(scaled).toMatchObject({ ready: true, services: [{ name: 'backend', ready: 3, desired: 3 }] });
    expect(world.cluster.changes.at(-1)).toBe('scale worktree-x/backend 3');
    expect(await scaleService(ports)({ ...at, replicas: 0 }, run)).toMatchObject({ ready: true });
    const { podOf } = world.workloads;
    world.workloads.podOf = (service) => ({ ...podOf(service), ...crashing });
    const broken = await scaleService(ports)({ ...at, replicas: 1 }, run);
    expect(broken).toMatchObject({ ready: false, services: [{ name: 'backend', state: 'CrashLoopBackOff' }] });
    world.workloads.podOf = podOf;
    await scaleService(ports)({ ...at, replicas: 1 }, run);
    expect(await describeService(ports)(at, run)).toContain('backend');
    expect(await servicePorts(ports)(at, run)).toEqual([3000]);
    const forward = await forwardPort(ports)({ ...at, port: 9229 }, run);
    expect(forward).toMatchObject({ namespace: 'worktree-x', service: 'backend', port: 9229 });
    world.workloads.exitCodeOf = ([program]) => (program === 'psql' ? 4 : 0);
    const request = { ...at, stdin: false, tty: undefined, onOutput: () => undefined };
    expect(await (await execInService(ports)({ ...request, command: ['psql'] }, run)).exited).toBe(4);
  });

  it('is refused where there is no environment, no service, or another owner', async () => {
    const { world, at, ports } = await aWorld();
    const scale = (change: Partial<typeof at>) => scaleService(ports)({ ...at, ...change, replicas: 1 }, run);
    await expect(scale({ path: '/code/repo' })).rejects.toMatchObject({ code: 'notFound' });
    await expect(scale({ service: 'nothing' })).rejects.toMatchObject({ code: 'notFound' });
    const namespace = 'worktree-x';
    const { owner } = (await world.cluster.readNamespace(namespace)) ?? {};
    if (!owner) throw new Error('the namespace has no owner');
    await world.cluster.deleteNamespace(namespace, owner);
    world.cluster.addForeignNamespace(namespace, { ...owner, worktreeId: 'another' });
    for (const refused of [() => scale({}), () => forwardPort(ports)({ ...at, port: 1 }, run)])
      await expect(refused()).rejects.toMatchObject({ code: 'conflict' });
  });

  it('without a program opens a shell that suits the cluster', async () => {
    const { world, at, ports } = await aWorld();
    const commands: (readonly string[])[] = [];
    world.workloads.exitCodeOf = (command) => (commands.push(command), 0);
    const request = { ...at, command: [], stdin: true, tty: { columns: 80, rows: 24 }, onOutput: () => undefined };
    await execInService(ports)(request, run);
    await execInService({ ...ports, isWindows: true })(request, run);
    expect(commands).toEqual([containerShell('embedded', false), ['cmd.exe', '/Q']]);
    expect(containerShell('k3d', true)).toEqual(containerShell('context', false));
    expect(containerShell('context', false).slice(0, 2)).toEqual(['sh', '-c']);
  });
});

describe('ports on the command line', () => {
  it.each([
    [undefined, { port: undefined }],
    ['8000', { port: 8000 }],
    ['9000:8000', { port: 8000, localPort: 9000 }],
  ])('%s', (text, ports) => expect(parsePorts(text)).toEqual(ports));

  it.each(['', '0', '65536', 'http', '1:2:3', ':80', '80:', '-1', '1.5'])('%j is none', (text) => {
    expect(() => parsePorts(text)).toThrow('or LOCAL:PORT');
  });
});
