import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { generate } from 'selfsigned';
import { expect, test } from 'vitest';
import { makeCertificate } from '../../../../../packages/cluster/src/state/certificate';

const day = 24 * 60 * 60 * 1000;
const from = new Date('2026-03-04T05:06:07.890Z');
const until = new Date('2036-01-02T03:04:05Z');

test('a certificate of its authority, for the names of this machine and the time that was asked for', () => {
  const made = makeCertificate(from, until);
  const [authority, cert] = [new X509Certificate(made.authority), new X509Certificate(made.cert)];
  expect(cert.checkIssued(authority)).toBe(true);
  expect(cert.verify(authority.publicKey)).toBe(true);
  expect(authority.verify(authority.publicKey)).toBe(true);
  expect([authority.ca, cert.ca]).toEqual([true, false]);
  expect([authority.subject, cert.subject]).toEqual(['CN=Coppice embedded cluster', 'CN=localhost']);
  expect(cert.subjectAltName).toBe('IP Address:127.0.0.1, DNS:localhost');
  expect(cert.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  for (const each of [authority, cert]) {
    expect(each.validFromDate.toISOString()).toBe('2026-03-04T05:06:07.000Z');
    expect(each.validToDate.toISOString()).toBe('2036-01-02T03:04:05.000Z');
    expect(each.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  }
  expect(cert.checkPrivateKey(createPrivateKey(made.key))).toBe(true);
  expect(made.cert.split('\n').every((line) => line.length <= 64)).toBe(true);
});

test('no two have a serial number in common, and each is above zero and of 16 bytes', () => {
  const numbers = Array.from({ length: 20 }, () => {
    const { authority, cert } = makeCertificate(from, until);
    return [authority, cert].map((text) => new X509Certificate(text).serialNumber);
  }).flat();
  expect(new Set(numbers).size).toBe(40);
  expect(numbers.filter((one) => !/^[4-7][0-9A-F]{31}$/.test(one))).toEqual([]);
});

test('each time before 2050 and from then on is the one that was said', () => {
  for (const end of ['2049-12-31T23:59:59Z', '2050-01-01T00:00:00Z', '2061-02-03T04:05:06Z']) {
    const cert = new X509Certificate(makeCertificate(from, new Date(end)).cert);
    expect(cert.validToDate.getTime()).toBe(Date.parse(end));
  }
});

test('who trusts the authority is answered under both names, who trusts another is not', async () => {
  const { authority, key, cert } = makeCertificate(new Date(Date.now() - day), new Date(Date.now() + day));
  const server = createServer({ key, cert }, (socket) => socket.end());
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const tried = async (ca: string, host: string): Promise<string> => {
    const socket = connect({ port, host, ca, ...(host === 'localhost' ? { servername: host } : {}) });
    try {
      await once(socket, 'secureConnect');
      return socket.authorized ? 'trusted' : 'not trusted';
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? 'failed';
    } finally {
      socket.destroy();
    }
  };
  try {
    expect(await tried(authority, '127.0.0.1')).toBe('trusted');
    expect(await tried(authority, 'localhost')).toBe('trusted');
    const other = makeCertificate(from, until).authority;
    // Of the same name, but with another key.
    expect(await tried(other, '127.0.0.1')).toMatch(/UNABLE_TO_VERIFY|SIGNATURE|SELF_SIGNED|UNABLE_TO_GET/);
  } finally {
    server.close();
  }
});

test('the extensions that strict readers ask for are what a library for certificates reads', async () => {
  const made = makeCertificate(from, until);
  // It reads both to sign another one by them: what is not well-formed it refuses.
  const key = createPrivateKey(made.key);
  const again = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    ca: { key: made.key, cert: made.cert },
  });
  expect(new X509Certificate(again.cert).verify(createPublicKey(key))).toBe(true);
  // RFC 5280: the keys' identifiers, and what the key may be used for.
  const [authority, cert] = [new X509Certificate(made.authority).raw, new X509Certificate(made.cert).raw];
  const at = (der: Buffer, oid: string): string => {
    const start = der.indexOf(Buffer.from(oid, 'hex'));
    return start < 0 ? 'missing' : der.subarray(start + 3, start + 32).toString('hex');
  };
  expect(at(authority, '551d0f')).toMatch(/^0101ff040403020186/);
  expect(at(cert, '551d0f')).toMatch(/^0101ff040403020780/);
  expect(at(authority, '551d13')).toMatch(/^0101ff040530030101ff/);
  const identifier = at(authority, '551d0e').slice('04160414'.length, 48);
  expect(identifier).toMatch(/^[0-9a-f]{40}$/);
  expect(at(cert, '551d23')).toContain(`30168014${identifier}`);
});
