import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { samplesFile, schemaFile, schemaModules, schemaRoots } from '../../../../../scripts/kubernetesSchemaSource.mjs';
import { isRecord, type ObjectFields } from '../../../../../packages/cluster/src/schema/kubeObject';
import { decodeProtobuf } from '../../../../../packages/cluster/src/schema/protobufBody';
import { apiVersionOf, resources } from '../../../../../packages/cluster/src/schema/resources';
import { kinds } from '../../../../../packages/cluster/src/schema/kubernetes.json';
import { StatusError } from '../../../../../packages/cluster/src/schema/statusError';
import { encodeProtobuf } from '../../../../support/encodeProtobuf';

const samples: Record<string, { json: ObjectFields; protobuf: string }> = JSON.parse(
  await readFile(samplesFile, 'utf8'),
);

/** Without what says nothing: a null is a field that is not there. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(entries.map(([field, inner]) => [field, plain(inner)]));
}

/** Some of an object's fields, and some of theirs, chosen by a number. */
function someOf(value: ObjectFields, seed: number): ObjectFields {
  let state = seed;
  const next = (): boolean => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state > 0x5000_0000;
  };
  const pick = (inner: unknown): unknown => {
    if (Array.isArray(inner)) return inner.map(pick);
    if (!isRecord(inner)) return inner;
    const entries = Object.entries(inner).filter(([field, one]) => one !== null && (field === 'kind' || next()));
    return Object.fromEntries(entries.map(([field, one]) => [field, pick(one)]));
  };
  const { apiVersion, kind } = value;
  return { ...(pick(value) as ObjectFields), apiVersion, kind };
}

/** What there is more than in the object, if it says anything: Go's clients write empty structs and texts, too. */
function saysMore(found: unknown, sent: unknown): unknown {
  if (Array.isArray(found) && Array.isArray(sent)) {
    return found.length === sent.length ? found.find((one, index) => saysMore(one, sent[index])) : found;
  }
  if (isRecord(found)) {
    const given = isRecord(sent) ? sent : {};
    const lost = Object.keys(given).find((field) => isRecord(sent) && !(field in found) && !isEmpty(given[field]));
    return lost ?? Object.entries(found).find(([field, inner]) => saysMore(inner, given[field]))?.[0];
  }
  if (sent === undefined) return ['', 0, false, '0'].includes(found as string) ? undefined : found;
  return Object.is(found, sent) ? undefined : { found, sent };
}

function isEmpty(value: unknown): boolean {
  return isRecord(value) ? Object.values(value).every(isEmpty) : Array.isArray(value) && value.length === 0;
}

describe('an object in protobuf', () => {
  test.each(Object.entries(samples))('%s of Kubernetes itself is the same as its JSON', (_, { json, protobuf }) => {
    expect(decodeProtobuf(Buffer.from(protobuf, 'base64'))).toEqual(plain(json));
  });

  test('with any part of its fields has these, and no others that say something', () => {
    const anyKind = fc.constantFrom(...Object.keys(samples));
    fc.assert(
      fc.property(anyKind, fc.integer(), (kind, seed) => {
        const sent = someOf(samples[kind]?.json ?? {}, seed);
        expect(saysMore(decodeProtobuf(encodeProtobuf(sent)), sent)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  test('keeps a zero that somebody chose, and leaves out one that stands for nothing', () => {
    const sent = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      spec: { replicas: 0, paused: false, minReadySeconds: 0 },
    };
    const { spec } = decodeProtobuf(encodeProtobuf(sent));
    expect(spec).toEqual({
      replicas: 0,
      selector: undefined,
      strategy: {},
      template: { metadata: {}, spec: {} },
    });
  });

  test('keeps every key of a map and every byte of a value', () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('base64');
    const data = Object.fromEntries([
      ['all', bytes],
      ['none', ''],
      ['__proto__', bytes],
      ['a.b/c', bytes],
    ]);
    const sent = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', labels: { '': '' } },
      data,
      type: 'Opaque',
    };
    expect(decodeProtobuf(encodeProtobuf(sent))).toEqual(sent);
  });

  test.each([
    ['is empty', Buffer.alloc(0)],
    ['begins otherwise', Buffer.from('{"kind":"Pod"}')],
    ['is cut off', Buffer.from(samples['v1/Pod']?.protobuf ?? '', 'base64').subarray(0, 2000)],
    ['is of no kind', Buffer.from('k8s\0')],
  ])('that %s is a bad request', (_, bytes) => {
    expect(() => decodeProtobuf(bytes)).toThrow(StatusError);
    expect(() => decodeProtobuf(bytes)).toThrow(expect.objectContaining({ code: 400 }));
  });
});

describe('the types of Kubernetes', () => {
  test('are there for every kind that is served', () => {
    const served = resources.map((one) => `${apiVersionOf(one)}/${one.kind}`);
    expect(served.filter((kind) => kinds[kind] === undefined)).toEqual([]);
  });

  test('were read from what the script names now', async () => {
    const { modules, roots }: { modules: Record<string, string>; roots: unknown } = JSON.parse(
      await readFile(schemaFile, 'utf8'),
    );
    const versions = Object.entries(modules).map(([name, version]) => [name, version.split(' ')[0]]);
    expect(Object.fromEntries(versions)).toEqual(schemaModules);
    expect(roots).toEqual(schemaRoots);
  });
});
