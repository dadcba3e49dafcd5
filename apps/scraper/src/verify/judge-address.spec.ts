import { describe, expect, it } from 'vitest';
import { judgeAddress, type MailService } from './judge-address.js';

const judge = (service: MailService, over: { disposable?: boolean; confidence?: number; domain?: string } = {}) => {
  const { disposable = false, confidence = 0.9, domain = 'acme-mill.de' } = over;
  return judgeAddress({ domain, confidence }, { service, disposable });
};

describe('judgeAddress', () => {
  it.each([
    ['mx', { verdict: 'valid', mx: true }],
    ['implicit', { verdict: 'valid', mx: true }],
    ['none', { verdict: 'invalid', mx: false }],
    ['unknown', { verdict: 'unknown', mx: null }],
  ] as const)('says of a domain with mail service "%s" %o', (service, answer) => {
    expect(judge(service)).toEqual({ ...answer, disposable: false });
  });

  it('calls throw-away domains risky, asked or not, unless they are dead already', () => {
    const verdicts = (['mx', 'implicit', 'unknown', 'none'] as const).map(
      (service) => judge(service, { disposable: true }).verdict,
    );
    expect(verdicts).toEqual(['risky', 'risky', 'risky', 'invalid']);
  });

  it('calls what was read between the lines risky where the domain names no mail server, and only there', () => {
    expect(judge('implicit', { confidence: 0.7 }).verdict).toBe('risky');
    expect(judge('mx', { confidence: 0.6 }).verdict).toBe('valid');
  });

  it.each(['acme.notatld', 'co.uk', 'zip.co.uk.123'])('needs no DNS for a domain that cannot be: %s', (domain) => {
    expect(judge('unknown', { domain }).verdict).toBe('invalid');
  });
});
