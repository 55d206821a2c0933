export const repositoryId = 'cccccccccccc';
export const ownerOf = (n: number) => ({ repositoryId, worktreeId: String(n).repeat(12) });
export const wanted = (n: number, template: string) => ({
  database: `wt_own_${n}`,
  role: `wt_own_${n}`,
  template,
  owner: ownerOf(n),
});
