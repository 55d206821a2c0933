import { expect, it } from 'vitest';
import { telemetryPart } from '../../../../../src/app/environment/parts/telemetryPart';
import { defaultSettings } from '../../../../../src/core/settings';
import { identityOf } from '../../../../support/identityOf';

function told(branch: string, endpoint = defaultSettings['telemetry.otlpEndpoint']): Readonly<Record<string, string>> {
  const settings = { ...defaultSettings, 'telemetry.otlpEndpoint': endpoint };
  const run = { identity: identityOf('a'), branch, settings, mainFolder: '/m', urlPort: undefined };
  return telemetryPart.variables?.(run) ?? {};
}

it.each([
  ['earl/FIB-123_x.y', 'earl/FIB-123_x.y'],
  ['one+two@three#4', 'one+two@three#4'],
  ['a,b=c;d', 'a%2Cb%3Dc%3Bd'],
  ['50%', '50%25'],
  ['$(PORT)', '%24(PORT)'],
  ['ü"😀', '%C3%BC%22%F0%9F%98%80'],
])('says of the branch %s as little in percents as its readers need', (branch, said) => {
  expect(told(branch)['OTEL_RESOURCE_ATTRIBUTES']?.split(',').at(-1)).toBe(`coppice.branch=${said}`);
});

it.each([
  ['b'.repeat(255), 255],
  ['b'.repeat(256), 255],
  [`feature/${'ü'.repeat(300)}`, 255],
  [`${'b'.repeat(254)}😀`, 254],
])('ends a branch that is too long: Node.js would have none of the attributes', (branch, length) => {
  const attributes = told(branch)['OTEL_RESOURCE_ATTRIBUTES'] ?? '';
  const said = decodeURIComponent(attributes.split('coppice.branch=')[1] ?? '');
  expect(said).toHaveLength(length);
  expect(branch.startsWith(said)).toBe(true);
});

it.each([
  ['http://127.0.0.1:4318', 'http/protobuf'],
  ['https://otel.example', 'http/protobuf'],
  ['http://127.0.0.1:4317', 'grpc'],
  ['https://otel.example:4317/', 'grpc'],
  ['nowhere', 'http/protobuf'],
])('says how %s is spoken to: languages guess differently', (endpoint, protocol) => {
  expect(told('a', endpoint)).toMatchObject({
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
  });
});
