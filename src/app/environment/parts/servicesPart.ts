import { serviceAddress } from '../../../core/serviceAddress';
import { chooseMetricsPorts } from './claimNames';
import { definePart } from './part';

/** The services of the environment file, as others must know them before they run. */
export const servicesPart = definePart({
  id: 'services',
  async plan({ ports, prepared: { owner, file }, names, namespaces }) {
    const services = file.services.map(({ name }) => name);
    const own = file.services.flatMap(({ name, uses }) => (uses === undefined ? [name] : []));
    const metricsPorts = await chooseMetricsPorts(names, owner, own, namespaces, ports.ports);
    const addresses = file.services.flatMap((service) => {
      const address = serviceAddress(service);
      return address === undefined ? [] : [[service.name, address] as const];
    });
    return {
      record: { metricsPorts, addresses: Object.fromEntries(addresses) },
      annotations: { services: services.join(','), 'metrics-ports': JSON.stringify(metricsPorts) },
    };
  },
});
