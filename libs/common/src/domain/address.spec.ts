import { describe, expect, it } from 'vitest';
import { hashMailbox, parseAddress } from './address.js';

const mailboxOf = (text: string): string | undefined => parseAddress(text)?.mailbox;

describe('the mailbox of an address', () => {
  it.each([
    ['Anna.Smith@gmail.com', 'annasmith@gmail.com'],
    ['a.n.n.a.smith+shop.x@GoogleMail.com', 'annasmith@gmail.com'],
    ['anna.smith+shop@outlook.com', 'anna.smith@outlook.com'],
    ['anna+a+b@hotmail.co.uk', 'anna@hotmail.co.uk'],
    ['anna+x@outlook.fr', 'anna@outlook.fr'],
    ['anna+x@live.nl', 'anna@live.nl'],
    ['anna.s+x@icloud.com', 'anna.s@icloud.com'],
    ['anna-s+x@proton.me', 'anna-s@proton.me'],
    ['anna+x@fastmail.com', 'anna@fastmail.com'],
  ])('%s is %s', (address, mailbox) => expect(mailboxOf(address)).toBe(mailbox));

  it.each([
    'anna.smith@mail.org',
    'anna+shop@mill.org',
    'anna-shop@yahoo.com',
    'anna+shop@yahoo.com',
    'anna.s@outlook.com',
    '+shop@gmail.com',
    '"a.b+c"@gmail.com',
    'anna+x@gmail.com.example.org',
    'anna+x@live.example',
    'anna+x@hotmail.museum',
  ])('%s is as it is', (address) => expect(mailboxOf(address)).toBe(address));

  it('is another one at each provider', () => {
    const all = ['icloud.com', 'me.com', 'proton.me', 'protonmail.com', 'outlook.com', 'hotmail.com', 'gmail.com'];
    expect(new Set(all.map((domain) => mailboxOf(`anna@${domain}`))).size).toBe(all.length);
  });

  it('is what the hash is made of, while the address stays as shown', () => {
    const address = parseAddress('Anna.Smith+x@GoogleMail.com');
    expect(address).toMatchObject({
      address: 'Anna.Smith+x@googlemail.com',
      normalised: 'anna.smith+x@googlemail.com',
      domain: 'googlemail.com',
      hash: hashMailbox('annasmith@gmail.com'),
    });
    expect(parseAddress('annasmith@gmail.com')?.hash).toEqual(address?.hash);
  });
});
