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
      bounces+1234567-ab12=acme.com@em1234.sender.com
      bounce+abc-john=acme.com@lists.example.org
      list-owner-john=acme.com@lists.acme.org
      SRS0=HHH=TT=orig.com=user@forward.com
      bounce-123_HTML-456789-1234-0@bounce.news.acme.com
      0100018c1a2b3c4d-1a2b3c4d-1a2b-3c4d-5e6f-123456789abc-000000@email.amazonses.com
      reply+AAAB2XYZABC123456@reply.github.com
      unsubscribe+8271abc99@lists.acme.com
      List-Id: <dev.lists.acme.com>
      List-Post: none
      comp.lang.python alt.binaries.pictures de.comp.os
      <slrnq1a2b3.4c5.me$12@news.acme.com>
      References: <a1.b2@acme.com>
      nostr:ada@nostr.com
      Content-ID: <part1.06090408.01060107@marshstudies.ac.nz>
      Content-Id: <image001.png@01D9A1B2.C3D4E5F0>
      <img src="cid:logo@acme.com">
      UID:20240311T091500-4711@cal.kestrelpump.com
      UID:abcdef@cal.acme.com
      RELATED-TO:event-12@acme.com
      RELATED-TO;RELTYPE=PARENT:jsmith.part7.19960817@acme.com
      [12:02] -!- bob [~bob@203-0-113-7.dyn.kestrelpump.com] has joined #mill
      *** Joins: heron (~heron@gateway.acme.com)
      :nick!~user@host.acme.net PRIVMSG #chan :hi
      nick!user@host.acme.com JOIN #x
      * bob (bob@cpe-12-34-56-78.socal.res.rr.com) Quit
      bob@p5B0A1C2D.dip0.t-ipconnect.de
      user@c-73-12-34-56.hsd1.ca.comcast.net
      ada@web1.acme.com:~$ ls -la
      ada@web1.acme.com:/var/log# tail
      [ada@web1.acme.com ~]$ ls
      ada@web1.acme.com ~ % ls
      ada@web1.acme.com ~/src $ make
      ssh ada@web1.acme.com uptime
      ssh -i key.pem ubuntu@ec2-12-34-56-78.compute-1.amazonaws.com
      sftp ada@files.acme.com
      scp -r dist deploy@web1.acme.com:/srv
      rsync -avz . deploy@web1.acme.com:site
      docker pull acme/app@sha256:0123456789abcdef
      image: ghcr.io/acme/app:v1.2@sha256:abcd.ef
      source = "git::ssh://git@code.acme.com/infra.git?ref=v1.2.0"
      source = "git::https://user@code.acme.com/infra.git"
      implementation 'com.acme:lib:1.2.3@aar'
      npm install chalk@5.0.0 lodash@4.17.21 foo@1.0.0-beta.dev
      "@acme/ui@1.2.0-rc.link"
      import x from "npm:chalk@5.0.0"; import y from "jsr:@std/path@1.0.0-rc.1"
      https://deno.land/std@0.224.0/http/server.ts
      https://esm.sh/preact@10.5.7 https://unpkg.com/htmx.org@1.9.2
      go install github.com/acme/tool@v1.2.3
      go get golang.org/x/tools@latest
      cargo add serde@1.0.is
      pip install git+https://github.com/acme/x.git@v1.0.dev
      pip install acme@https://acme.com/x.whl
      gem "rails@7.0.to"
      12345+ada@users.noreply.github.com
      $Id: file.c 123 2020-01-01 ada $
      svn+ssh://ada@svn.acme.com/repo
      svn co https://ada@svn.acme.com/repo/trunk
      https://acme.zoom.us/j/123456789?pwd=abc
      123456789@zoomcrc.com
      987654321@acme.webex.com.notatld
      19:abcdef@thread.tacv2
      19%3ameeting_abc%40thread.v2
      abc123def@group.calendar.google.com
      de.german#holiday@group.v.calendar.google.com
      firebase-adminsdk-x1@proj.iam.gserviceaccount.com
      4917012345678@s.whatsapp.net
      @ada@mastodon.social and ada@fosstodon.org
      Mastodon: @ada@social.acme.org
      Find me on the fediverse: @ada@social.acme.org
      @ada.bsky.social
      https://bsky.app/profile/ada.bsky.social
      https://keybase.io/ada
      pub rsa4096/0xABCDEF 2020-01-01
      Key fingerprint = AAAA BBBB CCCC DDDD
      matrix: @ada:acme.org
      SIP: ada@sip.acme.com
      \${user}@acme.com and #{name}@acme.com and {{user}}@acme.com
      $user@acme.com
      "info"+"@acme.com"
      "foo"@en . "bar"@de-at .
      cron: 0 5 * * 1 /usr/bin/x @daily
      photo@4x.tiff cup@2x.jpg
      error: worker@node1.local terminated
      celery@worker1.internal
      rabbit@node1.svc.cluster.local
      user@10.0.0.5
      @media screen @import url(x.css) @page.in
      jdbc:oracle:thin:scott@//db.acme.com:1521/x
      jdbc:oracle:thin:scott/tiger@db.acme.com:1521:orcl
      mongodb+srv://app:pw@cluster0.abcde.mongodb.net/x
      amqp://guest:guest@mq.acme.com:5672
      smb://ada@files.acme.com/share
      afp://ada@nas.acme.com
      vnc://ada@host.acme.com
      ldap://cn@acme.com
      webcal://ada@cal.acme.com/x
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
    ['References: Ada Byron, ada@acme.com', 'ada@acme.com'],
    ['Signed-off-by: Ada Byron <ada@acme.com>', 'ada@acme.com'],
    ['Co-authored-by: Ada <ada.b@acme.org>', 'ada.b@acme.org'],
    ['MAILTO=ops@acme.com', 'ops@acme.com'],
    ['uid [ultimate] Ada Byron <ada@acme.com>', 'ada@acme.com'],
    ['uid: ada@acme.com', 'ada@acme.com'],
    ['from=<ada@acme.com>, size=1', 'ada@acme.com'],
    ['Fediverse support: support@mastodon.social', 'support@mastodon.social'],
    ['info@1st-class.com', 'info@1st-class.com'],
    ['info@3x3.com', 'info@3x3.com'],
    ['info@4x4-trade.de', 'info@4x4-trade.de'],
    ['info@2.de', 'info@2.de'],
    ['return-desk@acme.com', 'return-desk@acme.com'],
    ['owner-operators@acme.com', 'owner-operators@acme.com'],
    ['a@b.com> wrote', 'a@b.com'],
    ['ada@acme.com ~ Tel', 'ada@acme.com'],
    ['~ada@acme.com', 'ada@acme.com'],
    ['(ada@acme.com) has joined us', 'ada@acme.com'],
    ['?cc=ada.it@acme.com', 'ada.it@acme.com'],
    ['mail=ada.com@acme.com', 'ada.com@acme.com'],
    ['Questions? ada@acme.com!', 'ada@acme.com'],
    ['reply@acme.com', 'reply@acme.com'],
    ['bounce@acme.com', 'bounce@acme.com'],
  ])('reads the address in: %s', (text, address) => {
    expect(scan(text)).toEqual([address]);
  });

  it('reads addresses in what is set like code', () => {
    expect(scan('Contact: info@firma.pl, ada@acme.de', { code: true })).toEqual(['info@firma.pl', 'ada@acme.de']);
  });
});

