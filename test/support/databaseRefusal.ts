import { Client } from 'pg';

/** By which code a server refuses a connection; undefined: it takes it. */
export async function databaseRefusal(connectionString: string): Promise<string | undefined> {
  const client = new Client({ connectionString });
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  } finally {
    await client.end();
  }
}
