import type { IncomingMessage } from 'node:http';
import { connect } from 'node:tls';

const maxBytes = 4096;
const maxText = 200;
const handshakeMs = 500;

/** What a page says in its first words, on one line; undefined: nothing that a person could read. Never rejects. */
export async function answerText(response: IncomingMessage): Promise<string | undefined> {
  const type = response.headers['content-type'] ?? '';
  const isRead = response.headers['content-encoding'] === undefined && /^$|text|json|xml/i.test(type);
  if (!isRead) {
    response.resume();
    return undefined;
  }
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      pieces.push(piece);
      if ((bytes += piece.length) >= maxBytes) break;
    }
  } catch {
    // What was read by then is told.
  }
  return readable(Buffer.concat(pieces).subarray(0, maxBytes).toString('utf8'));
}

/** Without the marks and scripts of a page. */
export function readable(body: string): string | undefined {
  const isPage = /^\s*</.test(body);
  const bare = isPage
    ? body.replace(/<(script|style|head)\b[^>]{0,500}>[^]{0,4096}?<\/\1>/gi, ' ').replace(/<[^<>]{0,1000}>/g, ' ')
    : body;
  const text = bare
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  if (text === '') return undefined;
  return text.length > maxText ? `${text.slice(0, maxText)}…` : text;
}

/** Whether who listens at a port of this machine speaks TLS there. Never rejects. */
export function speaksTls(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    // Only whether: nothing is said or believed.
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, timeout: handshakeMs });
    const end = (isTls: boolean) => () => {
      socket.destroy();
      resolve(isTls);
    };
    socket
      .once('secureConnect', end(true))
      .once('error', end(false))
      .once('timeout', end(false))
      .once('close', end(false));
  });
}
