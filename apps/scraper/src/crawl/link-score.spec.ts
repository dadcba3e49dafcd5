import { describe, expect, it } from 'vitest';
import { CONTACT_WORDS } from './contact-words.js';
import { scoreLink, type LinkKind, type LinkScore } from './link-score.js';

const ORIGIN = 'https://a.example';

function score(path: string, text = ''): LinkScore {
  return scoreLink(new URL(ORIGIN + path), text);
}

/** Labels as they stand in menus, and paths, of pages that say how to reach somebody. */
const CONTACT: [language: string, ...pages: string[]][] = [
  [
    'en',
    'Contact',
    'Contact Us',
    'Contact & Directions',
    'Get in touch',
    '/contactus.aspx',
    '/contact-form',
    '/ContactUs',
    '/enquiries',
  ],
  [
    'de',
    'Kontakt',
    'So erreichen Sie uns',
    'Ihre Ansprechpartner',
    '/kontaktformular.html',
    '/kontakt/',
    '/de/kontakt-und-anfahrt',
  ],
  ['fr', 'Contactez-nous', 'Nous contacter', 'Nos coordonnées', '/contactez-nous', '/formulaire-de-contact.php'],
  ['es', 'Contacto', 'Contáctanos', 'Escríbenos', '/contacto', '/contactenos.html'],
  ['pt', 'Contato', 'Fale conosco', 'Entre em contato', '/contatos', '/fale-conosco'],
  ['it', 'Contatti', 'Contattaci', 'Dove siamo', '/contatti.php', '/it/contattaci'],
  ['nl', 'Contact opnemen', 'Contactgegevens', 'Neem contact op', '/contactformulier'],
  ['sv', 'Kontakta oss', 'Kontaktuppgifter', '/kontakta-oss'],
  ['da', 'Kontakt os', 'Find vej', '/kontakt-os'],
  ['no', 'Kontakt oss', 'Ta kontakt', '/kontaktskjema'],
  ['fi', 'Yhteystiedot', 'Ota yhteyttä', '/yhteystiedot', '/ota-yhteytta'],
  ['is', 'Hafa samband', '/hafa-samband'],
  ['pl', 'Kontakt', 'Skontaktuj się z nami', 'Napisz do nas', '/dane-kontaktowe'],
  ['cs', 'Kontakty', 'Kontaktujte nás', 'Napište nám', '/kontakty.html'],
  ['sk', 'Kontaktujte nás', 'Napíšte nám', '/kontaktne-udaje'],
  ['hu', 'Kapcsolat', 'Elérhetőségek', 'Írjon nekünk', '/kapcsolat', '/elerhetoseg'],
  ['ro', 'Contactați-ne', 'Date de contact', '/contacte'],
  ['bg', 'Контакти', 'Свържете се с нас', '/kontakti', '/za-kontakti'],
  [
    'ru',
    'Контакты',
    'Связаться с нами',
    'Обратная связь',
    '/kontakty',
    '/svyaz',
    '/%D0%BA%D0%BE%D0%BD%D1%82%D0%B0%D0%BA%D1%82%D1%8B',
  ],
  ['uk', 'Контакти', 'Зв’язок з нами', '/zvyazok'],
  ['sr', 'Контакт', 'Pišite nam', '/kontaktirajte-nas'],
  ['hr', 'Kontakti', 'Kontaktirajte nas', 'Gdje smo', '/kontakt-obrazac'],
  ['sl', 'Kontaktirajte nas', 'Kje smo', '/kontakt'],
  ['el', 'Επικοινωνία', 'ΕΠΙΚΟΙΝΩΝΙΑ', 'Επικοινωνήστε μαζί μας', '/epikoinonia', '/epikoinwnia.html'],
  ['tr', 'İletişim', 'Bize Ulaşın', 'BİZE ULAŞIN', '/iletisim', '/bize-ulasin'],
  [
    'ja',
    'お問い合わせ',
    'お問合せはこちら',
    'ご連絡先',
    '/toiawase/',
    '/inquiry/',
    '/%E3%81%8A%E5%95%8F%E3%81%84%E5%90%88%E3%82%8F%E3%81%9B',
  ],
  ['zh', '联系我们', '聯絡我們', '联系方式', '在线留言', '/lianxiwomen.html', '/lxwm/'],
  ['ko', '문의하기', '연락처', '오시는 길', '고객문의', '/munui'],
  ['th', 'ติดต่อเรา', 'ติดต่อสอบถาม'],
  ['vi', 'Liên hệ', 'Thông tin liên hệ', '/lien-he', '/lienhe.html'],
  ['id', 'Hubungi Kami', 'Kontak', '/hubungi-kami', '/kontak'],
  ['ms', 'Hubungi kami', '/hubungi'],
  ['ar', 'اتصل بنا', 'إتصل بنا', 'تواصل معنا', '/%D8%A7%D8%AA%D8%B5%D9%84-%D8%A8%D9%86%D8%A7'],
  ['fa', 'تماس با ما', 'تماس‌با‌ما', 'ارتباط با ما'],
  ['he', 'צור קשר', 'צרו קשר', 'יצירת קשר'],
  ['hi', 'संपर्क करें', 'हमसे संपर्क करें', '/sampark'],
  ['ca', 'Contacte', 'Contacta’ns', '/contacteu'],
  ['eu', 'Kontaktua', 'Harremanetarako'],
  ['et', 'Kontaktid', 'Võta ühendust', '/kontaktid'],
  ['lv', 'Kontakti', 'Sazinies ar mums', '/kontakti'],
  ['lt', 'Kontaktai', 'Susisiekite', '/kontaktai'],
  ['sq', 'Na kontaktoni', '/kontakt'],
  ['ka', 'კონტაქტი', 'დაგვიკავშირდით'],
  ['af', 'Kontak ons'],
];

