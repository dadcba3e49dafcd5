import { describe, expect, it } from 'vitest';
import { toFetchError } from './fetch-error.js';

describe('toFetchError, of TLS faults', () => {
  it.each([
    ['CERT_HAS_EXPIRED', 'certificate has expired', 'expired'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate', 'self-signed'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain', 'private authority'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate', 'unknown authority'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', "Host: a. is not in the cert's altnames: DNS:b", 'for another host'],
    ['EPROTO', '...:SSL routines:ssl3_get_record:wrong version number:...', 'does not speak TLS'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'C0:error:0A00010B', 'does not speak TLS'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', '...tlsv1 alert protocol version...', 'outdated TLS'],
    ['EPROTO', '...sslv3 alert handshake failure:...', 'refused the TLS handshake'],
  ])('tells %s (%s) apart', (code, message, expected) => {
    const failure = toFetchError(Object.assign(new Error(message), { code }), 'https://a.example/');
    expect(failure.code).toBe('tls');
    expect(failure.message).toContain(expected);
    expect(failure.message).toContain(code);
  });
});
