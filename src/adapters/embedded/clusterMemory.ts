/**
 * What Node is told of the embedded cluster's memory. V8 lets what is young grow to 3 times 32 MB before it looks for what is garbage there,
 * which for this program is more than all that it keeps; it can be limited on the command line only.
 */
export const clusterMemory: readonly string[] = ['--max-semi-space-size=4'];
