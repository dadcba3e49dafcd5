import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';

const DAY_MS = 86_400_000;

export interface CertificateOptions {
  /** Names and IPv4 addresses in subjectAltName; none = no such extension. */
  names?: string[];
  commonName?: string;
  /** Days from now. */
  validFrom?: number;
  validUntil?: number;
  /** Absent = signed by its own key. */
  issuer?: Certificate;
  isAuthority?: boolean;
  rsaBits?: number;
  digest?: 'sha256' | 'sha1';
}

export interface Certificate {
  cert: string;
  key: string;
  subject: Buffer;
  privateKey: KeyObject;
  isRsa: boolean;
}

/**
 * An X.509 certificate made on the spot: the few lines of DER that a test needs, so that no file in the repository
 * expires and also what no tool would sign can be had.
 */
export function makeCertificate(options: CertificateOptions = {}): Certificate {
  const { commonName = 'Hostile Web', validFrom = -1, validUntil = 30, rsaBits, issuer } = options;
  const pair =
    rsaBits === undefined
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: rsaBits });
  const subject = sequence(set(sequence(oid([2, 5, 4, 3]), der(0x0c, Buffer.from(commonName)))));
  const digest = options.digest ?? 'sha256';
  const signer = issuer?.privateKey ?? pair.privateKey;
  const algorithm = signatureAlgorithm(issuer?.isRsa ?? rsaBits !== undefined, digest);
  const body = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    algorithm,
    issuer?.subject ?? subject,
    sequence(time(validFrom), time(validUntil)),
    subject,
    pair.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions(options))),
  );
  const signature = sign(digest, body, signer);
  const certificate = sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.of(0), signature])));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    subject,
    privateKey: pair.privateKey,
    isRsa: rsaBits !== undefined,
  };
}

function extensions({ names = [], isAuthority = false }: CertificateOptions): Buffer[] {
  const constraints = sequence(...(isAuthority ? [der(0x01, Buffer.of(0xff))] : []));
  const basic = sequence(oid([2, 5, 29, 19]), der(0x01, Buffer.of(0xff)), der(0x04, constraints));
  if (names.length === 0) return [basic];
  const alternatives = names.map((name) =>
    isIPv4(name) ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name)),
  );
  return [basic, sequence(oid([2, 5, 29, 17]), der(0x04, sequence(...alternatives)))];
}

function signatureAlgorithm(isRsa: boolean, digest: 'sha256' | 'sha1'): Buffer {
  if (isRsa) return sequence(oid([1, 2, 840, 113_549, 1, 1, digest === 'sha1' ? 5 : 11]), der(0x05, Buffer.alloc(0)));
  return sequence(oid(digest === 'sha1' ? [1, 2, 840, 10_045, 4, 1] : [1, 2, 840, 10_045, 4, 3, 2]));
}

function time(days: number): Buffer {
  const text = new Date(Date.now() + days * DAY_MS).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return der(0x18, Buffer.from(text));
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function set(...parts: Buffer[]): Buffer {
  return der(0x31, Buffer.concat(parts));
}

function oid([first = 0, second = 0, ...rest]: number[]): Buffer {
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const digits = [value & 127];
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift((left & 127) | 128);
  return digits;
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
