import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { k3dConfig } from '../../../../src/adapters/k3d/k3dConfig';

const plan = {
  name: 'coppice',
  mark: '6f1a3f7c-0000-4000-8000-000000000000',
  httpPort: 8081,
  registryPort: 5001,
  folders: ['/code/repo', '/code/repo.worktrees'],
};
/** What k3d reads: it puts variables of its environment into the text first. */
const read = (text: string) => parse(text.replaceAll('${COPPICE_DOLLAR}', () => '$'));
const config = read(k3dConfig(plan));

describe('the config for k3d', () => {
  it('is one server and two agents behind a load balancer whose port 80 is a port of this machine only', () => {
    expect(config).toMatchObject({
      servers: 1,
      agents: 2,
      metadata: { name: 'coppice' },
      kubeAPI: { hostIP: '127.0.0.1' },
    });
    expect(config.ports).toEqual([{ port: '127.0.0.1:8081:80', nodeFilters: ['loadbalancer'] }]);
  });

  it("never touches the user's kubeconfig or its current context", () => {
    expect(config.options.kubeconfig).toEqual({ updateDefaultKubeconfig: false, switchCurrentContext: false });
  });

  it('mounts the folders into all nodes at the same path, and stamps the nodes', () => {
    expect(config.volumes).toEqual([
      { volume: '/code/repo:/code/repo', nodeFilters: ['server:*', 'agent:*'] },
      { volume: '/code/repo.worktrees:/code/repo.worktrees', nodeFilters: ['server:*', 'agent:*'] },
    ]);
    expect(config.options.runtime.labels).toEqual([{ label: `k3d-coppice/mark=${plan.mark}`, nodeFilters: ['all'] }]);
  });

  it('has a registry of its own, which the nodes pull from under the name that this machine pushes to', () => {
    expect(config.registries.create).toEqual({ name: 'k3d-coppice-registry', host: '127.0.0.1', hostPort: '5001' });
    expect(parse(config.registries.config)).toEqual({
      mirrors: { 'localhost:5001': { endpoint: ['http://k3d-coppice-registry:5000'] } },
    });
    // k3d takes one line for the path of a file.
    expect(config.registries.config).toContain('\n');
  });

  it('keeps every path what it is, whatever YAML would make of it', () => {
    const folders = ['/code/- a: b # c', '/code/\'q\' "q"', '/code/@x', '/code/ü', '/code/${x}'];
    const { volumes } = read(k3dConfig({ ...plan, folders }));
    expect(volumes.map(({ volume }: { volume: string }) => volume)).toEqual(folders.map((path) => `${path}:${path}`));
  });

  it('mounts a folder of a Windows drive where the nodes can have it', () => {
    const { volumes } = read(k3dConfig({ ...plan, folders: ['C:\\code\\repo.worktrees'] }));
    expect(volumes[0].volume).toBe('C:\\code\\repo.worktrees:/c/code/repo.worktrees');
  });

  const schema =
    process.env['COPPICE_K3D_SCHEMA'] ??
    join(import.meta.dirname, '../../../../../shared/data/k3d-v1alpha5.schema.json');
  it.skipIf(!existsSync(schema))("is what k3d's own schema allows", () => {
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
    const validate = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')));
    expect(validate(config), JSON.stringify(validate.errors)).toBe(true);
    // Held against something that is wrong, so that the schema is seen to hold anything.
    expect(validate({ ...config, servers: 0 })).toBe(false);
    expect(validate({ ...config, port: 80 })).toBe(false);
    expect(validate({ ...config, options: { ...config.options, kubeconfig: { update: false } } })).toBe(false);
  });
});
