import { definePart } from './part';

/** An environment's namespace in Temporal, as programs are told of it. */
export const temporalPart = definePart({
  id: 'temporal',
  plan: ({ names }) => ({ record: { namespace: names.temporalNamespace } }),
  variables: ({ identity: { parts }, settings }) => ({
    TEMPORAL_ADDRESS: settings['temporal.address'],
    ...(parts.temporal ? { TEMPORAL_NAMESPACE: parts.temporal.namespace } : {}),
  }),
});
