import type { AdminConnection } from './postgresServer';

/** The URL by which a role reaches a database on the server; parameters such as sslmode stay. */
export function urlFor(
  connection: AdminConnection,
  login: { readonly database: string; readonly role: string; readonly password: string },
): string {
  const url = new URL(connection.url);
  url.username = encodeURIComponent(login.role);
  url.password = encodeURIComponent(login.password);
  url.pathname = `/${encodeURIComponent(login.database)}`;
  return url.href;
}
