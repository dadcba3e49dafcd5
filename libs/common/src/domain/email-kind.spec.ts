import { describe, expect, it } from 'vitest';
import { parseAddress } from './address.js';
import { classifyEmail } from './email-kind.js';

function kindOf(text: string): string {
  const address = parseAddress(text);
  if (address === null) throw new Error(`${text} is no address`);
  return classifyEmail(address);
}

describe('classifyEmail', () => {
  it.each([
    'info@acme.de',
    'Kontakt@acme.de',
    'sales-uk@acme.de',
    'press.office@acme.de',
    'info2@acme.de',
    'support+web@acme.de',
    'no-reply@acme.de',
    'buero@acme.de',
    'it-support@acme.de',
    'hr@acme.de',
    'rechnung.berlin@acme.de',
    'atencionalcliente@acme.es',
    'ufficiostampa@acme.it',
    'secretariaat@acme.nl',
    'asiakaspalvelu@acme.fi',
    'podatelna@acme.cz',
    'toiawase@acme.jp',
  ])('takes %s for a role', (address) => {
    expect(kindOf(address)).toBe('role');
  });

  it.each(['anna.berger@acme.de', 'j.novak@acme.cz', 'x@acme.io', 's.post@acme.no', 'it.novak@acme.cz'])(
    'takes %s for a person',
    (address) => {
      expect(kindOf(address)).toBe('personal');
    },
  );

  it.each(['info@gmail.com', 'anna@yahoo.co.uk', 'a@hotmail.fr', 'b@gmx.at', 'c@qq.com', 'd@yandex.kz', 'e@aol.co.uk'])(
    'takes %s for a free mailbox',
    (address) => {
      expect(kindOf(address)).toBe('freemail');
    },
  );

  it('does not take a domain that begins like a free one for it', () => {
    expect(kindOf('anna@live.acme.de')).toBe('personal');
  });
});
