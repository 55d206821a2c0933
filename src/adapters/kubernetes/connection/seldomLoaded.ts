/**
 * What most kubeconfigs do without: those that Coppice writes are JSON, and hold a token or a client certificate. To load these
 * takes longer than the request that they would be loaded for.
 */
export const seldomLoaded = {
  yaml: () => import('./yamlKubeconfig'),
  credentials: () => import('./libraryCredentials'),
};