const LEGAL: string[] = [
  'Impressum', '/impressum', 'Imprint', 'Mentions légales', '/mentions-legales', 'Aviso legal', 'Note legali', 'Colofon', 'Impresszum',
  'Реквизиты', '/rekvizity', '特定商取引法に基づく表記', 'Künye', 'Datenschutz', '/privacy-policy', 'Privacy', 'Política de privacidad',
  'Polityka prywatności', 'Политика конфиденциальности', '个人信息与隐私政策', '개인정보처리방침', 'سياسة الخصوصية', 'AGB', 'Terms & Conditions',
]; // prettier-ignore

const ABOUT: string[] = [
  'About us', '/about', '/AboutUs.html', 'Our team', 'Über uns', '/ueber-uns', '/uber-uns', 'Das Team', 'Qui sommes-nous ?', 'À propos',
  'Quiénes somos', 'Sobre nós', 'Chi siamo', '/chisiamo', 'Over ons', 'Om oss', 'Om os', 'Meistä', '/o-nas', 'O nás', 'Rólunk', 'Despre noi',
  'За нас', 'О компании', 'Про нас', 'O nama', 'Η εταιρεία', 'Hakkımızda', '会社概要', '关于我们', '關於我們', '회사소개', 'เกี่ยวกับเรา', 'Giới thiệu',
  'Tentang kami', 'من نحن', 'درباره ما', 'אודות', 'हमारे बारे में', 'Qui som', 'Meist', 'Par mums', 'Apie mus',
  'Kundenservice', 'Customer service', 'Support', 'Press', '/careers',
]; // prettier-ignore

const OTHER: string[] = [
  '/', '/products', 'Products', 'seamless', 'Contactless payment', '/contactless', 'Compact cameras', '/compact', 'Mailing lists', '/mailing',
  'Contact lenses', '/contact-lenses', 'Kontaktlinsen', '/kontaktlinsen/', 'Kontaktlos bezahlen', 'Lentilles de contact', 'Lentes de contacto',
  'Lenti a contatto', 'Contactlenzen', 'Soczewki kontaktowe', 'Kontaktní čočky', 'Контактные линзы', 'Бесконтактная оплата', 'コンタクトレンズ',
  'Kontaktlencse', 'Kontaktlinser', 'Eye contact', 'Teamwork', 'Steam', '/downloads/steam', 'Aboutique', 'Legally Blonde', 'Impression', 'Privateer',
  'Supporters', 'Hilfeleistungen', 'Presse-Spalt', 'Onaspace', '制品中心', '제품 목록', 'المنتجات', 'Товары', 'Προϊόντα', '製品一覧', '전문의 상담',
  '/login?return=/contact', '/go?url=https://a.example/contact', '/p?id=17', '/2019/05/how-we-contact-our-customers', '/blog/how-to-contact-your-senator',
  '/products/contact-adhesive-250',
  '/products/contact-plate-250',
  '/news/team-spirit', '/news/2021/our-team-wins-a-prize',
  'We were in contact with all of our suppliers about the new regulation last year',
]; // prettier-ignore

