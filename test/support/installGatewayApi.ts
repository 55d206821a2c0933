import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { gatewayDefinitionsFolder } from './gatewayWorld';
import type { KubeConnection } from './kubeConnection';
import { until } from './until';

const collection = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/**
 * Makes a cluster know routes of the Gateway API, by that API's own definition, with its rules.
 *
 * @returns what takes the definition away again, unless somebody else has it there; undefined: it cannot be had here, or
 * the server is older than it
 */
export async function installGatewayApi(api: KubeConnection): Promise<(() => Promise<void>) | undefined> {
  const folder = gatewayDefinitionsFolder();
  if (folder === undefined) return undefined;
  const body = parse(await readFile(join(folder, 'gateway.networking.k8s.io_httproutes.yaml'), 'utf8')) as {
    metadata: { name: string };
  };
  const { status, text } = await api.call('POST', collection, { body });
  if (status === 409) return async () => undefined;
  // Servers before those that the Gateway API is made for refuse it: they take a default that is an empty text for none.
  if (status === 422) return undefined;
  if (status !== 201) throw new Error(text);
  const path = `${collection}/${body.metadata.name}`;
  // Established is said a little before it is served.
  await until(
    async () => (await api.call('GET', '/apis/gateway.networking.k8s.io/v1/httproutes')).status === 200,
    30_000,
  );
  return async () => {
    await api.call('DELETE', path);
    await until(async () => (await api.call('GET', path)).status === 404, 30_000);
  };
}
