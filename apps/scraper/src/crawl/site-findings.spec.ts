import { describe, expect, it } from 'vitest';
import { parseAddress } from '#common/domain/address.js';
import { METHOD_CONFIDENCE, type Finding, type Method } from '../extract/finding.js';
import { SiteFindings, type PageEvidence } from './site-findings.js';

const finding = (text: string, method: Method = 'text', flags: Finding['flags'] = []): Finding => ({
  address: parseAddress(text)!,
  method,
  confidence: METHOD_CONFIDENCE[method],
  snippet: text,
  flags,
});
const page = (url: string, over: Partial<PageEvidence> = {}): PageEvidence => ({
  url,
  httpStatus: 200,
  robots: 'allowed',
  noindex: false,
  noHarvest: false,
  via: 'seed',
  ...over,
});

describe('SiteFindings', () => {
  it('merges the spellings of one mailbox over the pages of a site, the best place first', () => {
    const found = new SiteFindings();
    expect(found.addPage([finding('Anna.Smith@gmail.com')], page('http://a.example/'))).toBe(1);
    const other = finding('annasmith@googlemail.com', 'mailto');
    expect(found.addPage([other], page('http://a.example/contact', { noHarvest: true }))).toBe(0);
    expect(found.list()).toMatchObject([
      {
        address: { address: 'Anna.Smith@gmail.com' },
        method: 'mailto',
        sightings: [
          { url: 'http://a.example/contact', method: 'mailto', noHarvest: true },
          { url: 'http://a.example/', method: 'text', noHarvest: false },
        ],
      },
    ]);
  });

  it('keeps ten places of an address', () => {
    const found = new SiteFindings();
    for (let i = 0; i < 12; i++) found.addPage([finding('a@mill.org')], page(`http://a.example/${i}`));
    expect(found.list()[0]?.sightings).toHaveLength(10);
  });

  it('counts an address that one page shows to readers', () => {
    const found = new SiteFindings();
    found.addPage([finding('a@mill.org', 'text', ['honeypot'])], page('http://a.example/'));
    expect(found.hasCounted).toBe(false);
    found.addPage([finding('a@mill.org')], page('http://a.example/contact'));
    expect(found.hasCounted).toBe(true);
  });
});
