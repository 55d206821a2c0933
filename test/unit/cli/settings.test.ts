import { expect, it } from 'vitest';
import { settingsFromEnvironment } from '../../../src/cli/settings';
import { settingVariables, variableOf } from '../../../src/core/settingVariable';
import { defaultSettings, settingLimits } from '../../../src/core/settings';

it('names the variable of each setting, each differently', () => {
  expect(variableOf('create.readyTimeout')).toBe('COPPICE_CREATE_READY_TIMEOUT');
  expect(variableOf('home')).toBe('COPPICE_HOME');
  const names = Object.keys(defaultSettings).map(variableOf);
  expect(new Set(names).size).toBe(names.length);
});

it('takes what is set, numbers as numbers, and the default for the rest', () => {
  const env = { COPPICE_GATEWAY_PORT: '9000', COPPICE_AGENT_COMMAND: 'my-agent', COPPICE_HELM_PATH: '' };
  expect(settingsFromEnvironment(env)).toEqual({
    ...defaultSettings,
    'gateway.port': 9000,
    'agent.command': 'my-agent',
  });
  expect(settingsFromEnvironment({})).toEqual(defaultSettings);
});

it.each(['web', '-1', '1e999', 'NaN'])('refuses %j for a number, by the name of the variable', (value) => {
  expect(() => settingsFromEnvironment({ COPPICE_GATEWAY_PORT: value })).toThrow(
    `COPPICE_GATEWAY_PORT must be a number, not "${value}".`,
  );
});

it.each(
  Object.entries(settingLimits).flatMap(([key, [least, most]]) =>
    [least - 0.5, most + 1, least + 0.5].filter((value) => value >= 0).map((value) => ({ key, least, most, value })),
  ),
)('refuses $value for $key, which is from $least to $most', ({ key, least, most, value }) => {
  expect(() => settingsFromEnvironment({ [variableOf(key)]: String(value) })).toThrow(
    `${variableOf(key)} must be a whole number from ${least} to ${most}, not "${value}".`,
  );
  for (const limit of [least, most])
    expect(settingsFromEnvironment({ [variableOf(key)]: String(limit) })).toMatchObject({ [key]: limit });
});

it('takes a list as what is between commas', () => {
  const env = { COPPICE_CLUSTER_ALLOWED_CONTEXTS: 'team-dev, arn:aws:eks:eu-1:1:cluster/x,' };
  expect(settingsFromEnvironment(env)).toEqual({
    ...defaultSettings,
    'cluster.allowedContexts': ['team-dev', 'arn:aws:eks:eu-1:1:cluster/x'],
  });
});

it('takes what is true or false as such, and refuses anything else', () => {
  expect(settingsFromEnvironment({ COPPICE_QUOTA_ENABLED: 'false' })).toEqual({
    ...defaultSettings,
    'quota.enabled': false,
  });
  expect(() => settingsFromEnvironment({ COPPICE_QUOTA_ENABLED: '0' })).toThrow(
    'COPPICE_QUOTA_ENABLED must be true or false, not "0".',
  );
});

it('are read from the variables that are written of them', () => {
  const changed = { ...defaultSettings, home: '/h', 'gateway.port': 9000, 'cluster.allowedContexts': ['a', 'b'] };
  const variables = settingVariables(changed);
  expect(Object.keys(variables)).toHaveLength(3);
  expect(settingsFromEnvironment(variables)).toEqual(changed);
  expect(settingVariables(defaultSettings)).toEqual({});
});
