import { describe, expect, it } from 'vitest';
import { scanAddresses, type ScanOptions } from './address-scan.js';
import { CandidateParser } from './candidate-parser.js';

const scan = (text: string, options: ScanOptions = {}): string[] =>
  scanAddresses(text, new CandidateParser(), options).map(({ address }) => address.address);

const lines = (text: string): string[] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim());

describe('scanAddresses and false friends', () => {
  it.each(
    lines(`
      logo@2x.png and hero@1.5x.jpeg, photo-1200x800@2x.avif, sprite@3x.zip
      npm i left-pad@1.3.0 @scope/pkg@1.2.3 vue@next react@latest @types/node@20.x
      git clone git@github.com:kestrel/app.git
      git@gitlab.acme.com:team/x.git
      ssh root@server1.acme.com
      ssh -p 2222 root@server1.acme.com
      scp a.txt deploy@web3.kestrelworks.io:/tmp
      rsync -a backup@nas.acme.com::pool .
      user@laptop.acme.com:~$ ls
      [root@web1.acme.com ~]# ls
      ssh://git@code.lumenfold.org/site.git
      https://user:pass@intranet.acme.com/login
      postgres://app:s3cret@db.acme.net:5432/app
      ftp://anonymous@ftp.gnu.org/pub
      https://8bc674d734914b3f8179f84e9edb0faa@o447951.ingest.sentry.io/5429220
      605a7baede844d278b89dc95ae0a9123@sentry-next.wixpress.com
      550e8400-e29b-41d4-a716-446655440000@acme.com
      Message-ID: <abc.123@mail.acme.com>
      In-Reply-To: <x.y@mail.acme.com>
      <CAF+QkzV8Xh3bJxkq9vF0n7PqTz=abcd3Q@mail.gmail.com>
      20230101120000.12345@mail.acme.com
      sip:1001@pbx.greylag.co.uk and sips:desk@voip.acme.net
      xmpp:room@conference.jabber.org?join
      im:ada@chat.acme.org or acct:ada@acme.social
      cid:part1.06090408.01060107@acme.com
      Jabber: ada@jabber.ccc.de
      XMPP: ada@acme.org
      Mastodon: ada@mastodon.social
      @studio@mastodon.social
      !community@lemmy.world
      @alice:matrix.org
      Follow @kestrel.io and @brand.official
      https://mastodon.social/@kestrel.io
      https://medium.com/@jane.doe
      https://www.flickr.com/photos/12345678@N00
      https://acme.com/a@b.com/path
      https://groups.google.com/d/msgid/x/ada@acme.com
      systemctl start getty@tty1.service wg-quick@wg0.target
      host/web1@REALM.COM http/www@ACME.COM
      19:meeting_ZDk@thread.v2
      report@final.zip and clip@new.mov
      deploy@prod.sh model@v2.py core@1.rs notes@old.md
      this@MainActivity.finish() return@forEach.let
      fnyrf@jvyqsraary.bet
      ada@project.github.io ada@shop.myshopify.com ada@app.netlify.app
      %22ada%22+%22@acme.com
      info@localhost info@acme.notatld foo@co.uk
    `),
  )('finds nobody in: %s', (text) => {
    expect(scan(text)).toEqual([]);
  });

  it.each(
    lines(`
      @app.route("/x") @pytest.mark.skip @Override.foo @media(max-width:40em)
      val x = y@label.size
      C = A@B.T + W@x.conj() + a@b.is
      loss = (X@w.reshape(-1)).sum()
      deploy@web.sh lib@core.rs notes@todo.md
      from a@b.so import
      ada@acme.com()
      path/ada@acme.com
    `),
  )('finds nobody in code: %s', (text) => {
    expect(scan(text, { code: true })).toEqual([]);
  });

  it.each([
    ['info@firma.rs', 'info@firma.rs'],
    ['info@firma.pl', 'info@firma.pl'],
    ['info@acme.sh', 'info@acme.sh'],
    ['info@acme.ai', 'info@acme.ai'],
    ['https://acme.com/?email=ada@acme.com', 'ada@acme.com'],
    ['https://acme.com/mailto:ada@acme.com', 'ada@acme.com'],
    ['https://acme.com ada@acme.com', 'ada@acme.com'],
    ['ada@acme.com (home)', 'ada@acme.com'],
    ['ada@acme.com(home)', 'ada@acme.com'],
    ['Mail/ada@ACME.COM', 'ada@acme.com'],
    ['ada@acme.com: write', 'ada@acme.com'],
    ['ada@scoutforce.om', 'ada@scoutforce.om'],
    ['SSH keys: write to ada@acme.com', 'ada@acme.com'],
    ['a1b2c3@acme.com', 'a1b2c3@acme.com'],
    ['Wow! ada@acme.com', 'ada@acme.com'],
    ['registration-2024@acme.com', 'registration-2024@acme.com'],
    ['to=%22mailto:%20ada@acme.com%22', 'ada@acme.com'],
    ['x=%27ada%27+%27bob@acme.com', 'bob@acme.com'],
    ['ADA@ACME.COM', 'ADA@acme.com'],
  ])('reads the address in: %s', (text, address) => {
    expect(scan(text)).toEqual([address]);
  });

  it('reads addresses in what is set like code', () => {
    expect(scan('Contact: info@firma.pl, ada@acme.de', { code: true })).toEqual(['info@firma.pl', 'ada@acme.de']);
  });
});