function isPath(page: string): boolean {
  return page.startsWith('/');
}

function kindOf(page: string): LinkKind {
  return isPath(page) ? score(page).kind : score('/p/17', page).kind;
}

describe('scoreLink', () => {
  describe('knows contact pages', () => {
    it.each(CONTACT.flatMap(([language, ...pages]) => pages.map((page) => [language, page] as const)))(
      '%s: %s',
      (_, page) => {
        expect(kindOf(page)).toBe('contact');
      },
    );
  });

  it.each(LEGAL)('knows the legal page %s', (page) => expect(kindOf(page)).toBe('legal'));
  it.each(ABOUT)('knows the about page %s', (page) => expect(kindOf(page)).toBe('about'));
  it.each(OTHER)('sees nothing in %s', (page) => expect(kindOf(page)).toBe('other'));

  it('has words for at least 30 languages', () => {
    expect(Object.keys(CONTACT_WORDS).length).toBeGreaterThanOrEqual(30);
  });

  it('says why, in at most 80 characters', () => {
    expect(score('/kontakt', 'Kontakt').reason).toBe('contact: "kontakt" in path and text');
    expect(score('/p/7', 'Impressum').reason).toBe('legal: "impressum" in text');
    expect(score('/chi-siamo').reason).toBe('about: "chi siamo" in path');
    expect(score('/x', 'Products').reason).toBe('link');
    expect(score(`/kontakt${'x'.repeat(200)}`, `kontakt${'y'.repeat(100)}`).reason.length).toBeLessThanOrEqual(80);
  });

  it.each([
    ['path and text before one of them', ['/contact', 'Contact'], ['/contact', '']],
    ['a label of nothing else before a longer one', ['/p/1', 'Contact'], ['/p/2', 'Contact and other things']],
    ['a short path before a long one', ['/contact', ''], ['/en/company/sales/regions/contact', '']],
    ['the top folder before the next', ['/contact', ''], ['/en/contact', '']],
    ['three folders before four', ['/a/b/contact', ''], ['/a/b/c/contact', '']],
    ['what is called so before what lies in a folder of that name', ['/x/contact', ''], ['/contact/x', '']],
    ['the page itself before what lies in its folder', ['/contact', ''], ['/contact/form/step-one', '']],
    ['contact before imprint', ['/p/1', 'Contact'], ['/imprint', 'Imprint']],
    ['imprint before about', ['/p/1', 'Impressum'], ['/about', 'About us']],
    ['about before privacy', ['/p/1', 'About us'], ['/privacy', 'Privacy']],
    ['customer service before privacy', ['/p/1', 'Customer service'], ['/privacy', 'Privacy']],
    ['privacy before jobs', ['/p/1', 'Privacy'], ['/jobs', 'Jobs']],
    ['jobs before the rest', ['/p/1', 'Jobs'], ['/products', 'Products']],
    ['pages before dated articles', ['/products', ''], ['/2024/05/new-things', '']],
    ['articles before the cart', ['/2024/05/new-things', ''], ['/cart', '']],
  ] as const)('puts %s', (_, [path, text], [laterPath, laterText]) => {
    expect(score(path, text).priority).toBeGreaterThan(score(laterPath, laterText).priority);
  });

  it('takes no notice of endings and scripts', () => {
    for (const path of ['/contact.html', '/contact/index.php', '/page.php?page=contact'])
      expect(score(path).priority).toBeGreaterThanOrEqual(score('/x/contact').priority);
  });

  it('reads the last part of a path first', () => {
    expect(score('/contact/privacy').kind).toBe('legal');
    expect(score('/about/contact').kind).toBe('contact');
    expect(score('/index.php?option=com_contact&view=contact').kind).toBe('contact');
    expect(score('/index.php?page=impressum').kind).toBe('legal');
  });

  it('takes next to no time for a hostile link', () => {
    const texts = [
      'a'.repeat(2000),
      'kontakt '.repeat(250),
      '문'.repeat(2000),
      '%D0'.repeat(600),
      '/a'.repeat(1000),
      'ﷺ'.repeat(500),
    ];
    const before = process.cpuUsage();
    for (let round = 0; round < 50; round += 1)
      for (const text of texts) scoreLink(new URL(`${ORIGIN}/${text}?${text}`), text);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(500);
  });
});
