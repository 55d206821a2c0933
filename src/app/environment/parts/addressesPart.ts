import type { ServiceAddress } from '../../../core/serviceAddress';
import { definePart } from './part';

/** Where an environment and its services answer, as programs are told: without a / at the end, so that a path can follow. */
export const addressesPart = definePart({
  id: 'addresses',
  variables({ identity: { names, parts }, urlPort }) {
    const addresses = Object.entries(parts.services?.addresses ?? {});
    const port = urlPort === undefined || urlPort === '80' ? '' : `:${urlPort}`;
    const urlOf = ({ host, path }: ServiceAddress): string =>
      `http://${host === undefined ? '' : `${host}.`}${names.host}${port}${path === '/' ? '' : path}`;
    return {
      COPPICE_URL: urlOf({ path: '/' }),
      ...Object.fromEntries(addresses.map(([name, address]) => [variableOf(name), urlOf(address)])),
    };
  },
});

function variableOf(service: string): string {
  return `COPPICE_URL_${service.toUpperCase().replaceAll('-', '_')}`;
}
