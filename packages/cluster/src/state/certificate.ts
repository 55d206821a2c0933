import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** All of it as PEM. */
export interface Certificate {
  /** The one authority that clients trust. Nobody keeps its key: it signs once. */
  authority: string;
  key: string;
  cert: string;
}

const oids = {
  commonName: '550403',
  subjectKeyIdentifier: '551d0e',
  keyUsage: '551d0f',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  authorityKeyIdentifier: '551d23',
  extKeyUsage: '551d25',
  serverAuth: '2b06010505070301',
  ecdsaWithSha256: '2a8648ce3d040302',
};
/** The bits of a key's use, the first one left (RFC 5280, 4.2.1.3). */
const digitalSignature = 0x80;
const keyCertSign = 0x04;
const cRLSign = 0x02;
/** From then on a time is written with four digits of its year (RFC 5280, 4.1.2.5). */
const firstLongYear = 2050;

interface Person {
  readonly name: string;
  readonly publicKey: KeyObject;
}

/**
 * An authority, and a certificate of it for a server at 127.0.0.1 and localhost, as X.509 (RFC 5280) with keys on P-256. It is written
 * here in DER, because a library that reads and writes any certificate is a sixth of the cluster's program.
 */
export function makeCertificate(from: Date, until: Date): Certificate {
  const [ofAuthority, ofServer] = [newKeys(), newKeys()];
  const authority: Person = { name: 'Coppice embedded cluster', publicKey: ofAuthority.publicKey };
  const server: Person = { name: 'localhost', publicKey: ofServer.publicKey };
  const signed = (subject: Person, extensions: readonly Buffer[]): string =>
    pem(certificate({ subject, issuer: authority, from, until, extensions }, ofAuthority.privateKey));
  return {
    authority: signed(authority, [
      extension(oids.basicConstraints, true, sequence(boolean(true))),
      extension(oids.keyUsage, true, bits(digitalSignature | keyCertSign | cRLSign)),
      extension(oids.subjectKeyIdentifier, false, octets(keyIdentifier(authority))),
    ]),
    key: ofServer.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: signed(server, [
      extension(oids.basicConstraints, true, sequence()),
      extension(oids.keyUsage, true, bits(digitalSignature)),
      extension(oids.extKeyUsage, false, sequence(oid(oids.serverAuth))),
      extension(
        oids.subjectAltName,
        false,
        sequence(tagged(0x87, Buffer.from([127, 0, 0, 1])), tagged(0x82, Buffer.from('localhost'))),
      ),
      extension(oids.subjectKeyIdentifier, false, octets(keyIdentifier(server))),
      extension(oids.authorityKeyIdentifier, false, sequence(tagged(0x80, keyIdentifier(authority)))),
    ]),
  };
}

function newKeys(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
}

interface Content {
  readonly subject: Person;
  readonly issuer: Person;
  readonly from: Date;
  readonly until: Date;
  readonly extensions: readonly Buffer[];
}

function certificate({ subject, issuer, from, until, extensions }: Content, key: KeyObject): Buffer {
  const algorithm = sequence(oid(oids.ecdsaWithSha256));
  const content = sequence(
    // Version 3.
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(serialNumber()),
    algorithm,
    named(issuer),
    sequence(time(from), time(until)),
    named(subject),
    subject.publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions)),
  );
  return sequence(content, algorithm, tagged(0x03, Buffer.from([0]), sign('sha256', content, key)));
}

/** 127 bits of chance: above zero, and as short as it can be written. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

function keyIdentifier({ publicKey }: Person): Buffer {
  return createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
}

function named({ name }: Person): Buffer {
  const value = tagged(0x0c, Buffer.from(name));
  return sequence(tagged(0x31, sequence(oid(oids.commonName), value)));
}

function extension(name: string, isCritical: boolean, value: Buffer): Buffer {
  return sequence(oid(name), ...(isCritical ? [boolean(true)] : []), octets(value));
}

function time(at: Date): Buffer {
  const digits = at.toISOString().replace(/\.\d+|[-T:]/g, '');
  return at.getUTCFullYear() < firstLongYear
    ? tagged(0x17, Buffer.from(digits.slice(2)))
    : tagged(0x18, Buffer.from(digits));
}

/** Those of one byte, without the zeros at its end. */
function bits(byte: number): Buffer {
  const unused = 31 - Math.clz32(byte & -byte);
  return tagged(0x03, Buffer.from([unused, byte]));
}

function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.from([value ? 0xff : 0]));
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

function octets(bytes: Buffer): Buffer {
  return tagged(0x04, bytes);
}

function oid(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

/** Tag, length, value. */
function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(value), value]);
}

function lengthOf({ length }: Buffer): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff];
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
