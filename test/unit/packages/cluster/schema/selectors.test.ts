import { describe, expect, it } from 'vitest';
import { parseFieldSelector } from '../../../../../packages/cluster/src/schema/fieldSelector';
import { parseLabelSelector } from '../../../../../packages/cluster/src/schema/labelSelector';
import { resourceOfKind } from '../../../../../packages/cluster/src/schema/resources';
import { selectorMatches } from '../../../../../packages/cluster/src/schema/selectorObject';

describe('label selectors', () => {
  it.each<[string, Record<string, string> | undefined, boolean]>([
    ['', undefined, true],
    ['a=1', { a: '1' }, true],
    ['a==1', { a: '2' }, false],
    ['a!=1', {}, true],
    ['a!=1', { a: '1' }, false],
    ['a=', { a: '' }, true],
    ['a in (1,2)', { a: '2' }, true],
    ['a in (1, 2)', {}, false],
    ['a notin (1,2)', {}, true],
    ['a notin (1,2)', { a: '1' }, false],
    ['a', { a: 'x' }, true],
    ['!a', { a: 'x' }, false],
    ['! a', {}, true],
    ['a>5', { a: '6' }, true],
    ['a<5', { a: '6' }, false],
    ['a>5', { a: 'x' }, false],
    ['x.io/a-b_c=1,b in (2),!c', { 'x.io/a-b_c': '1', b: '2' }, true],
    ['x.io/a=1,b in (2),!c', { 'x.io/a': '1', b: '2', c: '' }, false],
  ])('%s on %o: %s', (selector, labels, expected) => {
    expect(parseLabelSelector(selector)(labels)).toBe(expected);
  });

  it.each(['a b', 'a in (b', 'a in b', '=x', 'a=b=c', 'a in (b c)', '-a', 'a=-b', 'a>x'])('refuses %s', (selector) => {
    expect(() => parseLabelSelector(selector)).toThrow(expect.objectContaining({ code: 400 }));
  });

  it('matches the selectors of objects', () => {
    const selector = {
      matchLabels: { a: '1' },
      matchExpressions: [
        { key: 'b', operator: 'In', values: ['2', '3'] },
        { key: 'c', operator: 'NotIn', values: ['4'] },
        { key: 'd', operator: 'Exists' },
        { key: 'e', operator: 'DoesNotExist' },
      ],
    };
    expect(selectorMatches(selector, { a: '1', b: '3', d: '' })).toBe(true);
    for (const wrong of [{ a: '2' }, { b: '4' }, { c: '4' }, { d: undefined }, { e: 'x' }]) {
      expect(selectorMatches(selector, { a: '1', b: '3', d: '', ...wrong }), JSON.stringify(wrong)).toBe(false);
    }
  });
});

describe('field selectors', () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'n' },
    spec: { nodeName: 'one' },
    status: { phase: 'Running' },
  };
  const matches = (selector: string): boolean => parseFieldSelector(selector, resourceOfKind('Pod'))(pod);

  it('select by what the kind allows', () => {
    expect(matches('metadata.name=p,metadata.namespace==n,spec.nodeName=one')).toBe(true);
    expect(matches('status.phase!=Running')).toBe(false);
    expect(matches('status.phase!=Failed,spec.nodeName!=')).toBe(true);
    expect(matches('status.podIP=')).toBe(true);
    expect(() => matches('spec.unknown=x')).toThrow(expect.objectContaining({ code: 400 }));
    expect(() => matches('nonsense')).toThrow(expect.objectContaining({ code: 400 }));
  });

  it('select events by their object and source', () => {
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e' },
      involvedObject: { kind: 'Pod', name: 'p' },
      source: { component: 'kubelet' },
      type: 'Warning',
    };
    const select = parseFieldSelector('involvedObject.name=p,type=Warning,source=kubelet', resourceOfKind('Event'));
    expect(select(event)).toBe(true);
    expect(select({ ...event, type: 'Normal' })).toBe(false);
  });
});
