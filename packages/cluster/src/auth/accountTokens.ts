import { createHmac, timingSafeEqual } from 'node:crypto';
import { isRecord, numberAt, textAt } from '../schema/kubeObject';

/** A service account as a token names it. */
export interface TokenAccount {
  namespace: string;
  name: string;
  /** Of the account: one of the same name that is made later is another one. */
  uid: string;
}

const issuer = 'coppice-embedded';

/**
 * A signed token (RFC 7519) for a service account, as the TokenRequest API gives it. Nothing is stored: whoever has the secret
 * can tell that it was issued here.
 *
 * @param secret the token of the one user, which stays the same across restarts
 * @param expires milliseconds since the epoch
 */
export function issueAccountToken(account: TokenAccount, secret: string, expires: number): string {
  const { namespace, name, uid } = account;
  const claims = {
    iss: issuer,
    sub: `system:serviceaccount:${namespace}:${name}`,
    exp: Math.floor(expires / 1000),
    'kubernetes.io': { namespace, serviceaccount: { name, uid } },
  };
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${signatureOf(signed, secret)}`;
}

/** @returns undefined for a token that was not issued here, or has expired */
export function readAccountToken(token: string, secret: string, now: number): TokenAccount | undefined {
  const [header = '', claims = '', signature = '', ...more] = token.split('.');
  const wanted = Buffer.from(signatureOf(`${header}.${claims}`, secret));
  const given = Buffer.from(signature);
  if (more.length > 0 || given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
  const value: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'));
  if (!isRecord(value) || textAt(value, 'iss') !== issuer || now >= (numberAt(value, 'exp') ?? 0) * 1000)
    return undefined;
  const namespace = textAt(value, 'kubernetes.io', 'namespace');
  const name = textAt(value, 'kubernetes.io', 'serviceaccount', 'name');
  const uid = textAt(value, 'kubernetes.io', 'serviceaccount', 'uid');
  return namespace === undefined || name === undefined || uid === undefined ? undefined : { namespace, name, uid };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function signatureOf(text: string, secret: string): string {
  return createHmac('sha256', `service account tokens of ${secret}`).update(text).digest('base64url');
}
