import { expect, test } from 'vitest';
import { EnvironmentIndex } from '../../../../../src/adapters/kubernetes/watch/environmentIndex';
import { mapRoute, type HttpRoute } from '../../../../../src/adapters/kubernetes/watch/mapRoute';

const accepted = [
  { type: 'Accepted', status: 'True' },
  { type: 'ResolvedRefs', status: 'True' },
];

function route(conditions: readonly object[] | undefined = accepted): HttpRoute {
  return {
    metadata: { name: 'worktree-web', namespace: 'worktree-x', labels: {} },
    spec: {
      parentRefs: [{ namespace: 'gateways', name: 'shared' }],
      hostnames: ['x.localhost'],
      rules: [
        {
          matches: [{ path: { value: '/' } }, { path: { value: '/old' } }],
          backendRefs: [{ name: 'web' }],
        },
      ],
    },
    status: { parents: conditions ? [{ conditions }] : [] },
  };
}

test('a route that is accepted leads to its services, at the port that is known', () => {
  const rules = ['/', '/old'].map((path) => ({ host: 'x.localhost', path, service: 'web' }));
  expect(mapRoute(route(), 8080)).toEqual({ rules, port: 8080 });
  expect(mapRoute({})).toMatchObject({ rules: [], port: undefined });
});

test('one that is not says why', () => {
  const trouble = (...conditions: object[]) => mapRoute(route(conditions)).trouble;
  expect(trouble({ type: 'Accepted', status: 'False', reason: 'NotAllowedByListeners', message: 'No listener.' })).toBe(
    'the route worktree-web is not accepted by the Gateway gateways/shared: No listener',
  );
  expect(trouble(accepted[0] ?? {}, { type: 'ResolvedRefs', status: 'False', reason: 'BackendNotFound' })).toBe(
    'the route worktree-web leads nowhere: BackendNotFound',
  );
  const silent = 'the route worktree-web is taken by nobody yet: the Gateway gateways/shared says nothing of it';
  expect([trouble(), mapRoute({ ...route(), status: undefined as never }).trouble]).toEqual([silent, silent]);
});

test('routes come and go with what is told of them', () => {
  const index = new EnvironmentIndex();
  const labels = { 'coppice.dev/repository': 'aa', 'coppice.dev/worktree': 'bb' };
  index.replace('namespaces', [{ metadata: { name: 'worktree-x', labels } }]);
  index.replace('routes', [route()]);
  const told = () => index.environments()[0]?.ingresses;
  expect(told()?.map(({ trouble }) => trouble)).toEqual([undefined]);
  index.apply('routes', { type: 'MODIFIED', object: route([]) });
  expect(told()?.[0]?.trouble).toContain('is taken by nobody yet');
  index.apply('routes', { type: 'DELETED', object: route() });
  expect(told()).toEqual([]);
  index.apply('routes', { type: 'ADDED', object: route() });
  index.replace('routes', []);
  expect(told()).toEqual([]);
});
