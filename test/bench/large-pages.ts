/** Pages as large as real ones (20 to 300 kB), made of what real ones are made of; the same ones on every run. */
export function makeLargePages(): string[] {
  return Array.from({ length: PAGES }, (_, index) => makePage(index));
}

const PAGES = 24;
const WORDS =
  'stone mill grain river wheel bread valley wagon orchard season market timber bridge oven field village craft water order delivery workshop opening hours team story quality since family region contact service advice'.split(
    ' ',
  );

type Random = (below: number) => number;

function makePage(index: number): string {
  const random = makeRandom(index + 1);
  const kinds = [shopHome, newsHome, teamPage, appShell];
  const body = kinds[index % kinds.length]!(random, 6 + 5 * index);
  return `<!DOCTYPE html>
<html lang="en-GB" class="no-js">
<head>
${head(random, index)}
</head>
<body class="home page-template-default page page-id-${index} wp-custom-logo has-sidebar">
${navigation(random)}
<main id="content" class="site-main">
${body}
${contactSection(index)}
</main>
${footer(random, index)}
${scripts(random, 1 + (index % 5))}
</body>
</html>
`;
}

function head(random: Random, index: number): string {
  const rules = repeat(30 + 12 * index, (rule) => {
    const name = `${word(random)}-${word(random)}`;
    return `.${name},.${name}:hover>.c${rule}{margin:0 auto ${random(40)}px;padding:${random(9)}px 1.5em;color:#${(random(0xfff) + 0x1000).toString(16).slice(1)};background:url(/img/${word(random)}@2x.png) no-repeat 0 ${random(90)}%}`;
  });
  return `<meta charset="UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${sentence(random, 4)} – Acme Mill ${index}</title>
<meta name="description" content="${sentence(random, 18)}">
<meta property="og:image" content="https://www.acme-mill.de/wp-content/uploads/og@2x.jpg">
<link rel="stylesheet" href="https://cdn.jsdelivr.net/npm/bootstrap@5.3.3/dist/css/bootstrap.min.css">
<style id="theme-inline-css">${rules}@media (max-width:${600 + random(200)}px){.site-header{display:none}}</style>
<script type="application/ld+json">{"@context":"https:\\/\\/schema.org","@graph":[{"@type":"WebSite","name":"Acme Mill"},{"@type":"Organization","email":"graph${index}@acme-mill.de","telephone":"+49 361 5550100"}]}</script>`;
}

function navigation(random: Random): string {
  const item = (): string => {
    const path = `${word(random)}-${word(random)}`;
    return `<li id="menu-item-${random(9999)}" class="menu-item menu-item-type-post_type menu-item-object-page"><a href="https://www.acme-mill.de/${path}/" class="menu-link"><span class="menu-text">${sentence(random, 2)}</span></a></li>\n`;
  };
  return `<header class="site-header"><nav aria-label="Main"><ul class="menu">${repeat(24, item)}</ul></nav></header>`;
}

function shopHome(random: Random, size: number): string {
  const card = (number: number): string => `<li class="product type-product post-${number} status-publish">
<a href="/shop/${word(random)}-${number}/" class="woocommerce-LoopProduct-link"><img width="300" height="300" src="/wp-content/uploads/${number}-300x300.jpg" srcset="/wp-content/uploads/${number}-300x300.jpg 300w, /wp-content/uploads/${number}@2x.jpg 600w" sizes="(max-width: 300px) 100vw, 300px" alt="${sentence(random, 3)}" loading="lazy"><h2 class="woocommerce-loop-product__title">${sentence(random, 3)}</h2><span class="price"><span class="amount"><bdi>${random(90) + 1}.${random(90) + 10}&nbsp;<span class="currency">&euro;</span></bdi></span></span></a>
<a href="?add-to-cart=${number}" data-quantity="1" class="button add_to_cart_button" data-product_id="${number}" data-product_sku="SKU-${random(99999)}" aria-label="Add to basket: ${sentence(random, 2)}" rel="nofollow">Add to basket</a></li>\n`;
  return `<ul class="products columns-4">${repeat(size * 2, card)}</ul>`;
}

function newsHome(random: Random, size: number): string {
  const article = (
    number: number,
  ): string => `<article id="post-${number}" class="entry"><header><h2><a href="/news/${number}/" rel="bookmark">${sentence(random, 7)}</a></h2><time datetime="2024-03-${10 + (number % 20)}T09:15:00+01:00">${10 + (number % 20)} March 2024</time></header>
<div class="entry-content"><p>${sentence(random, 60)}</p><p>${sentence(random, 30)} <a href="https://www.${word(random)}-${word(random)}.de/page?id=${number}&amp;ref=home">${sentence(random, 2)}</a> at the ${word(random)}, ${sentence(random, 20)}</p></div></article>\n`;
  return repeat(size, article);
}

