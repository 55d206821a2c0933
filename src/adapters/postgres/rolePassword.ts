import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

const iterations = 4096;

/** A password for a role, which fits in a URL as it is. */
export function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

/**
 * What PostgreSQL keeps of a password (RFC 5803): a statement that holds this instead of the password may appear in the
 * server's log or statistics. Only for ASCII passwords, which SASLprep leaves as they are.
 */
export function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const hmac = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${hmac('Server Key').toString('base64')}`;
}
