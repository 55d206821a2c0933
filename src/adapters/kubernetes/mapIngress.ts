import type { V1Ingress } from '@kubernetes/client-node';
import type { IngressFacts } from '../../core/facts';

export function mapIngress(ingress: V1Ingress): IngressFacts {
  const rules = (ingress.spec?.rules ?? []).flatMap((rule) =>
    (rule.http?.paths ?? []).flatMap((path) => {
      const service = path.backend.service?.name;
      return service === undefined ? [] : [{ host: rule.host ?? '', path: path.path ?? '/', service }];
    }),
  );
  const ports = (ingress.status?.loadBalancer?.ingress ?? []).flatMap((one) => one.ports ?? []);
  return { rules, port: ports.find((one) => one.protocol === 'TCP')?.port };
}
