import { describe, expect, it } from 'vitest';
import { quietFailure } from '../../../../src/core/text/quietFailure';

describe('quietFailure', () => {
  const head = "Reading config file '/project/drizzle.config.ts'\nUsing 'postgres' driver for database querying\n";
  const failed = `${head}[✓] Pulling schema from database...\nerror: length for type varchar cannot exceed 10485760\n    at f (/x.js:1:2) {\n  code: '22023'\n}`;

  it.each([
    ['npx drizzle-kit push --force', failed],
    ['npm exec -- drizzle-kit@0.31.11 push', failed],
    ['npm run db:push', `> project@1.0.0 db:push\n> drizzle-kit push\n\n${failed}`],
  ])('finds what %s hides', (command, output) => {
    expect(quietFailure(command, output)).toBe('error: length for type varchar cannot exceed 10485760');
  });

  it.each([
    ['drizzle-kit push', `${head}[✓] Changes applied`],
    ['drizzle-kit push', `${head}[i] No changes detected`],
    // In other words than it has today.
    ['drizzle-kit push', `${head}All done`],
    ['drizzle-kit push', ''],
    ['drizzle-kit generate', failed],
    ['node migrate.js', failed],
  ])('lets %s be, where it says %j', (command, output) => {
    expect(quietFailure(command, output)).toBeUndefined();
  });
});
