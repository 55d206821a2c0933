import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldPaths, fromFieldsV1, shownPath, toFieldsV1 } from '../../../../../packages/cluster/src/patch/fieldPaths';
import { schemaOf } from '../../../../../packages/cluster/src/schema/mergeSchema';
import type { KubeObject } from '../../../../../packages/cluster/src/schema/kubeObject';
import { recordUpdate } from '../../../../../packages/cluster/src/patch/managedFields';
import { applyConfiguration } from '../../../../../packages/cluster/src/patch/serverSideApply';

const deployment = (container: object, more: object = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { ...more, template: { spec: { containers: [{ name: 'main', ...container }] } } },
});

function apply(existing: KubeObject | undefined, wanted: KubeObject, manager: string, force = false): KubeObject {
  const { object, record } = applyConfiguration(existing, wanted, { manager }, force);
  record(object);
  return object;
}

const containers = (object: KubeObject): unknown => {
  const spec = object['spec'] as { template: { spec: { containers: unknown } } };
  return spec.template.spec.containers;
};

describe('field paths', () => {
  it('name items of lists by their keys', () => {
    const paths = [...fieldPaths(deployment({ ports: [{ containerPort: 80 }] }), schemaOf('Deployment')).keys()];
    const shown = paths.map(shownPath);
    expect(shown).toContain('.spec.template.spec.containers[name="main"]');
    expect(shown).toContain(
      '.spec.template.spec.containers[name="main"].ports[containerPort=80,protocol="TCP"].containerPort',
    );
  });

  it('survive their way into FieldsV1 and back', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean());
    const item = fc.record({ name: fc.string(), image: value });
    const list = fc.uniqueArray(item, { selector: (one) => one.name });
    const data = fc.dictionary(fc.string(), value);
    fc.assert(
      fc.property(list, data, (found, map) => {
        const paths = new Set(fieldPaths({ spec: { containers: found }, data: map }, schemaOf('Pod')).keys());
        expect(fromFieldsV1(toFieldsV1(paths))).toEqual(paths);
      }),
    );
  });
});

describe('server-side apply', () => {
  it('leaves an item its name where somebody else has set another field of it', () => {
    const env = [{ name: 'A', value: '1' }];
    const first = apply(undefined, deployment({ env }), 'one');
    const changed = deployment({ env: [{ name: 'A', value: 'by hand' }] });
    recordUpdate(first, changed, { manager: 'kubectl-set' });
    const second = apply(changed, deployment({ env: [{ name: 'B', value: '2' }] }), 'one');
    expect(containers(second)).toEqual([
      {
        name: 'main',
        env: [
          { name: 'A', value: 'by hand' },
          { name: 'B', value: '2' },
        ],
      },
    ]);
  });

  it('leaves alone what others own, and removes what its manager names no more', () => {
    const first = apply(
      undefined,
      deployment({ image: '1', env: [{ name: 'A', value: '1' }] }, { replicas: 2 }),
      'one',
    );
    const second = apply(first, deployment({ env: [{ name: 'B', value: '2' }] }), 'two');
    expect(containers(second)).toEqual([
      {
        name: 'main',
        image: '1',
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      },
    ]);
    const third = apply(second, deployment({ image: '1' }), 'one');
    expect(containers(third)).toEqual([{ name: 'main', image: '1', env: [{ name: 'B', value: '2' }] }]);
    expect(third['spec']).not.toHaveProperty('replicas');
  });

  it('removes a structure whole, with the defaults that nobody wrote', () => {
    const first = apply(undefined, deployment({ image: '1', livenessProbe: { httpGet: { port: 80 } } }), 'one');
    const [container] = containers(first) as [{ livenessProbe: Record<string, unknown> }];
    container.livenessProbe['timeoutSeconds'] = 1;
    expect(containers(apply(first, deployment({ image: '1' }), 'one'))).toEqual([{ name: 'main', image: '1' }]);
  });

  it('names each conflict, with who owns the field', () => {
    const first = apply(undefined, deployment({ image: '1' }, { replicas: 2 }), 'one');
    const scaled = structuredClone(first);
    scaled['spec'] = { ...(first['spec'] as object), replicas: 5 };
    recordUpdate(first, scaled, { manager: 'hand' });
    expect(() => apply(scaled, deployment({ image: '2' }, { replicas: 1 }), 'two')).toThrow(
      'Apply failed with 2 conflicts: conflicts with "one":\n- .spec.template.spec.containers[name="main"].image\nconflicts with "hand" using apps/v1:\n- .spec.replicas',
    );
    const forced = apply(scaled, deployment({ image: '2' }, { replicas: 1 }), 'two', true);
    expect(forced['spec']).toMatchObject({ replicas: 1 });
    expect(forced.metadata.managedFields?.map((entry) => entry.manager)).toEqual(['one', 'two']);
  });

  it('is no conflict to say the same', () => {
    const first = apply(undefined, deployment({ image: '1' }), 'one');
    expect(() => apply(first, deployment({ image: '1' }), 'two')).not.toThrow();
  });

  it('changes nothing the second time', () => {
    const first = apply(undefined, deployment({ image: '1' }), 'one');
    expect(apply(first, deployment({ image: '1' }), 'one')).toEqual(first);
  });
});
