/** The sample that comes with Coppice: a repository that runs without anything to install. */
export interface SampleRepositories {
  /**
   * Makes the sample in a folder of its own, as a repository with one commit. All of it appears at once; one that is there already
   * stays as it is.
   *
   * @param parent a folder that is there
   * @returns the repository's folder
   * @throws conflict when something else has its name, denied, missingTool: git
   */
  make(parent: string, signal?: AbortSignal): Promise<string>;
}
