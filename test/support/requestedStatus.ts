import { get } from 'node:http';

/** Asks an environment's URL, whose name below localhost only browsers know. Resolves with the status. */
export async function requestedStatus(address: string): Promise<number> {
  const { host, port, pathname } = new URL(address);
  return new Promise((resolve, reject) => {
    const asked = get({ host: '127.0.0.1', port, path: pathname, headers: { host } }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    asked.on('error', reject);
  });
}
