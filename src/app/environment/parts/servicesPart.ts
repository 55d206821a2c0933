import { chooseMetricsPorts } from './claimNames';
import { definePart } from './part';

/** The services of the environment file, as others must know them before they run. */
export const servicesPart = definePart({
  id: 'services',
  async plan({ ports, prepared: { owner, file }, names, namespaces }) {
    const services = file.services.map(({ name }) => name);
    const metricsPorts = await chooseMetricsPorts(names, owner, services, namespaces, ports.ports);
    return {
      record: { metricsPorts },
      annotations: { services: services.join(','), 'metrics-ports': JSON.stringify(metricsPorts) },
    };
  },
});
