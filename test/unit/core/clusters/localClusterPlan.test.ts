import { describe, expect, it } from 'vitest';
import { clusterNameProblem, httpPorts, pathInNodes } from '../../../../src/core/clusters/localClusterPlan';

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

it("a folder is in the nodes where it is on this machine, one of a Windows drive below the drive's name", () => {
  expect(pathInNodes('/code/repo.worktrees')).toBe('/code/repo.worktrees');
  expect(pathInNodes('C:\\code\\repo')).toBe('/c/code/repo');
});
