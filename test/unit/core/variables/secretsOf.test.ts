import { describe, expect, it } from 'vitest';
import { secretsOf } from '../../../../src/core/variables/secretsOf';

describe('what no log and no message may show', () => {
  it('is the value of a variable that is called a password, however that is shortened', () => {
    const names = ['DB_PASSWORD', 'PGPASSWORD', 'DB_PASS', 'SMTP_PASS', 'MYSQL_PWD', 'KEY_PASSPHRASE'];
    for (const name of names) expect([name, secretsOf({ [name]: 'hidden-value' })]).toEqual([name, ['hidden-value']]);
  });

  it('is no folder, and nothing that only has these letters', () => {
    const variables = { PWD: '/code/repo', OLDPWD: '/code/repo', COMPASS: 'north', ALLOW_PASS_THROUGH: 'true' };
    expect(secretsOf(variables)).toEqual([]);
  });
});
