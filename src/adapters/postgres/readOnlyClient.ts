import { Client } from 'pg';
import { mapPostgresError } from './postgresErrors';
import { withoutCallersVariables } from './withoutCallersVariables';

const connectTimeoutMs = 5_000;

/**
 * A connection with the rights of a URL's role whose transactions are read-only, for as long as the work takes. A statement is ended in
 * time, and so is a server that does not answer any more.
 *
 * @throws failed, denied, timeout: what the database says of it; unreachable
 */
export async function readingOnly<T>(
  { url, timeoutMs }: { readonly url: string; readonly timeoutMs: number },
  signal: AbortSignal,
  doing: string,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const client = withoutCallersVariables(
    () =>
      new Client({
        connectionString: url,
        application_name: 'coppice',
        client_encoding: 'UTF8',
        connectionTimeoutMillis: connectTimeoutMs,
        statement_timeout: timeoutMs,
        options: '-c default_transaction_read_only=on -c lock_timeout=2s',
      }),
  );
  client.on('error', () => undefined);
  const end = (): void => void client.end().catch(() => undefined);
  signal.addEventListener('abort', end, { once: true });
  // A server that does not answer any more keeps to no limit.
  const late = setTimeout(end, connectTimeoutMs + timeoutMs + 2000);
  try {
    await client.connect();
    return await use(client);
  } catch (error) {
    signal.throwIfAborted();
    throw mapPostgresError(error, doing);
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', end);
    end();
  }
}