describe('scanAddresses and what tools write', () => {
  it.each([
    'vite@beta.app',
    'we tried typescript@rc.link for a week',
    'npm i left-pad@beta.app',
    'npm install --save left-pad kestrel-ui@alpha.run',
    'docker pull kestrel@stable.run',
    'yarn add kestrel@5.dev',
    'run setup@install.sh now',
    'build@deploy.sh and hooks@post-install.sh',
    'puts@plt.got',
    'self@0x7f.cc',
    'tel:+49@sip.acme.de',
    'sms:+493012345@sip.acme.de',
    'd09GMgABAAAAAAA@k3.cO+AAbCd@xY.ioQ==',
    'src/d09GMgABAAAAAAA@k3.co/AAbCd',
    'QmFzZTY0IGRh+dGEgaXM5bG9@x9.de=',
    'Message-ID:\n <abc.x@mail.acme.com>',
    'Message-ID\nabc.x@mail.acme.com',
    'In-Reply-To:\r\n\t<abc.x@mail.acme.com>',
    'References:\n <a1@acme.com>\n <b2@acme.com>',
  ])('finds nothing in %j', (text) => {
    expect(scan(text)).toEqual([]);
  });

  it('takes a tag in code for what it is', () => {
    expect(scan('const tree = kestrel@beta.app', { code: true })).toEqual([]);
    expect(scan('{"email":"anna@beta.app"}', { code: true })).toEqual(['anna@beta.app']);
  });

  it.each([
    ['hello@beta.app', 'hello@beta.app'],
    ['Write to anna@main.de', 'anna@main.de'],
    ['add max@163.com to your list', 'max@163.com'],
    ['npm support: info@edge.app', 'info@edge.app'],
    ['info@deploy.sh', 'info@deploy.sh'],
    ['anna@jamestown.sh', 'anna@jamestown.sh'],
    ['Tel:12345, anna@quay.de', 'anna@quay.de'],
    ['Message-ID is not shown\n\nanna@quay.de', 'anna@quay.de'],
    ['/contact?to=AnnaLind2@quay.de', 'AnnaLind2@quay.de'],
    ['JohnSmith@quay.de/', 'JohnSmith@quay.de'],
  ])('still reads %j', (text, address) => {
    expect(scan(text)).toEqual([address]);
  });
});
