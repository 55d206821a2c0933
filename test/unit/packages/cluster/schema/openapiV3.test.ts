import { describe, expect, test } from 'vitest';
import { isRecord, recordAt, valueAt } from '../../../../../packages/cluster/src/schema/kubeObject';
import { openApiV3Document, openApiV3Paths } from '../../../../../packages/cluster/src/schema/openapiV3';
import { shownResource } from '../../../../../packages/cluster/src/schema/requestPath';
import { apiVersionOf, resources } from '../../../../../packages/cluster/src/schema/resources';

const paths = Object.keys(recordAt(openApiV3Paths(), 'paths') ?? {});

/** All values of `$ref` in a document. */
function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : references(inner),
  );
}

describe('the OpenAPI documents', () => {
  test.each(paths)('%s: every reference leads somewhere', (path) => {
    const document = openApiV3Document(path);
    const schemas = recordAt(document, 'components', 'schemas') ?? {};
    const names = Object.keys(schemas).map((name) => `#/components/schemas/${name}`);
    expect(references(document).filter((one) => !names.includes(one))).toEqual([]);
  });

  test.each(resources.map((one) => [one.kind, one] as const))('%s is described', (_, one) => {
    const document = openApiV3Document(one.group === '' ? `api/${one.version}` : `apis/${apiVersionOf(one)}`);
    const schemas = Object.values(recordAt(document, 'components', 'schemas') ?? {});
    const own = schemas.filter((schema) => {
      const [gvk] = (valueAt(schema, 'x-kubernetes-group-version-kind') ?? []) as unknown[];
      return valueAt(gvk, 'kind') === one.kind;
    });
    expect(own).toHaveLength(1);
    expect(Object.keys(recordAt(own[0], 'properties') ?? {})).toEqual(
      expect.arrayContaining(['apiVersion', 'kind', 'metadata']),
    );
  });

  test('there is none for a group that is not served', () => {
    expect(openApiV3Document('apis/batch/v1')).toBeUndefined();
  });
});

test.each([
  ['/apis/batch/v1/namespaces/a/jobs', 'jobs in batch/v1'],
  ['/apis/batch/v1/jobs', 'jobs in batch/v1'],
  ['/apis/batch/v1/namespaces/a/jobs/one/status', 'jobs in batch/v1'],
  ['/apis/batch', undefined],
  ['/nothing', undefined],
])('what %s asks for is called %s', (path, name) => {
  expect(shownResource(path)).toBe(name);
});
