/** A page of a site in one language: what a link to it says, and its path; `native` is the path in the language's own script. */
export interface Named {
  label: string;
  slug: string;
  native?: string;
}

/** What a small company's site in one language says, written from what such sites look like, not from our word lists. */
export interface LanguagePack {
  code: string;
  name: string;
  /** What page names end with. */
  suffix: string;
  home: Named;
  contact: Named;
  about: Named;
  help: Named;
  imprint?: Named;
  privacy: Named;
  terms: Named;
  products: Named;
  blog: Named;
  extra: Named[];
  items: string[];
  posts: string[];
  postSlugs: string[];
  tags: string[];
  more: string;
  search: string;
  prose: string[];
}

const list = (text: string): string[] => text.split('|').map((part) => part.trim());
/** `label = slug = native slug`, one page each. */
const page = (text: string): Named => {
  const [label = '', slug = '', native] = text.split('=').map((part) => part.trim());
  return native === undefined ? { label, slug } : { label, slug, native };
};

interface Spec {
  name: string;
  suffix?: string;
  home: string;
  contact: string;
  about: string;
  help: string;
  imprint?: string;
  privacy: string;
  terms: string;
  products: string;
  blog: string;
  extra: string;
  items: string;
  posts: string;
  postSlugs?: string;
  tags: string;
  more: string;
  search: string;
  prose: string;
}

function pack(code: string, spec: Spec): LanguagePack {
  const { name, suffix = '', more, search } = spec;
  return {
    code,
    name,
    suffix,
    more,
    search,
    home: page(spec.home),
    contact: page(spec.contact),
    about: page(spec.about),
    help: page(spec.help),
    ...(spec.imprint === undefined ? {} : { imprint: page(spec.imprint) }),
    privacy: page(spec.privacy),
    terms: page(spec.terms),
    products: page(spec.products),
    blog: page(spec.blog),
    extra: list(spec.extra).map(page),
    items: list(spec.items),
    posts: list(spec.posts),
    postSlugs: list(spec.postSlugs ?? 'a|b|c|d|e|f').map((slug) => slug.replaceAll(' ', '-')),
    tags: list(spec.tags),
    prose: list(spec.prose),
  };
}

