import https from 'node:https';
import net from 'node:net';
import type { SecureVersion } from 'node:tls';
import { drip } from './answers.js';
import { makeCertificate, type Certificate, type CertificateOptions } from './certificates.js';
import { fails, finds, http, type Endpoint, type Verdict } from './endpoint.js';

const REFUSED = fails('tls');
/** Where the handshake ends without a word, it may also be called a lost connection. */
const BROKEN_OFF = fails('tls', 'connection');

/**
 * The authority of these endpoints: only a process that trusts it (NODE_EXTRA_CA_CERTS) tells a wrong name from an
 * unknown signer.
 */
let authority: Certificate | null = null;
export function hostileAuthority(): Certificate {
  authority ??= makeCertificate({ commonName: 'Hostile Authority', isAuthority: true });
  return authority;
}

/** https that is not what it should be: certificates, versions, and handshakes that never end. */
export const TLS: Endpoint[] = [
  // The control: read where the authority is trusted, refused where it is not.
  secure('trusted', [finds(), REFUSED], (host) => ({ names: [host], issuer: hostileAuthority() })),
  secure('expired', [REFUSED], (host) => ({
    names: [host],
    issuer: hostileAuthority(),
    validFrom: -60,
    validUntil: -1,
  })),
  secure('not-yet-valid', [REFUSED], (host) => ({ names: [host], issuer: hostileAuthority(), validFrom: 10 })),
  secure('self-signed', [REFUSED], (host) => ({ names: [host] })),
  secure('self-signed-authority', [REFUSED], (host) => ({ names: [host], isAuthority: true })),
  secure('wrong-host', [REFUSED], () => ({ names: ['other.hostile.test', '127.0.0.1'], issuer: hostileAuthority() })),
  secure('no-names', [REFUSED], (host) => ({ commonName: host, issuer: hostileAuthority() })),
  secure('wildcard-of-everything', [REFUSED], () => ({ names: ['*', '*.0.0.1'], issuer: hostileAuthority() })),
  secure('nul-in-name', [REFUSED], (host) => ({ names: [`${host}\0.hostile.test`], issuer: hostileAuthority() })),
  secure('unknown-authority', [REFUSED], (host) => ({
    names: [host],
    issuer: makeCertificate({ commonName: 'Unknown Authority', isAuthority: true }),
  })),
  secure('signed-by-no-authority', [REFUSED], (host) => ({
    names: [host],
    issuer: makeCertificate({ commonName: 'No Authority', names: [host], issuer: hostileAuthority() }),
  })),
  secure('sha-1', [REFUSED], (host) => ({ names: [host], issuer: hostileAuthority(), digest: 'sha1' })),
  secure('rsa-of-512-bits', [REFUSED], (host) => ({ names: [host], issuer: hostileAuthority(), rsaBits: 512 })),
  secure('tls-1.0', [REFUSED], trusted, { version: 'TLSv1' }),
  secure('tls-1.1', [REFUSED], trusted, { version: 'TLSv1.1' }),
  secure('certificate-wanted', [BROKEN_OFF, finds()], trusted, { requestCert: true, rejectUnauthorized: true }),
  handshake('reset', BROKEN_OFF, (socket) => socket.once('data', () => socket.resetAndDestroy())),
  handshake('close', BROKEN_OFF, (socket) => socket.once('data', () => socket.end())),
  handshake('hang', fails('timeout'), () => {}, true),
  handshake('drip', fails('timeout', 'tls'), (socket) => drip(socket, () => '\x16'), true),
  handshake('alert', REFUSED, (socket) => socket.once('data', () => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, 40])))),
  handshake('noise', REFUSED, (socket) => socket.once('data', () => socket.end(Buffer.alloc(500, 0xa5)))),
  handshake('record-too-long', REFUSED, (socket) =>
    socket.once('data', () => socket.end(Buffer.concat([Buffer.from([22, 3, 3, 255, 255]), Buffer.alloc(65_535)]))),
  ),
  handshake('plain-http', REFUSED, (socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')),
  ),
  handshake('smtp', REFUSED, (socket) => socket.end('220 mail.example ESMTP\r\n')),
  // A host without a scheme: https first, and http where there is none.
  http(
    '/tls/bare-host',
    finds(),
    ({ response, endpoint, request }) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(`<p>Write to tls.bare-host@hostile.gleaner-test.org ${endpoint.path} ${request.method}</p>`);
    },
    { seed: ({ host, web }) => `${host}:${web.port}/tls/bare-host` },
  ),
];

function trusted(host: string): CertificateOptions {
  return { names: [host], issuer: hostileAuthority() };
}

interface Secure extends Pick<https.ServerOptions, 'requestCert' | 'rejectUnauthorized'> {
  version?: SecureVersion;
}

function secure(
  name: string,
  expect: Verdict[],
  certificate: (host: string) => CertificateOptions,
  { version, ...asked }: Secure = {},
): Endpoint {
  return overHttps(name, expect, ({ host, pages }) => {
    const options = certificate(host);
    const { cert, key } = makeCertificate(options);
    // Only this level of OpenSSL still serves old versions and short keys.
    const versions = version === undefined ? {} : { minVersion: version, maxVersion: version };
    return https.createServer(
      { cert: cert + (options.issuer?.cert ?? ''), key, ciphers: 'ALL:@SECLEVEL=0', ...versions, ...asked },
      pages,
    );
  });
}

function handshake(name: string, expect: Verdict, talk: (socket: net.Socket) => void, slow = false): Endpoint {
  return { ...overHttps(`handshake-${name}`, [expect], () => net.createServer(talk)), slow };
}

function overHttps(name: string, expect: Verdict[], listener: Endpoint['listener'] & {}): Endpoint {
  const path = `/tls/${name}`;
  return { path, expect, listener, seed: ({ host, web }) => `https://${host}:${web.port}${path}` };
}
