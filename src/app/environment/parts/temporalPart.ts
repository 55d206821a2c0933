import { isLoopback } from '@coppice/host/isLoopback';
import { definePart } from './part';

/** A server of this machine, as Coppice starts one, speaks plainly. `env` may say otherwise: the name is not reserved. */
const isHere = (address: string): boolean => isLoopback(address.replace(/:\d+$/, ''));

/** An environment's namespace in Temporal, as programs are told of it. */
export const temporalPart = definePart({
  id: 'temporal',
  plan: ({ names }) => ({ record: { namespace: names.temporalNamespace } }),
  variables: ({ identity: { parts }, settings }) => ({
    TEMPORAL_ADDRESS: settings['temporal.address'],
    ...(parts.temporal ? { TEMPORAL_NAMESPACE: parts.temporal.namespace } : {}),
    // A user's temporal.toml may have an API key, which turns TLS on (docs.temporal.io/references/client-environment-configuration).
    ...(parts.temporalNamespace && isHere(settings['temporal.address']) ? { TEMPORAL_TLS: 'false' } : {}),
  }),
});
