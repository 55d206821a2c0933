import type { V1Ingress } from '@kubernetes/client-node';
import type { IngressFacts } from '../../../core/facts';

/** @param knownPort known from elsewhere: it counts more than the status, which tells a port of the cluster's own network */
export function mapIngress(ingress: V1Ingress, knownPort?: number): IngressFacts {
  const rules = (ingress.spec?.rules ?? []).flatMap((rule) =>
    (rule.http?.paths ?? []).flatMap((path) => {
      const service = path.backend.service?.name;
      return service === undefined ? [] : [{ host: rule.host ?? '', path: path.path ?? '/', service }];
    }),
  );
  const ports = (ingress.status?.loadBalancer?.ingress ?? []).flatMap((one) => one.ports ?? []);
  return { rules, port: knownPort ?? ports.find((one) => one.protocol === 'TCP')?.port };
}
