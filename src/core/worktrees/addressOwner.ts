/**
 * The account in the address of a repository as GitHub has them: `https://host/owner/name.git`, `ssh://git@host/owner/name`,
 * `git@host:owner/name.git` (git-clone(1), "GIT URLS").
 */
export function addressOwner(address: string): string | undefined {
  const [, path] =
    /^(?:https?|ssh|git):\/\/[^/]+\/(.+)$/.exec(address) ?? /^[^/:]{2,}:(?!\/\/)\/?(.+)$/.exec(address) ?? [];
  const [owner, name, ...more] = path?.split('/').filter((part) => part !== '') ?? [];
  return name === undefined || more.length > 0 ? undefined : owner;
}
