import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServiceTrouble } from './serviceTrouble';
import { lookHeader } from './whoAsks';

const REFRESH_SECONDS = 2;
/**
 * Looks again by a request of which the gateway knows that nobody made it. Loaded anew, which nobody could tell from a person, the page
 * is once only: when the service answers.
 */
const LOOK = `const look = async () => {
  try {
    const answer = await fetch(location.href, { headers: { '${lookHeader}': '1', accept: 'text/html' }, cache: 'no-store' });
    if (answer.status !== 503) return location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    document.title = page.title;
    document.body.replaceWith(page.body);
  } catch {}
  setTimeout(look, ${REFRESH_SECONDS * 1000});
};
setTimeout(look, ${REFRESH_SECONDS * 1000});`;
const LOOK_HASH = createHash('sha256').update(LOOK).digest('base64');
/** Of whoever runs no scripts, and of what was sent, which must not be sent again. */
const REFRESH = `<meta http-equiv="refresh" content="${REFRESH_SECONDS}">`;

/** Says that no environment has this host. The hosts that there are are told to this machine's own names only. */
export function answerUnknownHost(
  request: IncomingMessage,
  response: ServerResponse,
  host: string,
  hosts: readonly string[],
  port: number,
): void {
  const links = hosts.map(
    (known) => `<li><a href="${escapeHtml(`http://${known}:${port}/`)}">${escapeHtml(known)}</a></li>`,
  );
  const list = hosts.length === 0 ? '' : `<p>These are known:</p><ul>${links.join('')}</ul>`;
  send(request, response, 404, {
    json: { error: 'unknownHost', host, hosts },
    text: [`No environment has the host "${host}".`, ...hosts.map((known) => `known: http://${known}:${port}/`)],
    html: page('No environment here', `<p>No environment has the host <code>${escapeHtml(host)}</code>.</p>${list}`),
  });
}

/** Says that the host is known, but nothing is behind this path. */
export function answerUnknownPath(
  request: IncomingMessage,
  response: ServerResponse,
  host: string,
  path: string,
): void {
  const about = `No route of <code>${escapeHtml(host)}</code> leads to <code>${escapeHtml(path)}</code>.`;
  send(request, response, 404, {
    json: { error: 'unknownPath', host, path },
    text: [`No route of "${host}" leads to "${path}".`],
    html: page('Nothing here', `<p>${about}</p>`),
  });
}

/** Says what is wrong with a service, and comes back by itself once it answers again. */
export function answerServiceDown(
  request: IncomingMessage,
  response: ServerResponse,
  trouble: ServiceTrouble,
  logLines: readonly string[],
): void {
  const { service, state, reason } = trouble;
  const exit = trouble.exitCode === undefined ? '' : `, exit code ${trouble.exitCode}`;
  const title = `${service}: ${state}${exit}`;
  const restarts = trouble.restarts ? `<p>Restarted ${trouble.restarts} times.</p>` : '';
  const pod = trouble.pod
    ? `<p>Pod <code>${escapeHtml(trouble.pod)}</code> in <code>${escapeHtml(trouble.namespace)}</code></p>`
    : '';
  const log = logLines.length === 0 ? '' : `<h2>Its last words</h2><pre>${escapeHtml(logLines.join('\n'))}</pre>`;
  const { podUid: _, ...shown } = trouble;
  response.setHeader('Retry-After', String(REFRESH_SECONDS));
  send(request, response, 503, {
    json: { error: 'serviceDown', ...shown, log: logLines },
    text: [title, reason, ...logLines],
    html: page(
      title,
      `<p>${escapeHtml(reason)}</p>${restarts}${pod}${log}<p class="quiet">This page looks again every ${REFRESH_SECONDS} seconds.</p>`,
      request.method === 'GET' ? `<script>${LOOK}</script><noscript>${REFRESH}</noscript>` : REFRESH,
    ),
  });
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

interface Answer {
  json: Record<string, unknown>;
  text: readonly string[];
  html: string;
}

/** In the form that the client asks for; who asks for nothing in particular reads text. */
function send(request: IncomingMessage, response: ServerResponse, status: number, answer: Answer): void {
  const accept = request.headers.accept ?? '';
  const wantsHtml = accept.includes('text/html');
  const wantsJson = !wantsHtml && /application\/(?:[\w.+-]*\+)?json/.test(accept);
  const [type, body] = wantsHtml
    ? ['text/html', answer.html]
    : wantsJson
      ? ['application/json', JSON.stringify(answer.json)]
      : ['text/plain', `${answer.text.join('\n')}\n`];
  response.writeHead(status, {
    'Content-Type': `${type}; charset=utf-8`,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'Content-Security-Policy': `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${LOOK_HASH}'; connect-src 'self'`,
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:3rem auto;padding:0 1rem;color:#222;background:#fff}' +
  'pre{background:#f4f4f4;padding:1rem;overflow:auto}h1{font-size:1.4rem}h2{font-size:1.1rem}.quiet{color:#666}' +
  '@media(prefers-color-scheme:dark){body{color:#ddd;background:#1b1b1b}pre{background:#2a2a2a}.quiet{color:#999}a{color:#8ab4f8}}';

function page(title: string, body: string, head = ''): string {
  const name = escapeHtml(title);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">${head}<title>${name}</title><style>${STYLE}</style></head><body><h1>${name}</h1>${body}</body></html>`;
}