export const LANGUAGE_PACKS: LanguagePack[] = [
  pack('en', {
    name: 'Harrow & Sons Joinery',
    home: 'Home = ',
    contact: 'Get in touch = get-in-touch',
    about: 'Our Story = our-story',
    help: 'Customer Support = support',
    privacy: 'Privacy Policy = privacy-policy',
    terms: 'Terms & Conditions = terms-and-conditions',
    products: 'Shop = shop',
    blog: 'Journal = journal',
    extra:
      'Gallery = gallery | Delivery & Returns = delivery-returns | Trade = trade | Reviews = reviews | Careers = careers',
    items:
      'Contactless card reader | Compact oak shelf | Mailing box, large | Contact adhesive 250 ml | Dining table | Bedside table | Sash window | Staircase kit | Door frame',
    posts:
      'How to make contact with lost customers | Eye contact: talking to clients | Five woods that age well | The team that built a bridge | A day in the workshop | Why we moved',
    postSlugs:
      'how to make contact with lost customers | eye contact talking to clients | five woods that age well | the team that built a bridge | workshop day | why we moved',
    tags: 'Oak | Tools | Mailing list | People',
    more: 'Read more',
    search: 'Search',
    prose:
      'the | oak | workshop | builds | quiet | things | that | last | in | our | old | mill | by | the | river | since | 1987',
  }),
  pack('de', {
    name: 'Müllerei Bachtal GmbH',
    suffix: '.html',
    home: 'Startseite = ',
    contact: 'Kontakt & Anfahrt = kontakt-anfahrt',
    about: 'Wir über uns = wir-ueber-uns',
    help: 'Kundenservice = kundenservice',
    imprint: 'Impressum = impressum',
    privacy: 'Datenschutzerklärung = datenschutzerklaerung',
    terms: 'AGB = agb',
    products: 'Sortiment = sortiment',
    blog: 'Aktuelles = aktuelles',
    extra:
      'Leistungen = leistungen | Galerie = galerie | Referenzen = referenzen | Karriere = karriere | Versand = versand',
    items:
      'Kontaktlinsenmittel | Kontaktlose Kartenleser | Kompakte Mühle | Roggenmehl Type 1150 | Dinkelmehl | Weizengrieß | Backmischung | Brotkorb | Mehlsieb',
    posts:
      'Kontaktlos zahlen: so geht es | Unser Team auf der Messe | Neue Öffnungszeiten | Ernte 2023 | Brot backen ohne Hefe | Das Impressum der Zukunft',
    postSlugs:
      'kontaktlos zahlen so geht es | unser team auf der messe | neue oeffnungszeiten | ernte | brot backen ohne hefe | das impressum der zukunft',
    tags: 'Mehl | Brot | Mühle | Rezepte',
    more: 'mehr',
    search: 'Suche',
    prose:
      'die | Mühle | mahlt | seit | 1987 | am | Bach | Mehl | für | Bäcker | und | Haushalte | in | der | Region | gern',
  }),
  pack('fr', {
    name: 'Menuiserie Vauclair',
    home: 'Accueil = ',
    contact: 'Nous contacter = nous-contacter',
    about: 'Qui sommes-nous ? = qui-sommes-nous',
    help: 'Service client = service-client',
    imprint: 'Mentions légales = mentions-legales',
    privacy: 'Politique de confidentialité = politique-de-confidentialite',
    terms: 'Conditions générales de vente = cgv',
    products: 'Nos produits = produits',
    blog: 'Actualités = actualites',
    extra:
      'Réalisations = realisations | Nos services = services | Livraison = livraison | Avis clients = avis | Recrutement = recrutement',
    items:
      'Lentilles de contact | Paiement sans contact | Porte en chêne | Fenêtre sur mesure | Escalier droit | Table basse | Étagère compacte | Parquet massif | Volets battants',
    posts:
      'Garder le contact avec ses clients | Choisir son bois | Une équipe au travail | Salon de Lyon | Nos conseils d’entretien | Le bois et le feu',
    postSlugs:
      'garder le contact avec ses clients | choisir son bois | une equipe au travail | salon de lyon | conseils | bois et feu',
    tags: 'Bois | Portes | Conseils | Atelier',
    more: 'Lire la suite',
    search: 'Rechercher',
    prose:
      'le | bois | de | nos | forêts | devient | porte | table | ou | escalier | dans | notre | atelier | depuis | 1987',
  }),
  pack('es', {
    name: 'Talleres Montalbán',
    suffix: '/',
    home: 'Inicio = ',
    contact: 'Contáctenos = contactenos',
    about: 'Quiénes somos = quienes-somos',
    help: 'Atención al cliente = atencion-al-cliente',
    imprint: 'Aviso legal = aviso-legal',
    privacy: 'Política de privacidad = politica-de-privacidad',
    terms: 'Condiciones de venta = condiciones',
    products: 'Catálogo = catalogo',
    blog: 'Noticias = noticias',
    extra:
      'Servicios = servicios | Galería = galeria | Envíos = envios | Opiniones = opiniones | Trabaja con nosotros = empleo',
    items:
      'Lentes de contacto | Lector sin contacto | Taladro compacto | Sierra de mesa | Lijadora | Martillo | Destornillador | Nivel láser | Caja de herramientas',
    posts:
      'En contacto con la madera | Feria de Zaragoza | Nuevo horario | Diez consejos | Nuestro equipo gana un premio | El taller por dentro',
    postSlugs:
      'en contacto con la madera | feria de zaragoza | nuevo horario | diez consejos | nuestro equipo gana un premio | el taller',
    tags: 'Madera | Hierro | Ferias | Consejos',
    more: 'Leer más',
    search: 'Buscar',
    prose:
      'el | taller | trabaja | la | madera | y | el | hierro | desde | 1987 | con | manos | buenas | y | sin | prisa',
  }),
  pack('it', {
    name: 'Officina Bellandi',
    suffix: '.php',
    home: 'Pagina iniziale = ',
    contact: 'Contatti = contatti',
    about: 'Chi siamo = chi-siamo',
    help: 'Assistenza clienti = assistenza',
    imprint: 'Note legali = note-legali',
    privacy: 'Informativa sulla privacy = privacy',
    terms: 'Termini e condizioni = termini-e-condizioni',
    products: 'Prodotti = prodotti',
    blog: 'Notizie = notizie',
    extra:
      'Servizi = servizi | Galleria = galleria | Spedizioni = spedizioni | Dicono di noi = recensioni | Lavora con noi = lavora-con-noi',
    items:
      'Lenti a contatto | Lettore contactless | Sedia in faggio | Tavolo allungabile | Libreria | Cassettiera | Scala | Finestra | Persiana',
    posts:
      'A contatto con la natura | La squadra al lavoro | Fiera di Verona | Orari estivi | Come curare il legno | Il nuovo laboratorio',
    postSlugs:
      'a contatto con la natura | la squadra al lavoro | fiera di verona | orari | cura del legno | laboratorio',
    tags: 'Legno | Ferro | Fiere | Consigli',
    more: 'Leggi tutto',
    search: 'Cerca',
    prose:
      'il | legno | del | bosco | diventa | sedia | o | tavolo | nella | nostra | officina | dal | 1987 | senza | fretta',
  }),
  pack('pt', {
    name: 'Padaria Ribeirinha',
    home: 'Início = ',
    contact: 'Fale Conosco = fale-conosco',
    about: 'Quem somos = quem-somos',
    help: 'Central de atendimento = atendimento',
    privacy: 'Política de Privacidade = politica-de-privacidade',
    terms: 'Termos de uso = termos-de-uso',
    products: 'Produtos = produtos',
    blog: 'Novidades = novidades',
    extra:
      'Encomendas = encomendas | Galeria = galeria | Entregas = entregas | Receitas = receitas | Trabalhe conosco = trabalhe-conosco',
    items:
      'Pão de milho | Bolo de fubá | Lentes de contato | Cartão por aproximação | Broa | Sonho | Torta salgada | Biscoito | Café moído',
    posts:
      'Mantenha contato com a família | Festa junina | Horário de Natal | Nossa equipe cresce | Como guardar pão | O forno novo',
    postSlugs:
      'mantenha contato com a familia | festa junina | horario de natal | nossa equipe cresce | guardar pao | forno novo',
    tags: 'Pães | Bolos | Festas | Dicas',
    more: 'Saiba mais',
    search: 'Buscar',
    prose: 'o | pão | da | casa | sai | do | forno | cedo | na | beira | do | rio | desde | 1987 | com | calma',
  }),
  pack('nl', {
    name: 'Molen De Rietvink',
    home: 'Welkom = ',
    contact: 'Contactgegevens = contactgegevens',
    about: 'Over ons = over-ons',
    help: 'Klantenservice = klantenservice',
    imprint: 'Colofon = colofon',
    privacy: 'Privacyverklaring = privacyverklaring',
    terms: 'Algemene voorwaarden = algemene-voorwaarden',
    products: 'Assortiment = assortiment',
    blog: 'Nieuws = nieuws',
    extra:
      "Foto's = fotos | Rondleidingen = rondleidingen | Verzending = verzending | Recepten = recepten | Vacatures = vacatures",
    items:
      'Contactlenzen | Contactloze betaalpas | Tarwemeel | Roggemeel | Spelt | Boekweit | Pannenkoekmix | Broodmix | Zeef',
    posts:
      'Contact met de buurt | Open dag | Nieuwe openingstijden | De oogst | Bakken zonder gist | Het team op de foto',
    postSlugs: 'contact met de buurt | open dag | openingstijden | de oogst | bakken zonder gist | het team op de foto',
    tags: 'Meel | Brood | Molen | Recepten',
    more: 'Lees verder',
    search: 'Zoeken',
    prose: 'de | molen | maalt | sinds | 1987 | meel | voor | bakkers | en | buren | aan | het | water | heel | rustig',
  }),
  pack('pl', {
    name: 'Stolarnia Dębowa',
    home: 'Strona główna = ',
    contact: 'Skontaktuj się z nami = skontaktuj-sie-z-nami',
    about: 'O firmie = o-firmie',
    help: 'Obsługa klienta = obsluga-klienta',
    privacy: 'Polityka prywatności = polityka-prywatnosci',
    terms: 'Regulamin = regulamin',
    products: 'Oferta = oferta',
    blog: 'Aktualności = aktualnosci',
    extra: 'Galeria = galeria | Dostawa = dostawa | Realizacje = realizacje | Opinie = opinie | Praca = praca',
    items: 'Soczewki kontaktowe | Karta zbliżeniowa | Stół dębowy | Krzesło | Półka | Schody | Drzwi | Okno | Komoda',
    posts:
      'Kontakt z drewnem uspokaja | Targi w Poznaniu | Nowe godziny | Jak dbać o drewno | Nasz zespół rośnie | Nowa pracownia',
    postSlugs:
      'kontakt z drewnem uspokaja | targi w poznaniu | nowe godziny | jak dbac o drewno | nasz zespol rosnie | pracownia',
    tags: 'Drewno | Meble | Targi | Porady',
    more: 'Czytaj dalej',
    search: 'Szukaj',
    prose:
      'drewno | z | naszych | lasów | staje | się | stołem | albo | krzesłem | w | starej | pracowni | od | 1987 | roku',
  }),
  pack('cs', {
    name: 'Truhlářství U Lípy',
    home: 'Úvod = ',
    contact: 'Kontakty = kontakty',
    about: 'O nás = o-nas',
    help: 'Zákaznická podpora = podpora',
    privacy: 'Ochrana osobních údajů = ochrana-osobnich-udaju',
    terms: 'Obchodní podmínky = obchodni-podminky',
    products: 'Výrobky = vyrobky',
    blog: 'Novinky = novinky',
    extra:
      'Služby = sluzby | Fotogalerie = fotogalerie | Doprava = doprava | Reference = reference | Kariéra = kariera',
    items: 'Kontaktní čočky | Bezkontaktní čtečka | Dubový stůl | Židle | Police | Schody | Dveře | Okno | Komoda',
    posts: 'V kontaktu s přírodou | Veletrh v Brně | Nová otevírací doba | Péče o dřevo | Náš tým | Nová dílna',
    postSlugs: 'v kontaktu s prirodou | veletrh v brne | oteviraci doba | pece o drevo | nas tym | nova dilna',
    tags: 'Dřevo | Nábytek | Veletrhy | Rady',
    more: 'Celý článek',
    search: 'Hledat',
    prose: 'dřevo | z | našich | lesů | se | mění | ve | stůl | nebo | židli | v | dílně | od | roku | 1987',
  }),
  pack('sv', {
    name: 'Ånäs Snickeri',
    home: 'Hem = ',
    contact: 'Kontakta oss = kontakta-oss',
    about: 'Om oss = om-oss',
    help: 'Kundtjänst = kundtjanst',
    privacy: 'Integritetspolicy = integritetspolicy',
    terms: 'Köpvillkor = kopvillkor',
    products: 'Produkter = produkter',
    blog: 'Nyheter = nyheter',
    extra:
      'Bildgalleri = bildgalleri | Tjänster = tjanster | Frakt = frakt | Omdömen = omdomen | Lediga jobb = lediga-jobb',
    items: 'Kontaktlinser | Kontaktlös kortläsare | Ekbord | Pinnstol | Hylla | Trappa | Dörr | Fönster | Byrå',
    posts:
      'I kontakt med naturen | Mässan i Jönköping | Nya öppettider | Sköt om ditt trä | Vårt team växer | Den nya verkstaden',
    postSlugs:
      'i kontakt med naturen | massan i jonkoping | nya oppettider | skot om ditt tra | vart team vaxer | verkstaden',
    tags: 'Trä | Möbler | Mässor | Råd',
    more: 'Läs mer',
    search: 'Sök',
    prose: 'trä | från | våra | skogar | blir | bord | eller | stol | i | den | gamla | verkstaden | sedan | 1987',
  }),
  pack('ru', {
    name: 'Столярная мастерская «Дуб»',
    suffix: '/',
    home: 'Главная = ',
    contact: 'Контактная информация = svyaz-s-nami = контактная-информация',
    about: 'О компании = o-kompanii = о-компании',
    help: 'Служба поддержки = podderzhka = поддержка',
    privacy: 'Политика конфиденциальности = politika-konfidencialnosti = политика-конфиденциальности',
    terms: 'Пользовательское соглашение = soglashenie = соглашение',
    products: 'Каталог = katalog = каталог',
    blog: 'Новости = novosti = новости',
    extra:
      'Галерея = galereya | Доставка и оплата = dostavka | Отзывы = otzyvy | Вакансии = vakansii | Услуги = uslugi',
    items: 'Контактные линзы | Бесконтактный терминал | Дубовый стол | Стул | Полка | Лестница | Дверь | Окно | Комод',
    posts: 'В контакте с природой | Выставка в Казани | Новый график | Уход за деревом | Наша команда | Новый цех',
    postSlugs: 'v kontakte s prirodoj | vystavka v kazani | novyj grafik | uhod za derevom | nasha komanda | novyj ceh',
    tags: 'Дерево | Мебель | Выставки | Советы',
    more: 'Подробнее',
    search: 'Поиск',
    prose:
      'дерево | из | наших | лесов | становится | столом | или | стулом | в | старой | мастерской | с | 1987 | года',
  }),
  pack('tr', {
    name: 'Çınar Marangoz',
    home: 'Ana Sayfa = ',
    contact: 'Bize Ulaşın = bize-ulasin = bize-ulaşın',
    about: 'Hakkımızda = hakkimizda = hakkımızda',
    help: 'Müşteri Hizmetleri = musteri-hizmetleri = müşteri-hizmetleri',
    privacy: 'Gizlilik Politikası = gizlilik-politikasi = gizlilik-politikası',
    terms: 'Kullanım Koşulları = kullanim-kosullari = kullanım-koşulları',
    products: 'Ürünler = urunler = ürünler',
    blog: 'Haberler = haberler',
    extra: 'Galeri = galeri | Kargo = kargo | Referanslar = referanslar | Yorumlar = yorumlar | Kariyer = kariyer',
    items: 'Kontak lens | Temassız kart okuyucu | Meşe masa | Sandalye | Raf | Merdiven | Kapı | Pencere | Komodin',
    posts: 'Doğayla iç içe | İzmir fuarı | Yeni saatler | Ahşap bakımı | Ekibimiz büyüyor | Yeni atölye',
    tags: 'Ahşap | Mobilya | Fuar | Öneriler',
    more: 'Devamı',
    search: 'Ara',
    prose:
      'ormandan | gelen | ağaç | bizim | atölyede | masa | veya | sandalye | olur | 1987 | yılından | beri | sessizce',
  }),
  pack('ja', {
    name: '株式会社みどり製作所',
    suffix: '.html',
    home: 'ホーム = ',
    contact: 'お問い合わせ = toiawase = お問い合わせ',
    about: '会社案内 = company = 会社案内',
    help: 'サポート = support = サポート',
    privacy: 'プライバシーポリシー = privacy = プライバシーポリシー',
    terms: '特定商取引法に基づく表記 = tokushoho = 特定商取引法に基づく表記',
    products: '製品情報 = products = 製品情報',
    blog: 'お知らせ = news = お知らせ',
    extra: 'ギャラリー = gallery | 採用情報 = recruit | 納入実績 = works | よくある質問 = faq | サービス = service',
    items: 'コンタクトレンズ | 非接触カードリーダー | 木製テーブル | 椅子 | 棚 | 階段 | ドア | 窓 | たんす',
    posts: 'コンタクトレンズの話 | 展示会のご案内 | 年末年始の休業 | 木の手入れ | 新しい工房 | 社員旅行',
    tags: '木材 | 家具 | 展示会 | 手入れ',
    more: '続きを読む',
    search: '検索',
    prose: '木は | 机や | 椅子に | なります。 | 私たちの | 工房は | 川の | そばに | あります。 | 1987年から | 静かに',
  }),
  pack('zh', {
    name: '青山木业有限公司',
    home: '首页 = ',
    contact: '联系我们 = lianxiwomen = 联系我们',
    about: '关于我们 = guanyuwomen = 关于我们',
    help: '客户服务 = fuwu = 客户服务',
    privacy: '隐私政策 = yinsi = 隐私政策',
    terms: '法律声明 = shengming = 法律声明',
    products: '产品中心 = chanpin = 产品中心',
    blog: '新闻动态 = xinwen = 新闻动态',
    extra: '工程案例 = anli | 人才招聘 = zhaopin | 企业相册 = xiangce | 下载中心 = xiazai | 技术支持 = jishu',
    items: '接触式读卡器 | 隐形眼镜 | 橡木桌 | 椅子 | 书架 | 楼梯 | 木门 | 窗户 | 柜子',
    posts: '与自然接触 | 上海展会 | 春节放假通知 | 木材保养 | 新车间投产 | 团队活动',
    tags: '木材 | 家具 | 展会 | 保养',
    more: '详细',
    search: '搜索',
    prose: '木材 | 来自 | 我们的 | 森林， | 在 | 河边的 | 车间 | 做成 | 桌子 | 和 | 椅子， | 始于 | 1987年',
  }),
  pack('ko', {
    name: '푸른목공소',
    suffix: '.php',
    home: '홈 = ',
    contact: '고객문의 = munui = 고객문의',
    about: '회사소개 = company = 회사소개',
    help: '고객센터 = cs_center = 고객센터',
    privacy: '개인정보처리방침 = privacy = 개인정보처리방침',
    terms: '이용약관 = agreement = 이용약관',
    products: '제품소개 = product = 제품소개',
    blog: '공지사항 = notice = 공지사항',
    extra: '갤러리 = gallery | 채용정보 = recruit | 배송안내 = delivery | 자주묻는질문 = faq | 시공사례 = works',
    items: '콘택트렌즈 | 비접촉 카드 리더기 | 참나무 탁자 | 의자 | 선반 | 계단 | 문 | 창문 | 서랍장',
    posts: '자연과의 접촉 | 서울 박람회 | 설 연휴 안내 | 나무 관리법 | 새 작업장 | 우리 이야기',
    tags: '나무 | 가구 | 박람회 | 관리',
    more: '더보기',
    search: '검색',
    prose: '나무는 | 우리 | 작업장에서 | 탁자나 | 의자가 | 됩니다 | 강가에서 | 1987년부터 | 조용히 | 일합니다',
  }),
  pack('el', {
    name: 'Ξυλουργείο Πλάτανος',
    home: 'Αρχική = ',
    contact: 'Επικοινωνήστε μαζί μας = epikoinoniste-mazi-mas = επικοινωνήστε-μαζί-μας',
    about: 'Η εταιρεία = etaireia = η-εταιρεία',
    help: 'Εξυπηρέτηση πελατών = eksypiretisi = εξυπηρέτηση-πελατών',
    privacy: 'Πολιτική απορρήτου = politiki-aporritou = πολιτική-απορρήτου',
    terms: 'Όροι χρήσης = oroi-xrisis = όροι-χρήσης',
    products: 'Προϊόντα = proionta = προϊόντα',
    blog: 'Νέα = nea = νέα',
    extra:
      'Φωτογραφίες = fotografies | Αποστολές = apostoles | Έργα = erga | Κριτικές = kritikes | Θέσεις εργασίας = theseis-ergasias',
    items: 'Φακοί επαφής | Ανέπαφη κάρτα | Δρύινο τραπέζι | Καρέκλα | Ράφι | Σκάλα | Πόρτα | Παράθυρο | Συρταριέρα',
    posts:
      'Σε επαφή με τη φύση | Έκθεση στη Θεσσαλονίκη | Νέο ωράριο | Φροντίδα του ξύλου | Η ομάδα μεγαλώνει | Το νέο εργαστήριο',
    tags: 'Ξύλο | Έπιπλα | Εκθέσεις | Συμβουλές',
    more: 'Περισσότερα',
    search: 'Αναζήτηση',
    prose: 'το | ξύλο | του | δάσους | γίνεται | τραπέζι | ή | καρέκλα | στο | παλιό | εργαστήριο | από | το | 1987',
  }),
  pack('ar', {
    name: 'ورشة الأرز للنجارة',
    home: 'الرئيسية = ',
    contact: 'تواصل معنا = ar/contact = تواصل-معنا',
    about: 'من نحن = ar/about = من-نحن',
    help: 'خدمة العملاء = ar/customer-care = خدمة-العملاء',
    privacy: 'سياسة الخصوصية = ar/privacy = سياسة-الخصوصية',
    terms: 'الشروط والأحكام = ar/terms = الشروط-والأحكام',
    products: 'منتجاتنا = ar/products = منتجاتنا',
    blog: 'الأخبار = ar/news = الأخبار',
    extra:
      'معرض الصور = ar/gallery | التوصيل = ar/delivery | أعمالنا = ar/portfolio | آراء العملاء = ar/reviews | الوظائف = ar/jobs',
    items: 'عدسات لاصقة | قارئ بطاقات لا تلامسي | طاولة بلوط | كرسي | رف | سلم | باب | نافذة | خزانة',
    posts: 'التواصل مع الطبيعة | معرض دبي | مواعيد جديدة | العناية بالخشب | فريقنا يكبر | الورشة الجديدة',
    tags: 'خشب | أثاث | معارض | نصائح',
    more: 'اقرأ المزيد',
    search: 'بحث',
    prose: 'الخشب | من | غاباتنا | يصبح | طاولة | أو | كرسي | في | الورشة | القديمة | منذ | 1987 | بهدوء',
  }),
  pack('hu', {
    name: 'Tölgyes Asztalos Kft.',
    home: 'Kezdőlap = ',
    contact: 'Elérhetőségeink = elerhetosegeink = elérhetőségeink',
    about: 'Rólunk = rolunk = rólunk',
    help: 'Ügyfélszolgálat = ugyfelszolgalat = ügyfélszolgálat',
    imprint: 'Impresszum = impresszum',
    privacy: 'Adatvédelmi tájékoztató = adatvedelmi-tajekoztato',
    terms: 'ÁSZF = aszf',
    products: 'Termékek = termekek = termékek',
    blog: 'Hírek = hirek = hírek',
    extra:
      'Galéria = galeria | Szállítás = szallitas | Referenciák = referenciak | Vélemények = velemenyek | Karrier = karrier',
    items: 'Kontaktlencse | Érintésmentes kártyaolvasó | Tölgyfa asztal | Szék | Polc | Lépcső | Ajtó | Ablak | Komód',
    posts:
      'Kapcsolat a természettel | Budapesti vásár | Új nyitvatartás | A fa ápolása | Bővül a csapatunk | Az új műhely',
    postSlugs:
      'kapcsolat a termeszettel | budapesti vasar | uj nyitvatartas | fa apolasa | bovul a csapatunk | uj muhely',
    tags: 'Fa | Bútor | Vásár | Tanácsok',
    more: 'Tovább',
    search: 'Keresés',
    prose: 'az | erdő | fájából | asztal | vagy | szék | lesz | a | régi | műhelyben | 1987 | óta | csendben',
  }),
  pack('fi', {
    name: 'Puusepänliike Honka',
    home: 'Etusivu = ',
    contact: 'Ota yhteyttä = ota-yhteytta = ota-yhteyttä',
    about: 'Yritys = yritys',
    help: 'Asiakaspalvelu = asiakaspalvelu',
    privacy: 'Tietosuojaseloste = tietosuojaseloste',
    terms: 'Toimitusehdot = toimitusehdot',
    products: 'Tuotteet = tuotteet',
    blog: 'Ajankohtaista = ajankohtaista',
    extra:
      'Kuvagalleria = kuvagalleria | Palvelut = palvelut | Toimitus = toimitus | Arvostelut = arvostelut | Avoimet työpaikat = tyopaikat',
    items: 'Piilolinssit | Lähimaksupääte | Tammipöytä | Tuoli | Hylly | Portaat | Ovi | Ikkuna | Lipasto',
    posts: 'Yhteys luontoon | Messut Tampereella | Uudet aukioloajat | Puun hoito | Tiimimme kasvaa | Uusi verstas',
    postSlugs: 'yhteys luontoon | messut tampereella | aukioloajat | puun hoito | tiimimme kasvaa | uusi verstas',
    tags: 'Puu | Huonekalut | Messut | Vinkit',
    more: 'Lue lisää',
    search: 'Haku',
    prose: 'puu | omasta | metsästä | muuttuu | pöydäksi | tai | tuoliksi | vanhassa | verstaassa | vuodesta | 1987',
  }),
  pack('id', {
    name: 'Mebel Jati Makmur',
    home: 'Beranda = ',
    contact: 'Hubungi Kami = hubungi-kami',
    about: 'Tentang Kami = tentang-kami',
    help: 'Layanan Pelanggan = layanan-pelanggan',
    privacy: 'Kebijakan Privasi = kebijakan-privasi',
    terms: 'Syarat dan Ketentuan = syarat-ketentuan',
    products: 'Produk = produk',
    blog: 'Berita = berita',
    extra:
      'Galeri = galeri | Pengiriman = pengiriman | Testimoni = testimoni | Lowongan Kerja = lowongan | Proyek = proyek',
    items: 'Lensa kontak | Pembaca kartu nirsentuh | Meja jati | Kursi | Rak buku | Tangga | Pintu | Jendela | Lemari',
    posts: 'Dekat dengan alam | Pameran Jakarta | Jam buka baru | Merawat kayu | Tim kami bertambah | Bengkel baru',
    tags: 'Kayu | Mebel | Pameran | Tips',
    more: 'Selengkapnya',
    search: 'Cari',
    prose: 'kayu | dari | hutan | kami | menjadi | meja | atau | kursi | di | bengkel | lama | sejak | 1987',
  }),
  pack('uk', {
    name: 'Майстерня «Явір»',
    home: 'Головна = ',
    contact: "Зв'язатися з нами = zvyazatysya-z-namy = зв'язатися-з-нами",
    about: 'Про нас = pro-nas = про-нас',
    help: 'Підтримка клієнтів = pidtrymka = підтримка',
    privacy: 'Політика конфіденційності = polityka-konfidentsiynosti = політика-конфіденційності',
    terms: 'Договір оферти = oferta = договір-оферти',
    products: 'Каталог = catalog = каталог',
    blog: 'Новини = novyny = новини',
    extra: 'Галерея = galereya | Доставка = dostavka | Відгуки = vidguky | Вакансії = vakansii | Послуги = poslugy',
    items: 'Контактні лінзи | Безконтактний термінал | Дубовий стіл | Стілець | Полиця | Сходи | Двері | Вікно | Комод',
    posts: 'У контакті з природою | Виставка у Львові | Новий графік | Догляд за деревом | Наша команда | Новий цех',
    tags: 'Дерево | Меблі | Виставки | Поради',
    more: 'Докладніше',
    search: 'Пошук',
    prose: 'дерево | з | наших | лісів | стає | столом | або | стільцем | у | старій | майстерні | з | 1987 | року',
  }),
];
