import { describe, expect, test } from 'vitest';
import { verifyQuota } from '../../../../../src/app/environment/parts/verifyQuota';
import { parseAmount } from '../../../../../src/core/text/amount';
import { defaultSettings, type Settings } from '../../../../../src/core/settings';
import { FakeEnvironmentFiles, environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';

const files = new FakeEnvironmentFiles(() => undefined);
const three = files.parse(environmentFileText(['frontend', 'backend', 'worker'], undefined), 'coppice.yaml');

function refusal(change: Partial<Settings>, file: Parameters<typeof verifyQuota>[2] = three): unknown {
  try {
    verifyQuota({ kind: 'context' }, { ...defaultSettings, ...change }, file);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('a quota', () => {
  test('of the defaults has room', () => {
    expect(refusal({})).toBeUndefined();
  });

  test.each([
    [{ 'quota.memory': '16 Gi' }, 'quota.memory', 'is "16 Gi": it must be an amount such as 500m, 4 or 16Gi.'],
    [{ 'quota.cpu': '' }, 'quota.cpu', 'is "": it must be an amount such as 500m, 4 or 16Gi.'],
    [{ 'quota.containerMemory': '1gb' }, 'quota.containerMemory', 'is "1gb": it must be an amount'],
    [{ 'quota.pods': 0 }, 'quota.pods', 'is 0: it must be a whole number of pods.'],
    [{ 'quota.pods': 2 }, 'quota.pods', 'allows 2 pods, and coppice.yaml asks for 3 (frontend, backend, worker).'],
    [
      { 'quota.memory': '2Gi' },
      'quota.memory',
      'allows 2Gi, and coppice.yaml asks for 3 (frontend, backend, worker), each of which may use 1Gi (coppice.quota.containerMemory).',
    ],
    [{ 'quota.cpu': '20m' }, 'quota.cpu', 'allows 20m, and coppice.yaml asks for 3'],
  ] as const)('%j is refused in one line that names the setting', (change, setting, line) => {
    const error = refusal(change);
    expect(error).toMatchObject({
      code: 'notConfigured',
      message: expect.stringContaining(`The quota coppice.${setting} ${line}`),
      remedy: { action: { kind: 'openSettings', setting } },
    });
  });

  test('counts replicas', () => {
    const services = three.services.map((service) => ({ ...service, replicas: 11 }));
    expect(refusal({}, { ...three, services })).toMatchObject({
      message:
        'The quota coppice.quota.pods allows 30 pods, and coppice.yaml asks for 33 (frontend × 11, backend × 11, worker × 11).',
    });
  });

  test('says nothing of what a chart of the repository asks for, but is one all the same', () => {
    expect(refusal({ 'quota.pods': 2 }, { ...three, chart: 'chart' })).toBeUndefined();
    expect(refusal({ 'quota.cpu': 'much' }, { ...three, chart: 'chart' })).toMatchObject({ code: 'notConfigured' });
  });

  test('that is switched off, or of the embedded cluster, is not looked at', () => {
    expect(refusal({ 'quota.enabled': false, 'quota.cpu': 'much' })).toBeUndefined();
    expect(() => verifyQuota({ kind: 'embedded' }, { ...defaultSettings, 'quota.pods': 1 }, three)).not.toThrow();
  });
});

test.each([
  ['500m', 0.5],
  ['4', 4],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['2G', 2e9],
  ['much', undefined],
  ['-1', undefined],
  ['1 Gi', undefined],
  ['', undefined],
])('the amount %j comes to %s', (text, value) => {
  expect(parseAmount(text)).toBe(value);
});
