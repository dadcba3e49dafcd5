import { createRequire } from 'node:module';
import { domainToASCII } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isDisposable } from './disposable-domains.js';

describe('isDisposable', () => {
  it.each(['mailinator.com', 'yopmail.com', 'guerrillamail.com', 'wegwerfmail.de'])('knows %s', (domain) => {
    expect(isDisposable(domain)).toBe(true);
  });

  it('knows every name of the list, from the first to the last', () => {
    const names = createRequire(import.meta.url)('disposable-email-domains') as string[];
    const sample = [...names.slice(0, 50), ...names.filter((_, index) => index % 100 === 0), ...names.slice(-50)];
    expect(sample.filter((name) => !isDisposable(domainToASCII(name)))).toEqual([]);
  });

  it('knows every name below a family of them', () => {
    expect(isDisposable('a.b.mailinator.com')).toBe(true);
    expect(isDisposable('a.wegwerfmail.de')).toBe(false);
  });

  it('knows names in other scripts by their ASCII form', () => {
    expect(isDisposable('xn--gmal-nza.net')).toBe(true);
  });

  it('takes nobody for one who only has a name at a hoster', () => {
    expect(isDisposable('shop.ddns.net')).toBe(false);
  });

  it.each(['gmail.com', 'acme-mill.de', 'acme-mailinator.com', 'com'])('does not take %s for one', (domain) => {
    expect(isDisposable(domain)).toBe(false);
  });
});
