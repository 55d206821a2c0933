import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { YamlEnvironmentFiles } from '../../../../src/adapters/environmentFile/yamlEnvironmentFiles';
import { isAppError } from '../../../../src/core/errors';

const files = new YamlEnvironmentFiles();

describe('properties', () => {
  const fragment = fc.oneof(
    fc.constantFrom(
      'version: 1\n',
      'services:\n',
      '  web:\n',
      '    port: ',
      '  - ',
      '&a ',
      '*a',
      '<<: ',
      '{',
      '}',
      '[',
      ']',
      ': ',
      ', ',
      '\n',
      '"',
      "'",
      '|\n',
      '>-\n',
      '? ',
      '!!map ',
      '\t',
      '\r\n',
      '---\n',
      '...\n',
      '%YAML 1.1\n',
      '#',
      '__proto__',
      'constructor',
    ),
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.integer().map(String),
  );
  const texts = fc.array(fragment, { maxLength: 40 }).map((parts) => parts.join(''));

  test('check never throws, and every problem is one line at a place in the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          texts,
          texts.map((text) => `version: 1\nservices:\n  web: ${text}`),
        ),
        (text) => {
          const rows = text.split('\n');
          for (const { line, column, message } of files.check(text)) {
            expect(message).not.toMatch(/[\r\n]/);
            expect(line).toBeGreaterThanOrEqual(1);
            expect(line).toBeLessThanOrEqual(rows.length);
            expect(column).toBeGreaterThanOrEqual(1);
            expect(column).toBeLessThanOrEqual((rows[line - 1]?.length ?? 0) + 1);
          }
        },
      ),
      { numRuns: 1500 },
    );
  });

  test('parse throws nothing but AppError, and just when check finds a problem', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<unknown>(null, true, 0, 1, 3000, 'node x', '/', '/api', 'web', './a', '../b', [], {}),
        fc.string(),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom(
            'version',
            'services',
            'database',
            'chart',
            'web',
            'image',
            'build',
            'context',
            'dockerfile',
            'args',
            'command',
            'port',
            'routes',
            'env',
            'health',
            'replicas',
            'template',
            '__proto__',
          ),
          tie('any'),
        ),
      ),
    })).any;
    const service = fc.record(
      { image: fc.constant('x'), port: value, routes: value, env: value, command: value, build: value },
      { requiredKeys: ['image'] },
    );
    const root = fc.record(
      { version: fc.constant(1), services: fc.record({ web: fc.oneof(service, value) }), database: value },
      { requiredKeys: ['version', 'services'] },
    );
    fc.assert(
      fc.property(fc.oneof(value, root), (json) => {
        const text = JSON.stringify(json);
        const problems = files.check(text);
        try {
          files.parse(text, 'x');
          expect(problems).toEqual([]);
        } catch (error) {
          if (!isAppError(error, 'invalidInput')) throw error;
          expect(problems.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 1500 },
    );
  });
});
