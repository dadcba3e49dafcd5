import { describeError } from '#common/domain/errors.js';

const TLS_CODE =
  /^(?:ERR_TLS|ERR_SSL|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO$|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|ERR_OSSL|UNSPECIFIED$)/;

/** What is wrong with a certificate, by the code of Node or OpenSSL. */
const CERTIFICATE_FAULTS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  CERT_REVOKED: 'the certificate was revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate is signed by a private authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate is of an unknown authority, or the chain is incomplete',
  UNABLE_TO_GET_ISSUER_CERT: 'the certificate is of an unknown authority, or the chain is incomplete',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate is of an unknown authority, or the chain is incomplete',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another host',
  HOSTNAME_MISMATCH: 'the certificate is for another host',
  // Node's word for every fault of a certificate that it has no name for.
  UNSPECIFIED: 'the certificate is not acceptable (a weak signature or key)',
};

export function isTlsFault(code: string): boolean {
  return TLS_CODE.test(code);
}

/** One sentence per kind of fault; OpenSSL's own text (a source line and an error number) only where nothing fits. */
export function describeTlsFault(error: unknown, code: string): string {
  const known = CERTIFICATE_FAULTS[code];
  if (known !== undefined) return known;
  const text = describeError(error);
  if (/wrong.version.number|packet.length.too.long|http.request/i.test(`${code} ${text}`))
    return 'the port does not speak TLS';
  if (/unsupported.protocol|protocol.version/i.test(`${code} ${text}`))
    return 'the server speaks outdated TLS versions only';
  if (/handshake.failure|alert/i.test(`${code} ${text}`)) return 'the server refused the TLS handshake';
  return text;
}
