import { isAppError } from '../../core/errors';
import type { KubeConnection } from './connection/kubeConnection';

/** The clock of an API server, by the Date header of an answer: milliseconds since the epoch. undefined: nobody tells. */
export async function clusterTime(connection: KubeConnection, signal: AbortSignal): Promise<number | undefined> {
  try {
    const request = { method: 'GET', path: '/version', verb: 'get', resource: 'version' } as const;
    const answer = await connection.stream(request, signal);
    answer.destroy();
    const time = Date.parse(answer.headers.date ?? '');
    return Number.isNaN(time) ? undefined : time;
  } catch (error) {
    // Whether it answers is told elsewhere.
    if (isAppError(error)) return undefined;
    throw error;
  }
}
