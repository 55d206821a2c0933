import { connect, createServer } from 'node:http2';
import { addressOf } from './serve';

// gRPC over HTTP/2 as its PROTOCOL-HTTP2.md says, with messages in JSON (application/grpc+json): stand-ins have no protobuf.

/** The method by which OTLP takes traces (opentelemetry-proto, trace_service.proto). */
export const exportTraces = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

export function serveGrpc(endpoint: string, methods: Readonly<Record<string, (message: string) => void>>): void {
  const server = createServer();
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on('error', () => undefined);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      const method = methods[headers[':path'] ?? ''];
      stream.respond({ ':status': 200, 'content-type': 'application/grpc+json' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': method ? '0' : '12' }));
      method?.(Buffer.concat(chunks).subarray(5).toString('utf8'));
      stream.end(framed('{}'));
    });
  });
  server.listen(addressOf(endpoint));
}

/** Rejects when the status is not OK. */
export function callGrpc(endpoint: string, method: string, message: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const session = connect(`http://${endpoint}`);
    session.on('error', reject);
    const stream = session.request({
      ':method': 'POST',
      ':path': method,
      'content-type': 'application/grpc+json',
      te: 'trailers',
    });
    let status = 'none';
    stream.on('trailers', (trailers) => (status = String(trailers['grpc-status'])));
    stream.on('error', reject);
    stream.on('close', () => {
      session.close();
      if (status === '0') resolve();
      else reject(new Error(`${endpoint}${method}: gRPC status ${status}`));
    });
    stream.resume();
    stream.end(framed(message));
  });
}

/** Not compressed, four bytes of length, the message. */
function framed(message: string): Buffer {
  const body = Buffer.from(message);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}
