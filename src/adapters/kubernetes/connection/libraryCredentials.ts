// The deep path keeps the generated clients of all API groups out of the bundle: half of its size.
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { CredentialPlugin } from './credentialPlugin';
import { impersonationHeaders, withExecInfo, withPluginOfOurs } from './unknownToLibrary';
import type { ApplyCredentials } from './plainCredentials';

/** The credentials of any kubeconfig: of files, of plugins, through proxies. @param kubeconfig of one context alone, its current one */
export function libraryCredentials(kubeconfig: string): ApplyCredentials {
  const config = new KubeConfig();
  const { text, exec, provider } = withPluginOfOurs(withExecInfo(kubeconfig));
  if (exec) {
    const plugin = new CredentialPlugin(exec);
    config.addAuthenticator({
      isAuthProvider: (user) => (user.authProvider as { readonly name?: unknown } | undefined)?.name === provider,
      applyAuthentication: (_, options) => plugin.apply(options),
    });
  }
  config.loadFromString(text);
  const impersonation = impersonationHeaders(kubeconfig);
  return async (options) => {
    await config.applyToHTTPSOptions(options);
    options.headers = { ...(options.headers as Record<string, string>), ...impersonation };
  };
}
