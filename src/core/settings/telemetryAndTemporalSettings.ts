// Written by "npm run manifest" from manifest/settings: change it there.

/** Telemetry and Temporal: the keys are those of VS Code without the prefix `coppice.`. */
export interface TelemetryAndTemporalSettings {
  /**
   * Where the services of an environment send their traces, metrics and logs: the OTLP/HTTP address that they find in
   * `OTEL_EXPORTER_OTLP_ENDPOINT`. Coppice itself sends nothing.
   */
  readonly 'telemetry.otlpEndpoint': string;
  /**
   * A Grafana of your own (`http://localhost:3000`) whose panels the dashboard shows. It must hold the dashboard
   * `coppice-environment`, may be embedded (`allow_embedding`) and is read without a login, or with one that the
   * browser has. Empty: the Grafana of the infra, where the cluster has one; without one the dashboard draws what the
   * cluster itself knows.
   */
  readonly 'grafana.url': string;
  /**
   * A Prometheus of your own. The dashboard links to it, and takes the past from it where the cluster keeps none.
   * Empty: that of the infra, where the cluster has one.
   */
  readonly 'prometheus.url': string;
  /** A Loki of your own, for the logs of the environments. Empty: that of the infra, where the cluster has one. */
  readonly 'loki.url': string;
  /**
   * A Jaeger of your own. The dashboard links to the traces of an environment there, and `coppice traces` reads them.
   * Empty: that of the infra, where the cluster has one.
   */
  readonly 'jaeger.url': string;
  /**
   * The Temporal server, host and port, that services find in `TEMPORAL_ADDRESS`. Where coppice.yaml says `temporal:
   * true`, the address is one of this machine and nobody answers there, Coppice runs Temporal’s development server
   * there.
   */
  readonly 'temporal.address': string;
  /**
   * The program of Temporal’s CLI, as an absolute path: it registers namespaces and is the development server. Empty:
   * `temporal` on the PATH.
   */
  readonly 'temporal.path': string;
  /**
   * The address of Temporal’s web interface (`http://localhost:8080`), which tells how many workflows of an
   * environment run and have failed, and has its pages. Empty: that of the development server which Coppice runs; of
   * another one, port 1000 above `coppice.temporal.address`, where the development server has it.
   */
  readonly 'temporal.ui': string;
}
