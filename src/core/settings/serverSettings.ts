// Written by "npm run manifest" from manifest/settings: change it there.

/** Programs and Servers: the keys are those of VS Code without the prefix `coppice.`. */
export interface ServerSettings {
  /**
   * The first port that the gateway of the embedded cluster tries; the URLs of all environments lead there. Taken
   * into account when the cluster starts.
   */
  readonly 'gateway.port': number;
  /** The Helm program. Empty: `helm` on the PATH. */
  readonly 'helm.path': string;
  /**
   * A PostgreSQL server of your own (`postgresql://user@host:port/`) whose user may create databases and roles; its
   * password is asked for by Set PostgreSQL Password. Empty: Coppice starts one.
   */
  readonly 'postgres.url': string;
  /**
   * The server of `coppice.postgres.url` as the pods of a real cluster reach it: host and port, such as
   * `db.infra:5432`. Empty: the same host and port.
   */
  readonly 'postgres.podAddress': string;
  /**
   * The folder with `postgres` and `initdb` that Coppice starts its own server with. Empty: it looks in the usual
   * places. A server of your own is named by `coppice.postgres.url`.
   */
  readonly 'postgres.binaries': string;
  /**
   * The folder for Coppice's own state: the embedded cluster, its database server, locks. Empty: `~/.coppice`. Read
   * once: a change counts after the window was reloaded.
   */
  readonly home: string;
}
