import { describe, expect, it } from 'vitest';
import { schemaOf } from '../../../../../packages/cluster/src/schema/mergeSchema';
import { mergePatch } from '../../../../../packages/cluster/src/patch/mergePatch';
import { strategicMergePatch } from '../../../../../packages/cluster/src/patch/strategicMergePatch';

describe('merge patch', () => {
  // The examples of RFC 7386, appendix A.
  it.each<[unknown, unknown, unknown]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j patched with %j', (target, patch, expected) => {
    expect(mergePatch(target, patch)).toEqual(expected);
  });
});

describe('strategic merge patch', () => {
  const pod = (spec: object): { spec: object } => ({ spec });
  const patched = (original: object, patch: object): unknown =>
    strategicMergePatch(structuredClone(pod(original)), pod(patch), schemaOf('Pod'))['spec'];
  const a = { name: 'a', image: '1' };
  const b = { name: 'b', image: '2' };

  it.each<[string, object, object, object]>([
    [
      'merges items of one name',
      { containers: [a, b] },
      { containers: [{ name: 'b', image: '3' }] },
      { containers: [a, { name: 'b', image: '3' }] },
    ],
    ['adds others', { containers: [a] }, { containers: [b] }, { containers: [a, b] }],
    [
      'removes fields that are null',
      { containers: [a] },
      { containers: [{ name: 'a', image: null }] },
      { containers: [{ name: 'a' }] },
    ],
    ['deletes items', { containers: [a, b] }, { containers: [{ name: 'a', $patch: 'delete' }] }, { containers: [b] }],
    ['replaces lists', { containers: [a] }, { containers: [b, { $patch: 'replace' }] }, { containers: [b] }],
    [
      'replaces objects',
      { securityContext: { x: 1 } },
      { securityContext: { $patch: 'replace', y: 2 } },
      { securityContext: { y: 2 } },
    ],
    [
      'orders items',
      { containers: [a, b] },
      { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] },
      { containers: [b, a] },
    ],
    [
      'orders what it adds',
      { containers: [a] },
      { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }], containers: [b] },
      { containers: [b, a] },
    ],
    [
      'keeps only retained keys',
      { strategy: { type: 'x', rolling: {} } },
      { strategy: { $retainKeys: ['type'], type: 'y' } },
      { strategy: { type: 'y' } },
    ],
    [
      'replaces lists without keys',
      { tolerations: [{ key: 'a' }] },
      { tolerations: [{ key: 'b' }] },
      { tolerations: [{ key: 'b' }] },
    ],
    [
      'leaves no directive behind',
      {},
      {
        containers: [
          {
            ...a,
            env: [
              { name: 'x', $patch: 'delete' },
              { name: 'y', value: '1' },
            ],
          },
        ],
      },
      { containers: [{ ...a, env: [{ name: 'y', value: '1' }] }] },
    ],
  ])('%s', (_, original, patch, expected) => {
    expect(patched(original, patch)).toEqual(expected);
  });

  it('merges sets, and takes values out of them', () => {
    const original = { metadata: { finalizers: ['a', 'b'] } };
    const merge = (metadata: object): unknown =>
      strategicMergePatch(original, { metadata }, schemaOf('Pod'))['metadata'];
    expect(merge({ finalizers: ['c', 'a'] })).toEqual({ finalizers: ['a', 'b', 'c'] });
    expect(merge({ '$deleteFromPrimitiveList/finalizers': ['a'] })).toEqual({ finalizers: ['b'] });
  });

  it('refuses items without their key', () => {
    expect(() => patched({ containers: [a] }, { containers: [{ image: '1' }] })).toThrow('merge key: name');
  });

  it('changes neither of its arguments', () => {
    const original = Object.freeze({ spec: Object.freeze({ containers: Object.freeze([Object.freeze(a)]) }) });
    const patch = Object.freeze({
      spec: Object.freeze({ containers: Object.freeze([Object.freeze({ name: 'a', image: '9' })]) }),
    });
    expect(strategicMergePatch(original, patch, schemaOf('Pod'))).toEqual({
      spec: { containers: [{ name: 'a', image: '9' }] },
    });
  });
});
