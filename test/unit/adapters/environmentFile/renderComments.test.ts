import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderEnvironmentFile } from '../../../../src/adapters/environmentFile/renderEnvironmentFile';

it('a name with a line break in it does not leave its comment', () => {
  const name = 'B C\nteardown: [x]\r\nsetup: [y]';
  const text = renderEnvironmentFile({
    header: [name],
    value: { version: 1, services: {} },
    comments: [{ path: ['services'], text: name }],
    footer: [`${name} is not carried over`],
  });
  expect(parse(text)).toEqual({ version: 1, services: {} });
});
