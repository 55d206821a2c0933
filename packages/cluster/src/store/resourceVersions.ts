/** Versions of a restarted cluster begin beyond any that a lost last snapshot could have known: none is older by more than half of it. */
export const LEAP = 10_000;

/** The `resourceVersion` of objects, by the revision of etcd that wrote them: it never runs backwards, also over restarts. */
export class ResourceVersions {
  private base = 0;

  /** @param last the highest that an earlier cluster is known to have given */
  continueAfter(last: number): void {
    this.base = Math.ceil((last + LEAP) / LEAP) * LEAP;
  }

  of(revision: number): string {
    return String(this.base + revision);
  }

  revisionOf(resourceVersion: string): number {
    return Number(resourceVersion) - this.base;
  }
}
