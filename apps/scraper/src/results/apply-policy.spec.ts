import { describe, expect, it } from 'vitest';
import { jobSpec } from '#common/contracts/job-spec.js';
import { makeEmail, makeSiteResult } from '../../../../test/support/make-job.js';
import type { FoundEmail, SiteResult } from '../crawl/site-result.js';
import { METHOD_CONFIDENCE, type Method } from '../extract/finding.js';
import { applyPolicy } from './apply-policy.js';

const OBFUSCATED: Method[] = ['cloudflare', 'encoder', 'script', 'css', 'obfuscated-text'];
const METHODS = Object.keys(METHOD_CONFIDENCE).map(
  (method) => [method, OBFUSCATED.includes(method as Method)] as const,
);

const foundBy = (...methods: string[]): FoundEmail => {
  const [sighting] = makeEmail('info@mill.org').sightings;
  const sightings = methods.map((method) => ({ ...sighting!, method, url: `http://a.example/${method}` }));
  return makeEmail('info@mill.org', { method: methods[0]!, sightings });
};
const apply = (policy: object, emails: FoundEmail[], suppressed?: ReadonlySet<string>): SiteResult =>
  applyPolicy(makeSiteResult('a.example', emails), jobSpec.parse({ policy }).policy, suppressed);
const shown = ({ outcome, emails }: SiteResult): unknown => [outcome, emails.map(({ flags }) => flags.join())];

describe('applyPolicy', () => {
  describe.each(METHODS)('an address found by %s (obfuscated: %s)', (method, isObfuscated) => {
    it('is counted by default', () => expect(shown(apply({}, [foundBy(method)]))).toEqual(['found', ['']]));
    it('is flagged only where it was obfuscated', () =>
      expect(shown(apply({ obfuscated: 'flag' }, [foundBy(method)]))).toEqual(
        isObfuscated ? ['no_address', ['obfuscated']] : ['found', ['']],
      ));
    it('is skipped only where it was obfuscated', () =>
      expect(shown(apply({ obfuscated: 'skip' }, [foundBy(method)]))).toEqual(
        isObfuscated ? ['no_address', []] : ['found', ['']],
      ));
    it('is skipped by its kind, however it was found', () =>
      expect(shown(apply({ freemail: 'skip' }, [{ ...foundBy(method), kind: 'freemail' }]))).toEqual([
        'no_address',
        [],
      ]));
  });

  it('does not take an address for obfuscated that stands in the open on another page', () => {
    const email = foundBy('cloudflare', 'text');
    for (const obfuscated of ['flag', 'skip']) expect(shown(apply({ obfuscated }, [email]))).toEqual(['found', ['']]);
  });

  it('keeps other flags', () => {
    const email = { ...foundBy('css'), flags: ['honeypot' as const] };
    expect(apply({ obfuscated: 'flag' }, [email]).emails[0]?.flags).toEqual(['honeypot', 'obfuscated']);
  });

  it('says how many addresses the policy has left out of a site that has none left', () => {
    const emails = [foundBy('css'), makeEmail('a@gmail.com', { kind: 'freemail' })];
    expect(apply({ obfuscated: 'skip', freemail: 'skip' }, emails).detail).toBe(
      "2 addresses left out by the job's policy",
    );
    expect(apply({ obfuscated: 'flag', freemail: 'skip' }, [foundBy('css')]).detail).toBe(
      "1 address left out by the job's policy",
    );
  });

  describe('with suppressed mailboxes', () => {
    const suppressed = new Set(['anna@gmail.com', 'info@mill.org']);

    it('lets none of their spellings through', () => {
      const emails = [makeEmail('a.nna+x@googlemail.com'), makeEmail('sales@mill.org'), makeEmail('info@mill.org')];
      const result = apply({}, emails, suppressed);
      expect(result.outcome).toBe('found');
      expect(result.emails.map(({ address }) => address.address)).toEqual(['sales@mill.org']);
    });

    it('calls a site suppressed that has nothing else that counts', () => {
      const placeholder = makeEmail('you@example.com', { flags: ['placeholder'] });
      const result = apply({}, [makeEmail('info@mill.org'), placeholder], suppressed);
      expect(result).toMatchObject({ outcome: 'suppressed', detail: '1 address suppressed' });
      expect(result.emails).toEqual([placeholder]);
    });

    it('blames the policy where it has left out what was not suppressed', () => {
      const emails = [makeEmail('info@mill.org'), makeEmail('b@gmail.com', { kind: 'freemail' })];
      expect(apply({ freemail: 'skip' }, emails, suppressed).outcome).toBe('no_address');
    });

    it('leaves the outcome of a site alone that has failed', () => {
      const result = makeSiteResult('a.example', [], { outcome: 'timeout' });
      expect(applyPolicy(result, jobSpec.parse({}).policy, suppressed).outcome).toBe('timeout');
    });
  });
});
