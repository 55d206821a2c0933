import type { MessageSchema } from './kubernetesSchema';

// Written by scripts/kubernetesSchema.mjs. Spelled out here, since inferring its type would take the compiler seconds.
export const licence: string;
/** Version and hash of the Go modules that it was read from. */
export const modules: Readonly<Record<string, string>>;
export const roots: readonly unknown[];
/** The message of a kind, by `apps/v1/Deployment`. */
export const kinds: Readonly<Record<string, string>>;
export const messages: Readonly<Record<string, MessageSchema>>;
