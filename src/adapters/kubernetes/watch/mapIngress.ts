import type { V1Ingress } from '@kubernetes/client-node';
import { stripPrefixAnnotation } from '@coppice/cluster/contract';
import type { IngressFacts } from '../../../core/facts';

/** @param knownPort known from elsewhere: it counts more than the status, which tells a port of the cluster's own network */
export function mapIngress(ingress: V1Ingress, knownPort?: number): IngressFacts {
  // How a path is taken away is a matter of the controller: some want it written as a pattern.
  const stripped = ingress.metadata?.annotations?.[stripPrefixAnnotation];
  const rules = (ingress.spec?.rules ?? []).flatMap((rule) =>
    (rule.http?.paths ?? []).flatMap((path, _, all) => {
      const service = path.backend.service?.name;
      // A route that is said in two, as charts/worktree does, is one.
      if (all.some((other) => other.pathType === 'Exact' && path.path === `${other.path}/`)) return [];
      return service === undefined ? [] : [{ host: rule.host ?? '', path: stripped ?? path.path ?? '/', service }];
    }),
  );
  const ports = (ingress.status?.loadBalancer?.ingress ?? []).flatMap((one) => one.ports ?? []);
  return { rules, port: knownPort ?? ports.find((one) => one.protocol === 'TCP')?.port };
}
