/** How the administrator reaches a server. */
export interface AdminConnection {
  /** Without a password; its path is the database to administer from. */
  readonly url: string;
  readonly password: string | undefined;
}

/** The PostgreSQL server that the environments' databases live on. */
export interface PostgresServer {
  /** Starts it where that is ours to do. @throws unreachable, missingTool, denied, notConfigured */
  connect(signal?: AbortSignal): Promise<AdminConnection>;
}