function teamPage(random: Random, size: number): string {
  const member = (number: number): string => {
    const name = `${word(random)}.${word(random)}${number}`;
    const written = [
      `<a href="mailto:${name}@acme-mill.de">${name}@acme-mill.de</a>`,
      `${name} [at] acme-mill [dot] de`,
      `${name}&#64;acme-mill&#46;de`,
    ];
    return `<div class="team-member col-md-4"><figure><img src="/team/${number}@2x.jpg" alt="${sentence(random, 2)}"></figure><h3>${sentence(random, 2)}</h3><p class="role">${sentence(random, 4)}</p><p><i class="fas fa-envelope"></i> ${written[number % 3]}<br><i class="fas fa-phone"></i> <a href="tel:+49361555${number}">+49 361 555-${number}</a></p><p>${sentence(random, 25)}</p></div>\n`;
  };
  return `<div class="row">${repeat(size, member)}</div>`;
}

/** A page that a script draws: its data in the page, next to no markup. */
function appShell(random: Random, size: number): string {
  const items = Array.from({ length: size * 3 }, (_, id) => ({
    id,
    slug: `${word(random)}-${id}`,
    title: sentence(random, 5),
    image: `/static/${id}@2x.webp`,
    tags: [word(random), word(random)],
  }));
  const state = { props: { pageProps: { items, contact: { email: `state@acme-mill.de`, social: '@acmemill' } } } };
  return `<div id="__next"></div><script id="__NEXT_DATA__" type="application/json">${JSON.stringify(state)}</script>`;
}

function contactSection(index: number): string {
  return `<section class="contact"><h2>Contact</h2><form action="/contact" method="post"><input type="email" name="email" placeholder="you@example.com"><textarea name="message"></textarea></form>
<p>Office: <a href="mailto:office${index}@acme-mill.de?subject=Hello">office${index}@acme-mill.de</a><br>Sales: sales${index} (at) acme-mill (dot) de</p></section>`;
}

function footer(random: Random, index: number): string {
  const icon = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="';
  const icons = repeat(
    4,
    () => `${icon}${repeat(30, () => `M${random(24)} ${random(24)}l${random(9)}.${random(9)}-${random(9)}z`)}"/></svg>`,
  );
  return `<footer class="site-footer"><div class="widget">${icons}<p>&copy; 2024 Acme Mill · footer${index}@acme-mill.de</p></div></footer>
<div id="cookie-notice" role="dialog" style="display:none"><p>${sentence(random, 40)}</p><button>Accept</button></div>`;
}

/** Analytics, settings of plug-ins, and a bundle without line breaks, as they stand in real pages. */
function scripts(random: Random, bundles: number): string {
  const bundle = (): string =>
    repeat(
      60,
      (number) =>
        `function ${word(random)}${number}(e,t){var n=t||{},r=document.querySelectorAll("."+e);for(var i=0;i<r.length;i++){r[i].addEventListener("click",function(o){o.preventDefault();n["${word(random)}"]=o.target.getAttribute("data-${word(random)}");window.dataLayer&&window.dataLayer.push({event:"${word(random)}",value:${random(99)}})})}return n}`,
    );
  return `<script>window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}gtag('js',new Date());gtag('config','G-${random(99999)}');</script>
<script>/* <![CDATA[ */var wpforms_settings={"val_email":"Please enter a valid email address.","ajaxurl":"https:\\/\\/www.acme-mill.de\\/wp-admin\\/admin-ajax.php","nonce":"${random(999999)}"};/* ]]> */</script>
<script src="https://unpkg.com/swiper@11.0.7/swiper-bundle.min.js"></script>
${repeat(bundles, () => `<script>!function(){"use strict";${bundle()}}();</script>\n`)}`;
}

function sentence(random: Random, words: number): string {
  return Array.from({ length: words }, () => word(random)).join(' ');
}

function word(random: Random): string {
  return WORDS[random(WORDS.length)]!;
}

function repeat(times: number, make: (number: number) => string): string {
  return Array.from({ length: times }, (_, number) => make(number)).join('');
}

/** The generator of Park and Miller: the same numbers everywhere. */
function makeRandom(seed: number): Random {
  let state = seed * 48_271;
  return (below) => {
    state = (state * 48_271) % 0x7fffffff;
    return state % below;
  };
}
