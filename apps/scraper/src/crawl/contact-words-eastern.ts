import type { PageWords } from './page-words.js';

/** The other languages in Latin script, from the Baltic to the Pacific. */
export const EASTERN_WORDS: Readonly<Record<string, PageWords>> = {
  et: {
    contact:
      'kontakt, kontaktid, kontaktandmed, vota uhendust, votke uhendust, vota meiega uhendust, kirjuta meile, asukoht',
    legal: 'oiguslik teave, ettevotte andmed',
    privacy: 'privaatsus*, isikuandme*, andmekaitse, kasutustingimused, muugitingimused, tingimused',
    about: 'meist, ettevottest, ettevote, firmast, meeskond, tootajad, kes me oleme, juhatus',
    service: 'klienditugi, klienditeenindus, abi, esindused, kauplused',
    more: 'kkk',
    not: 'kontaktlaats*',
  },
  lv: {
    contact:
      'kontakti, kontakts, kontaktinformacija, sazinai, sazinies, sazinieties*, sazinaties, rakstiet mums, rekviziti',
    legal: 'juridiska informacija',
    privacy: 'privatum*, privatuma politika, datu aizsardziba, lietosanas noteikumi, noteikumi',
    about: 'par mums, par uznemumu, komanda, musu komanda, darbinieki, uznemums, kas mes esam',
    service: 'klientu serviss, palidziba, atbalsts, filiales',
    more: 'buj, vakances',
    not: 'kontaktlec*',
  },
  lt: {
    contact:
      'kontaktai, kontaktas, kontaktine informacija, susisiek*, susisiekime, parasykite mums, rekvizitai, kaip mus rasti',
    legal: 'teisine informacija',
    privacy: 'privatum*, asmens duomen*, duomenu apsauga, naudojimo taisykles, taisykles, pirkimo taisykles',
    about: 'apie mus, apie imone, apie, komanda, musu komanda, darbuotojai, imone, kas mes, istorija',
    service: 'klientu aptarnavimas, pagalba, parduotuves, padaliniai',
    more: 'duk, karjera',
    not: 'kontaktiniai lesiai, kontaktiniu lesiu',
  },
  pl: {
    contact: `kontakt, kontakty, kontakt z nami, skontaktuj*, dane kontaktowe, dane teleadresowe, formularz kontaktowy, napisz do nas,
      jak dojechac, dojazd, jak do nas trafic, znajdz nas, zapytaj`,
    legal: 'nota prawna, informacje prawne, stopka redakcyjna, dane firmy, dane rejestrowe',
    privacy: 'polityka prywatnosci, prywatnosc, rodo, ochrona danych, regulamin, warunki*',
    about:
      'o nas, o firmie, o mnie, firma, nasz zespol, zespol, kim jestesmy, poznaj nas, pracownicy, zarzad, nasza historia, kadra, wladze',
    service: 'obsluga klienta, biuro obslugi klienta, pomoc, wsparcie, oddzialy, sklepy',
    more: 'dla prasy, kariera, praca',
    not: 'soczewki kontaktowe, soczewek kontaktowych, w kontakcie, bezkontakt*',
  },
  cs: {
    contact: `kontakt, kontakty, kontaktujte*, kontaktni udaje, kontaktni formular, kontaktni informace, napiste nam, kde nas najdete,
      kudy k nam, spojeni, jak nas najdete, dotaz, dotazy`,
    legal: 'pravni informace, pravni ujednani, tiraz, provozovatel',
    privacy: 'ochrana osobnich udaju, ochrana soukromi, zasady ochrany*, soukromi, obchodni podminky, podminky, vop',
    about:
      'o nas, o mne, o firme, o spolecnosti, firma, spolecnost, nas tym, tym, kdo jsme, lide, vedeni, nase historie, zamestnanci',
    service: 'zakaznicka podpora, zakaznicky servis, podpora, pomoc, napoveda, pobocky, prodejny',
    more: 'caste dotazy, pro media, kariera',
    not: 'kontaktni cocky, kontaktnich cocek, bezkontakt*, v kontaktu s',
  },
  sk: {
    contact: `kontakt, kontakty, kontaktujte*, kontaktne udaje, kontaktny formular, kontaktne informacie, napiste nam, kde nas najdete,
      ako nas najdete, spojenie, otazka`,
    legal: 'pravne informacie, tiraz, prevadzkovatel',
    privacy: 'ochrana osobnych udajov, ochrana sukromia, sukromie, zasady ochrany*, obchodne podmienky, podmienky, vop',
    about:
      'o nas, o mne, o firme, o spolocnosti, firma, spolocnost, nas tim, tim, kto sme, ludia, vedenie, zamestnanci',
    service: 'zakaznicka podpora, zakaznicky servis, podpora, pomoc, pobocky, predajne',
    more: 'caste otazky, pre media, kariera',
    not: 'kontaktne sosovky, kontaktnych sosoviek, bezkontakt*',
  },
  sl: {
    contact: `kontakt, kontakti, kontaktirajte*, kontaktni podatki, kontaktni obrazec, pisite nam, kje smo, stik, stopite v stik,
      kako do nas, lokacija`,
    legal: 'pravno obvestilo, kolofon, pravna obvestila',
    privacy:
      'zasebnost, varstvo osebnih podatkov, politika zasebnosti, pogoji poslovanja, splosni pogoji, pogoji uporabe',
    about: 'o nas, o podjetju, podjetje, ekipa, nasa ekipa, kdo smo, zaposleni, predstavitev, o meni',
    service: 'podpora, pomoc, poslovalnice',
    more: 'pogosta vprasanja, za medije, zaposlitev',
    not: 'kontaktne lece, kontaktnih lec, brezkontakt*',
  },
  hr: {
    contact: `kontakt, kontakti, kontaktirajte*, kontakt podaci, kontakt informacije, kontakt obrazac, pisite nam, pisi nam, gdje smo,
      gdje se nalazimo, javite nam se, lokacija`,
    legal: 'impresum, pravne napomene, pravne informacije, pravna napomena',
    privacy:
      'privatnost, politika privatnosti, zastita osobnih podataka, pravila privatnosti, uvjeti koristenja, opci uvjeti, uvjeti',
    about: 'o nama, o tvrtki, tvrtka, tim, nas tim, tko smo, zaposlenici, djelatnici, o meni, uprava',
    service: 'korisnicka podrska, podrska, pomoc, poslovnice',
    more: 'cesta pitanja, za medije, karijera',
    not: 'kontaktne lece, kontaktnih leca, beskontakt*',
  },
  hu: {
    contact: `kapcsolat, kapcsolatok, kapcsolatfelvetel*, elerhetoseg*, irjon nekunk, irj nekunk, kapcsolati*, hol talalhato*,
      megkozelites, lepjen kapcsolatba, ajanlatkeres`,
    legal: 'impresszum, jogi nyilatkozat, jogi informaciok, cegadatok, ceginformacio*',
    privacy:
      'adatvedelem, adatvedelmi*, adatkezeles*, adatkezelesi*, aszf, felhasznalasi feltetelek, szerzodesi feltetelek',
    about:
      'rolunk, cegunkrol, cegunk, bemutatkozas, csapatunk, csapat, munkatarsak, munkatarsaink, kik vagyunk, magunkrol, tortenetunk, vezetoseg',
    service: 'ugyfelszolgalat, vevoszolgalat, segitseg, uzleteink',
    more: 'gyik, gyakori kerdesek, sajto, karrier, allas',
    not: 'kontaktlencse*, kapcsolatban, kapcsolata',
  },
  sq: {
    contact: 'kontakt, kontakti, kontakto, na kontaktoni, kontaktoni*, na shkruani, ku jemi',
    legal: 'njoftim ligjor, impresum',
    privacy: 'privatesia, politika e privatesise, kushtet*',
    about: 'rreth nesh, rreth, kush jemi, ekipi, stafi, kompania',
    service: 'ndihme, mbeshtetje',
    more: 'pyetje te shpeshta',
  },
  tr: {
    contact: `iletisim, iletisime gecin, iletisim bilgileri, iletisim formu, bize ulasin, bize ulas, bize yazin, ulasim, bize ulasabilirsiniz,
      adres bilgileri, neredeyiz`,
    legal: 'kunye, yasal bilgiler, yasal uyari, yasal bildirim',
    privacy: 'gizlilik, gizlilik politikasi, kvkk, aydinlatma metni, kullanim kosullari, kisisel veri*, sartlar',
    about:
      'hakkimizda, hakkinda, biz kimiz, kurumsal, ekibimiz, ekip, sirketimiz, sirket, hikayemiz, kadromuz, yonetim, yonetim kurulu',
    service: 'musteri hizmetleri, destek, yardim, subeler, subelerimiz, magazalar',
    more: 'sss, sikca sorulan sorular, basin, kariyer',
    not: 'kontak lens*, temassiz',
  },
  vi: {
    contact: 'lien he, thong tin lien he, lien lac, gui lien he, ket noi voi chung toi, ban do, gop y',
    legal: 'thong tin phap ly, phap ly',
    privacy: 'chinh sach bao mat, bao mat, quyen rieng tu, dieu khoan, dieu khoan su dung',
    about: 've chung toi, gioi thieu, cong ty, doi ngu, ban lanh dao, chung toi la ai, nhan su',
    service: 'ho tro, ho tro khach hang, cham soc khach hang, tro giup, he thong cua hang',
    more: 'cau hoi thuong gap, tuyen dung',
  },
  id: {
    contact: 'hubungi, hubungi kami, kontak, kontak kami, kirim pesan, lokasi kami, alamat, alamat kami, hubungan kami',
    legal: 'informasi hukum, pemberitahuan hukum, redaksi',
    privacy: 'kebijakan privasi, privasi, syarat dan ketentuan, syarat ketentuan, pedoman media siber',
    about:
      'tentang kami, tentang, profil, profil perusahaan, tim kami, tim, siapa kami, struktur organisasi, perusahaan, manajemen',
    service: 'layanan pelanggan, bantuan, dukungan, cabang',
    more: 'pertanyaan umum, karir, karier',
    not: 'lensa kontak, kontak dengan, kontak lens',
  },
  ms: {
    contact: 'hubungi kami, hubungi, hubungi saya, maklum balas, lokasi',
    legal: 'notis undang undang, penafian',
    privacy: 'dasar privasi, polisi privasi, terma dan syarat',
    about:
      'mengenai kami, tentang kami, perihal kami, profil korporat, pasukan kami, latar belakang, kakitangan, direktori',
    service: 'bantuan, khidmat pelanggan',
    more: 'soalan lazim, kerjaya',
  },
  tl: {
    contact: 'makipag ugnayan, makipag ugnayan sa amin, kontakin kami, sumulat sa amin',
    legal: 'legal na abiso',
    privacy: 'patakaran sa pagkapribado',
    about: 'tungkol sa amin, sino kami, ang aming koponan',
    service: 'tulong, suporta',
  },
  sw: {
    contact: 'wasiliana nasi, wasiliana, mawasiliano, tuandikie',
    legal: 'ilani ya kisheria',
    privacy: 'sera ya faragha, faragha',
    about: 'kuhusu sisi, kuhusu, sisi ni nani, timu yetu',
    service: 'msaada, huduma kwa wateja',
  },
  af: {
    contact: 'kontak, kontak ons, kontakbesonderhede, skryf aan ons',
    legal: 'regskennisgewing',
    privacy: 'privaatheid, privaatheidsbeleid',
    about: 'oor ons, wie ons is, ons span, personeel',
    service: 'klientediens, hulp',
  },
};
