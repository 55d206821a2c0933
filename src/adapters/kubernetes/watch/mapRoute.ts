import type { V1Condition, V1ObjectMeta } from '@kubernetes/client-node';
import type { IngressFacts } from '../../../core/facts';

/** An HTTPRoute of the Gateway API, as far as it is read (gateway.networking.k8s.io/v1). */
export interface HttpRoute {
  readonly metadata?: V1ObjectMeta;
  readonly spec?: {
    readonly parentRefs?: readonly { readonly namespace?: string; readonly name?: string }[];
    readonly hostnames?: readonly string[];
    readonly rules?: readonly {
      readonly matches?: readonly { readonly path?: { readonly value?: string } }[];
      readonly backendRefs?: readonly { readonly name?: string }[];
    }[];
  };
  readonly status?: {
    readonly parents?: readonly { readonly conditions?: readonly Partial<V1Condition>[] }[];
  };
}

/** What must be true of it before it leads anywhere. */
const needed = ['Accepted', 'ResolvedRefs'];

/** @param knownPort where the gateway listens: a route does not say it */
export function mapRoute({ metadata, spec, status }: HttpRoute, knownPort?: number): IngressFacts {
  const rules = (spec?.hostnames ?? []).flatMap((host) =>
    (spec?.rules ?? []).flatMap(({ matches = [], backendRefs = [] }) =>
      matches.flatMap(({ path }) =>
        backendRefs.flatMap(({ name: service }) =>
          service === undefined ? [] : [{ host, path: path?.value ?? '/', service }],
        ),
      ),
    ),
  );
  const trouble = troubleOf(status, spec);
  const route = `the route ${metadata?.name ?? ''}`;
  return { rules, port: knownPort, ...(trouble === undefined ? {} : { trouble: `${route} ${trouble}` }) };
}

function troubleOf(status: HttpRoute['status'], spec: HttpRoute['spec']): string | undefined {
  const [{ namespace = '', name = '' } = {}] = spec?.parentRefs ?? [];
  const gateway = `the Gateway ${namespace}/${name}`;
  const conditions = (status?.parents ?? []).flatMap(({ conditions: all = [] }) => all);
  const refused = conditions.find((condition) => needed.includes(condition.type ?? '') && condition.status === 'False');
  if (refused) {
    const why = refused.message || refused.reason || 'it does not say why';
    return `${refused.type === 'Accepted' ? `is not accepted by ${gateway}` : 'leads nowhere'}: ${why.replace(/\.$/, '')}`;
  }
  const isAccepted = conditions.some(({ type, status: is }) => type === 'Accepted' && is === 'True');
  return isAccepted ? undefined : `is taken by nobody yet: ${gateway} says nothing of it`;
}
