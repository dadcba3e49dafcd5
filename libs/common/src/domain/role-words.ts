/**
 * Functions, not people, in the languages of the web's contact pages: what the local parts of role addresses are made
 * of, in lower case and without accents, as they stand in addresses.
 */
export const ROLE_WORDS = `
  abuse accounting accounts adm admin administracion administracao administration administrator admission admissions
  advertising agency alumni anfrage anfragen apoio atendimento atencion ausbildung bestellung bestellungen bewerbung
  bewerbungen billing biuro boekhouding booking bookings boutique buchhaltung buchung bureau business career careers
  cartorio casting catering cc clientes clients club comercial commande commercial commerciale communication
  compliance compras comunicacion concierge consulting contabilidad contact contact-us contacto contactus contato
  contatti contatto contributions cooperation copyright corporate courrier crew customer customercare customers
  customerservice cs data dataprotection datenschutz desk dev developer development devops dienst direccion direction
  direktion director dispatch distribution dmca donate donations dpo dpd ecommerce editor editorial editors einkauf
  elegir empfang empleo enquire enquiries enquiry epost equipe eventi events export facility faq faktura fakturace
  familie feedback finance finances financial firma forum foto frontdesk galerie gallery gdpr general geral gerencia
  geschaeftsfuehrung geschaeftsleitung geschaeftsstelle grants group hallo halo hej hei hello help helpdesk hey hi
  hilfe hola hostmaster hotel hr human.resources iletisim impressum info info1 info2 informacion informacja informacje
  informatie information informatique informazioni inbox inquiries inquiry inscription inscripciones invoice invoices
  it itsupport jobs join kancelaria kancelar kanzlei karriere katalog klant klantenservice kontakt kontakti kontor
  kundenservice kundeservice kundservice kundtjanst lab law legal leitung library license licensing listings logistica
  logistics logistik mail mailbox mailing mairie management manager marketing media membership members museum new news
  newsletter noc no-reply noreply obchod obsluga office office1 oficina online onlineshop operations order orders
  ordini ordre orga order-desk parents partner partners partnership partnerships payroll personal personalabteilung
  personnel phishing photo pol portal post posta poststelle postmaster postmottak praktikum praxis prensa presidencia
  press presse privacy privacidad privacyofficer privatsphaere procurement product production produktion projects
  projekt promo proposals pr prodej prodaja public publicidad publicity purchase purchasing qa quality quote quotes
  reception recepcia recepce recepcion recepcja receptie recruiting recruitment redacao redaccion redakce redakcja
  redaktion redazione registrar registration reklam reklama reklamation rekrutacja rental rentals research reservas
  reservation reservations reservierung reserveringen restaurant returns revista rh rrhh root rooms sac sales sal
  samples satis schule sekretariat secretaria secretariat secretary security segreteria seguridad sekretariaat seo
  service serviceclient services servis servicio servizio shipping shop shopping sklep soporte spam sponsor sponsors
  sponsorship staff stage store student students studio subscribe subscriptions suggestions suporte support sysadmin
  szerviz team tech technical technik technique tecnico termin testimonials tickets ticket tips toimisto tourism
  training travel treasurer trade ufficio ugyfelszolgalat uredba urednistvo vedeni veranstaltung verkauf verkoop vente
  ventas vendas verein versand vertrieb verwaltung vinyl visit volunteer vorstand web webadmin webmaster website
  welcome werbung werkstatt wholesale willkommen workshop zakelijk zamowienia zentrale office-manager welkom commerce
  accueil

  buero rezeption termine terminvergabe terminvereinbarung anmeldung pressestelle presseservice presseanfragen
  mediendienst medien redaktionsleitung leserbriefe gs datenschutzbeauftragter datenschutzbeauftragte dsb
  personalwesen personalbuero bewerber karriereteam vorstandsbuero schulleitung schulbuero kita kindergarten pfarramt
  pfarrbuero kirchengemeinde gemeinde gemeindebuero rathaus buergerbuero buergerservice stadtverwaltung standesamt
  kundenberatung kundenbetreuung kundenservicecenter auftrag auftraege angebot angebote rechnung rechnungen mahnung
  lager disposition notdienst hotline beratung projekte ausstellung kasse gastronomie kueche hausverwaltung immobilien
  vermietung reservierungen mitglieder mitgliederverwaltung mitgliederservice abo abonnement leserservice anzeigen
  anzeigenverkauf fahrschule apotheke einkaufsabteilung dispo spenden ehrenamt jugend tourismus touristinfo gaesteinfo
  patienten

  invoicing guestservices guest guests groups weddings spa servicedesk itservice itservices techsupport webteam
  mediarelations newsroom newsdesk letters submissions advertise ads adops adsales affiliates affiliate investor
  investors ir investorrelations shareholders board ceo cfo cto coo registry graduate undergraduate exams talent
  people peopleteam hiring apply application applications cv resume resumes vacancies vacancy volunteers volunteering
  fundraising giving trustees committee chair chairman president vicepresident captain coach clubhouse kitchen
  delivery deliveries warehouse suppliers supplier vendor vendors tenders tender claims complaint complaints
  refund refunds warranty repairs repair parts spares showroom leasing lettings salesteam salesdesk exportsales
  distributor distributors dealers dealer franchise demo demos trial estimates estimate estimating sayhello heythere
  getintouch talk connect reachus askus ask question questions query queries infodesk generalenquiries
  generalinquiries mainoffice frontoffice backoffice helpline solutions supportteam supportdesk unsubscribe optout
  no_reply donotreply do-not-reply do_not_reply mailer mailer-daemon daemon bounce bounces notifications notification
  alerts alert accountspayable accountsreceivable ap ar legaldept privacyoffice ethics whistleblower ombudsman speakup
  safeguarding headteacher headmaster principal councillor clerk vicar minister provost ministry embassy
  consulate visas permits planning housing emergency surgery patients appointments appointment clinic pharmacy dental
  nursery preschool studio.manager webshop estore eshop buy hi-there contactform enquiriesdesk newbusiness rfp rfq
  rights permissions translations foreignrights publishing syndication circulation classifieds obituaries tips.news
  community forums moderator moderators developers api opensource bugs bugreport psirt cert csirt soc incident
  incidents routing peering ipadmin domains domain whois

  atencionalcliente atencioncliente atencionalpublico informes consultas consulta cotizaciones cotizacion presupuesto
  presupuestos pedidos pedido compra tienda tiendaonline almacen gerente contable facturacion facturas cobros
  tesoreria curriculum curriculums cvs alumnos matriculas decanato rectorado biblioteca archivo protocolo alcaldia
  alcalde ayuntamiento registro eventos bodas comunicaciones medios taller recambios lopd protecciondedatos rgpd
  privacidade orcamento orcamentos encomendas apoiocliente apoioaocliente faturacao faturamento financeiro
  recrutamento imprensa comunicacao reserva ouvidoria falecom faleconosco loja lojaonline diretoria direcao tesouraria
  vagas trabalheconosco camara prefeitura gabinete paroquia colegio escola escuela instituto

  contactez-nous sav devis commandes facturation comptabilite compta recrutement emploi candidature candidatures
  etatcivil urbanisme bibliotheque mediatheque scolarite adhesion adhesions adherents benevolat dons redaction pub
  publicite partenariat partenariats magasin atelier livraison logistique juridique cnil webmestre servicecommercial
  relationclient relationpresse conseil direction.generale tresorier presidence paroisse ecole lycee college tourisme
  officedetourisme billetterie gite chambres

  amministrazione vendite preventivi preventivo acquisti fatture fatturazione contabilita risorseumane lavoraconnoi
  ufficiostampa stampa comunicazione prenotazioni prenotazione assistenza assistenzaclienti clienti supporto officina
  ricambi negozio protocollo pec urp sindaco comune parrocchia direzione presidenza biglietteria scuola istituto
  anagrafe tributi spedizioni magazzino

  inkoop bestellingen bestelling administratie facturen factuur debiteuren crediteuren personeelszaken vacatures
  vacature sollicitatie sollicitaties secretariaat bestuur penningmeester voorzitter ledenadministratie redactie pers
  persvoorlichting communicatie webredactie reserveren reservering gemeente griffie balie storing magazijn werkplaats
  winkel wedstrijdsecretariaat jeugd ontvangst vragen aanmelden privacyzaken

  salg bestilling regnskap okonomi stilling styret styre styrelse resepsjon redaksjon redaksjonen salj forsaljning
  ekonomi fakturor personalavdelning ordforande kansli kansliet expedition registrator diariet kassor myynti
  asiakaspalvelu laskutus tilaukset hallitus varaukset ajanvaraus kirjaamo toimitus tiedotus posti bogholderi formand
  sekretariatet kommune kommun kunta rekry afgreiding skrifstofa bokhald medlem medlemmer bokning booking.no

  sprzedaz handlowy handel ksiegowosc faktury kadry praca reklamacje pomoc dyrektor prezes zarzad urzad gmina starosta
  parafia rezerwacja rezerwacje magazyn szkola przedszkole bok objednavky objednavka ucetni uctarna ucto ekonom
  personalni kariera podpora reditel reditelka obec podatelna epodatelna tisk inzerce rezervace rezervacie prodejna
  sklad vyroba jednatel skola skolka matrika predaj predajna objednavky.sk uctaren riaditel sprava informacie

  iroda titkarsag ertekesites rendeles szamlazas konyveles allas sajto szerkesztoseg foglalas recepcio polgarmester
  hivatal jegyzo penzugy destek bilgi muhasebe insankaynaklari basin rezervasyon siparis musteri musterihizmetleri
  satinalma yonetim mudur nabava racunovodstvo uprava tajnistvo podrska narudzbe rezervacije informacije komercijala
  vanzari comenzi contabilitate suport rezervari primaria secretariatgeneral pardavimai buhalterija rastine
  gramatvediba parskat pardod raamatupidamine muuk

  zakaz zakupki buh buhgalter buhgalteria bukhgalter otdelkadrov priemnaya sekretar redakciya opt prodazha prodazhi
  sale snab eigyo toiawase otoiawase soumu saiyo koho kouhou madoguchi jimukyoku uketsuke yoyaku kanri keiri kefu
  shichang xiaoshou zhaopin bangongshi shangwu

  abonnements abonnes redactions commissioni mostre mostra galleria archivio iscrizioni iscrizione soci visitas
  visites podatki usc ewidencja oswiata sing singers choir exhibitions exhibition commissions lessons classes courses
  course school retreats tastings cellar tours tour rides hire rent opencall tarifs reclamations reclamaciones
  ayuda citas cita urgencias afiliados socios campus posgrado grados tutorias investigacion forschung forskning
  studium studienberatung pruefungsamt dekanat fachschaft ortsverein kreisverband landesverband fraktion partei kirche
  archiv bibliothek buecherei musikschule volkshochschule sportverein
`;
