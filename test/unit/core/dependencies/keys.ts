import fc from 'fast-check';
import type { DependencyKey } from '../../../../src/core/dependencies/dependencyKey';

const digest = fc.option(fc.constantFrom('aa', 'bb'), { nil: undefined });

/** Keys of which many are alike. */
export const dependencyKey: fc.Arbitrary<DependencyKey> = fc.record({
  lockfile: fc.record({ name: fc.constant('package-lock.json'), digest }),
  manager: fc.option(fc.constantFrom('npm@11', 'npm@12'), { nil: undefined }),
  alike: fc.record({ '.npmrc': digest, '.nvmrc': digest }),
});
