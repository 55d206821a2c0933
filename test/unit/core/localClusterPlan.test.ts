import { describe, expect, it } from 'vitest';
import { clusterNameProblem, folderInNodes, httpPorts, pathInNodes } from '../../../src/core/localClusterPlan';

describe('the name of a cluster', () => {
  it.each(['coppice', 'a', 'a-1', 'x'.repeat(32)])('may be %s', (name) =>
    expect(clusterNameProblem(name)).toBeUndefined(),
  );
  it.each(['', 'A', '-a', 'a-', 'a_b', 'a.b', '--all', '../x', 'a b', 'x'.repeat(33)])('may not be %j', (name) =>
    expect(clusterNameProblem(name)).toMatch(/name/),
  );
});

it('ports for URLs begin with the one that no URL has to name', () => {
  expect([...httpPorts()].slice(0, 3)).toEqual([80, 8080, 8081]);
});

describe('a folder in the nodes', () => {
  const mounted = [{ folder: '/code/repo.worktrees', inNodes: '/code/repo.worktrees' }];

  it('is at the same path when a folder above it is mounted', () => {
    expect(folderInNodes(mounted, '/code/repo.worktrees/x')).toBe('/code/repo.worktrees/x');
    expect(folderInNodes(mounted, '/code/repo.worktrees')).toBe('/code/repo.worktrees');
    expect(folderInNodes(mounted, '/code/repo.worktrees-2/x')).toBeUndefined();
    expect(folderInNodes(mounted, '/code')).toBeUndefined();
    expect(folderInNodes([{ folder: '/', inNodes: '/' }], '/code/x')).toBe('/code/x');
  });

  it('of Windows is below the name of its drive', () => {
    expect(pathInNodes('C:\\code\\repo')).toBe('/c/code/repo');
    expect(folderInNodes([{ folder: 'C:\\code', inNodes: '/c/code' }], 'C:\\code\\x')).toBe('/c/code/x');
  });
});
