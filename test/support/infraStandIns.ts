import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { libraries, makeImage, place, type TestImage } from './infraImages';

const root = join(import.meta.dirname, '..', '..');

/**
 * One image for all parts of infra that cannot be had as programs: small servers that speak the parts' documented HTTP APIs
 * and take the arguments, variables and files that the chart gives the official images.
 *
 * @param base image with Node.js
 * @param mark of the test that it is for, which removes it
 */
export async function standInImage(base: string, mark: string): Promise<TestImage> {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'test', 'support', 'standIns', 'program.ts')],
    ...{ bundle: true, platform: 'node', format: 'cjs', minify: true, external: ['pg-native'], write: false },
    outfile: 'program.cjs',
    banner: { js: '#!/bin/node' },
  });
  const program = outputFiles[0]?.text ?? '';
  return makeImage('stand-ins', `${mark}\n${base}\n${program}`, async (folder) => {
    // What Temporal's schema is made by: a shell, and these by their names.
    for (const file of ['/bin/sh', ...(await libraries('/bin/sh'))]) await place(file, folder);
    for (const name of ['stand-in', 'nc', 'sleep', 'temporal', 'temporal-sql-tool']) {
      const file = join(folder, 'files', 'bin', name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, program);
      await chmod(file, 0o755);
    }
    return `FROM ${base}\nCOPY files /\nENTRYPOINT ["/bin/stand-in"]\n`;
  });
}

/**
 * An environment's service that speaks OTLP, and claims to be somebody else. It sends until all was taken, once, and not
 * before Temporal takes a connection.
 */
export const senderProgram = `
const attributes = { 'k8s.namespace.name': 'worktree-of-somebody-else', 'service.name': 'forged', 'coppice.worktree': 'forged', 'coppice.branch': 'forged' };
const resource = { attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })) };
const line = 'from ' + process.env.WORKTREE_NAME;
const now = String(Date.now()) + '000000';
const traceId = require('node:crypto').randomBytes(16).toString('hex');
const bodies = {
  traces: { resourceSpans: [{ resource, scopeSpans: [{ spans: [{ traceId, spanId: traceId.slice(16), name: line, startTimeUnixNano: now, endTimeUnixNano: now }] }] }] },
  metrics: { resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [{ name: 'things.made', gauge: { dataPoints: [{ asDouble: 7, timeUnixNano: now }] } }] }] }] },
  logs: { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [{ timeUnixNano: now, body: { stringValue: line } }] }] }] },
};
const http = require('node:http');
const post = (url, body) => new Promise((resolve) => {
  const request = http.request(url, { method: 'POST', agent: false, headers: { 'content-type': 'application/json' } }, (response) => {
    let text = 'HTTP status ' + response.statusCode + ' ';
    response.on('data', (part) => (text += part)).on('end', () => resolve(response.statusCode === 200 ? undefined : text));
  });
  request.on('error', (error) => resolve(String(error)));
  request.end(JSON.stringify(body));
});
const send = async ([signal, body]) => {
  for (;;) {
    const error = await post(process.env.OTEL_EXPORTER_OTLP_ENDPOINT + '/v1/' + signal, body);
    console.log(signal, error ?? 'taken');
    if (error === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
};
const [host, port] = process.env.TEMPORAL_ADDRESS.split(':');
const reach = () => {
  const socket = require('node:net').connect({ host, port }, () => {
    socket.destroy();
    Promise.all(Object.entries(bodies).map(send));
  });
  socket.on('error', (error) => {
    console.log(String(error));
    setTimeout(reach, 500);
  });
};
process.on('SIGTERM', () => process.exit());
reach();
setInterval(() => {}, 1000);
`;
