import type { Owner } from '../model';

/** The one namespace of what all environments of a cluster share. */
export const infraNamespace = 'infra';
export const infraRelease = 'infra';

/** Infra is watched and guarded as an environment is: by an owner, which is nobody's repository. */
export const infraOwner: Owner = { repositoryId: 'infra', worktreeId: 'infra' };

export const infraParts = ['postgresql', 'temporal', 'grafana', 'prometheus', 'loki', 'jaeger', 'collector'] as const;

export type InfraPart = (typeof infraParts)[number];

/** What a person calls a part. */
export const infraPartTitles: Readonly<Record<InfraPart, string>> = {
  postgresql: 'PostgreSQL',
  temporal: 'Temporal',
  grafana: 'Grafana',
  prometheus: 'Prometheus',
  loki: 'Loki',
  jaeger: 'Jaeger',
  collector: 'OpenTelemetry Collector',
};

/** Where pods of environments reach infra. */
export const infraAddresses = {
  postgresql: `postgresql.${infraNamespace}.svc:5432`,
  temporal: `temporal-frontend.${infraNamespace}.svc:7233`,
  otlp: `http://otel-collector.${infraNamespace}.svc:4318`,
} as const;

/** Secrets of infra: their keys are `password`, and `user` for Grafana. */
export const infraSecrets = { postgresql: 'infra-postgresql', grafana: 'infra-grafana' } as const;
export const infraDatabaseUser = 'postgres';

export function isInfraPart(name: string): name is InfraPart {
  return infraParts.some((part) => part === name);
}
