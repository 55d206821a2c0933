import { kubernetesVersion } from './kubernetesVersion';
import { message, text, flag } from './protobuf';
import { apiVersionOf, resources, type Resource } from './resources';

/**
 * A small OpenAPI document that says what clients look for before they write: which kinds can be patched, and that
 * `dryRun` is understood. It has no schemas: a client that validates by schema finds none and leaves it to the server.
 */
export function openApiDocument(): object {
  return {
    swagger: '2.0',
    info,
    paths: Object.fromEntries(resources.map((one) => [pathOf(one), pathItem(one)])),
    definitions: {},
  };
}

/** The same as the protobuf message openapi.v2.Document (github.com/google/gnostic-models), which kubectl and Helm ask for. */
export function openApiProtobuf(): Buffer {
  return Buffer.concat([
    text(1, '2.0'),
    message(2, text(1, info.title), text(2, info.version)),
    message(8, ...resources.map((one) => message(2, text(1, pathOf(one)), message(2, message(8, ...operation(one)))))),
  ]);
}

export const openapiMediaType = 'application/octet-stream';

const info = { title: 'Coppice embedded cluster', version: kubernetesVersion.gitVersion };
const parameters = ['dryRun', 'fieldManager', 'force'];
const gvkField = 'x-kubernetes-group-version-kind';

function pathOf(one: Resource): string {
  const root = one.group === '' ? `/api/${one.version}` : `/apis/${apiVersionOf(one)}`;
  return `${root}${one.namespaced ? '/namespaces/{namespace}' : ''}/${one.plural}/{name}`;
}

function gvk({ group, kind, version }: Resource): object {
  return { group, kind, version };
}

function pathItem(one: Resource): object {
  return {
    patch: {
      operationId: operationId(one),
      parameters: parameters.map((name) => ({ name, in: 'query', type: 'string', uniqueItems: true })),
      responses: { 200: { description: 'OK' } },
      [gvkField]: gvk(one),
    },
  };
}

function operation(one: Resource): Buffer[] {
  return [
    text(5, operationId(one)),
    ...parameters.map((name) =>
      message(8, message(1, message(2, message(3, flag(1, false), text(2, 'query'), text(4, name))))),
    ),
    message(13, text(1, gvkField), message(2, text(2, JSON.stringify(gvk(one))))),
  ];
}

function operationId(one: Resource): string {
  return `patch${one.kind}`;
}
