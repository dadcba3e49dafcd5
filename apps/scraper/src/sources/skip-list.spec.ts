import { describe, expect, it } from 'vitest';
import { SKIPPED_DOMAINS } from '#common/domain/skipped-domains.js';
import { SkipList } from './skip-list.js';

describe('SkipList', () => {
  const list = new SkipList(SKIPPED_DOMAINS);
  it.each([
    'https://www.facebook.com/dentist',
    'https://de.linkedin.com/company/x',
    'https://www.amazon.co.uk/dp/1',
    'https://maps.google.com/?q=x',
    'https://a.example/menu.pdf',
    'https://a.example/login',
    'https://a.example/wp-login.php?redirect=x',
    'https://a.example/konto/anmelden/',
    'not a url',
  ])('leaves out %s', (url) => expect(list.includes(url)).toBe(true));

  it.each([
    'https://a.example/',
    'https://notfacebook.com/',
    'https://facebook.com.example/',
    'https://amazonas-reisen.de/',
    'https://a.example/login-system-hersteller',
    'http://127.0.0.1:8080/',
  ])('visits %s', (url) => expect(list.includes(url)).toBe(false));

  it('takes another list in its place, and none', () => {
    expect(new SkipList(['A.example']).includes('https://sub.a.example/')).toBe(true);
    expect(new SkipList([]).includes('https://www.facebook.com/')).toBe(false);
  });
});
