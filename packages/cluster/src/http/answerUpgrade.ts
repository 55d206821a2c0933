import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { StatusError } from '../schema/statusError';
import type { PodUpgrades } from '../streams/podUpgrades';
import type { Allowed, ServerContext } from './call';
import { admission } from './requestStages';

/** Makes a connection into a pod of a request that asks for one. Never rejects. */
export async function answerUpgrade(
  context: ServerContext,
  upgrades: PodUpgrades,
  request: IncomingMessage,
  connection: Duplex,
  head: Buffer,
): Promise<void> {
  connection.on('error', () => connection.destroy());
  try {
    const call = await admission.pass(context, request);
    context.onStage?.('upgrade');
    upgrades.begin(accept(upgrades, call), request, connection, head);
  } catch (error) {
    if (!(error instanceof StatusError)) context.onError(error);
    refuse(connection, error instanceof StatusError ? error : StatusError.internal(String(error)));
  }
}

function accept(upgrades: PodUpgrades, { target, url, request }: Allowed): ReturnType<PodUpgrades['accept']> {
  if (target.kind !== 'resource') throw StatusError.noSuchResource();
  return upgrades.accept(target.asked, url.searchParams, request);
}

function refuse(connection: Duplex, error: StatusError): void {
  const body = JSON.stringify(error.toStatus());
  const head = [
    `HTTP/1.1 ${error.code} ${error.reason}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  connection.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
