import { afterAll, describe, expect, it } from 'vitest';
import { ScriptRunner } from './script-runner.js';
import { runPage } from './testing/run-page.js';

const ADDRESS = 'anna.berg@studio-nord.org';
const LINK = `<a href="mailto:${ADDRESS}">${ADDRESS}</a>`;
const script = (code: string): string => `<script>${code}</script>`;
const codes = (text: string, by = 0): string => Array.from(text, (one) => one.charCodeAt(0) + by).join(',');
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const hex = (text: string): string => Buffer.from(text).toString('hex');
const reversed = (text: string): string => Array.from(text).toReversed().join('');
const percent = (text: string): string => hex(text).replace(/../g, '%$&');
const entities = (text: string): string => Array.from(text, (one) => `&#${one.charCodeAt(0)};`).join('');
const escapes = (text: string): string => hex(text).replace(/../g, '\\x$&');
const units = (text: string): string => hex(text).replace(/../g, '\\u00$&');
const rot13 = (text: string): string =>
  text.replace(/[a-z]/g, (one) => String.fromCharCode(((one.charCodeAt(0) - 97 + 13) % 26) + 97));
const rot47 = (text: string): string =>
  text.replace(/[!-~]/g, (one) => String.fromCharCode(33 + ((one.charCodeAt(0) + 14) % 94)));
const xor = (text: string, key: number): string =>
  [key, ...Buffer.from(text).map((byte) => byte ^ key)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
/** As Hivelogic's Enkoder: each layer is code that makes the code of the next. */
const enkode = (code: string, layers: readonly ((inner: string) => string)[]): string =>
  layers.reduce((inner, layer) => layer(inner), code);
const reverseLayer = (inner: string): string =>
  `kode=${JSON.stringify(reversed(inner))};kode=kode.split('').reverse().join('')`;
const shiftLayer = (inner: string): string =>
  `kode=${JSON.stringify(String.fromCharCode(...Array.from(inner, (one) => one.charCodeAt(0) + 3)))};x='';for(i=0;i<kode.length;i++){c=kode.charCodeAt(i)-3;if(c<0)c+=128;x+=String.fromCharCode(c)}kode=x`;
const swapLayer = (inner: string): string => {
  const text = inner.length % 2 === 0 ? inner : `${inner} `;
  const swapped = text.replace(/([^])([^])/g, '$2$1');
  return `kode=${JSON.stringify(swapped)};x='';for(i=0;i<(kode.length-1);i+=2){x+=kode.charAt(i+1)+kode.charAt(i)}kode=x+(i<kode.length?kode.charAt(kode.length-1):'')`;
};
const PACKER =
  "eval(function(p,a,c,k,e,d){e=function(c){return c};if(!''.replace(/^/,String)){while(c--){d[c]=k[c]||c}k=[function(e){return d[e]}];e=function(){return'\\\\w+'};c=1};while(c--){if(k[c]){p=p.replace(new RegExp('\\\\b'+e(c)+'\\\\b','g'),k[c])}}return p}('0.1(\\'2.3\\'+\\'@\\'+\\'4-5.6\\')',7,7,'document|write|anna|berg|studio|nord|org'.split('|'),0,{}))";
const ROT13_FUNCTION =
  "function r13(s){return s.replace(/[a-zA-Z]/g,function(c){return String.fromCharCode((c<='Z'?90:122)>=(c=c.charCodeAt(0)+13)?c:c-26)})}";

/** A page that shows nothing but {@link ADDRESS} to somebody who reads it in a browser. */
const IDIOMS: Record<string, string> = {
  'variables put together': script(
    `var u='anna.berg';var d='studio-nord.org';document.write('<a href="mailto:'+u+'@'+d+'">'+u+'@'+d+'</a>')`,
  ),
  'a scheme in pieces': script(
    `document.write('<a hr'+'ef="ma'+'il'+'to:anna.berg'+'@'+'studio-nord'+'.org">Mail</a>')`,
  ),
  'several writes for one address': script(
    `document.write('anna');document.write('.berg');document.write('&#64;');document.write('studio-nord.org')`,
  ),
  'write with several arguments': script(`document.write('anna.berg','@','studio-nord','.org')`),
  'writeln of a template literal': script(
    'const [u,d]=["anna.berg","studio-nord.org"];document.writeln(`<b>${u}@${d}</b>`)',
  ),
  'an array joined': script(`document.write(['anna.berg','studio-nord.org'].join('@'))`),
  'an array in another order': script(
    `var p=['org','studio-nord','anna.berg'];document.write(p[2]+'\\u0040'+p[1]+'.'+p[0])`,
  ),
  'concat()': script(`document.write('anna.berg'.concat('\\x40','studio-nord','.','org'))`),
  'character codes': script(`document.write(String.fromCharCode(${codes(LINK)}))`),
  'character codes applied': script(`document.write(String.fromCharCode.apply(null,[${codes(ADDRESS)}]))`),
  'character codes spread': script(`document.write(String.fromCharCode(...[${codes(ADDRESS, 7)}].map(n=>n-7)))`),
  'character codes in a loop': script(
    `var a=[${codes(ADDRESS, 3)}],s='';for(var i=0;i<a.length;i++){s+=String.fromCharCode(a[i]-3)}document.write(s)`,
  ),
  'character codes as a text': script(
    `document.write('${codes(ADDRESS)}'.split(',').map(function(n){return String.fromCharCode(n)}).join(''))`,
  ),
  'character codes by arithmetic': script(`document.write('anna.berg'+String.fromCharCode(8*8)+'studio-nord.org')`),
  'code points': script(`document.write(String.fromCodePoint(${codes(ADDRESS)}))`),
  'hexadecimal pairs': script(
    `var h='${hex(ADDRESS)}',o='';for(var i=0;i<h.length;i+=2)o+=String.fromCharCode(parseInt(h.substr(i,2),16));document.write(o)`,
  ),
  'hexadecimal by a pattern': script(
    `document.write('${hex(ADDRESS)}'.match(/../g).map(h=>String.fromCharCode(parseInt(h,16))).join(''))`,
  ),
  atob: script(`document.write(atob('${base64(LINK)}'))`),
  'atob of parts': script(
    `document.write(atob('${base64('anna.berg')}')+'@'+window.atob('${base64('studio-nord.org')}'))`,
  ),
  'atob twice': script(`document.write(atob(atob('${base64(base64(ADDRESS))}')))`),
  'bytes through a TextDecoder': script(
    `document.body.append(new TextDecoder().decode(Uint8Array.from(atob('${base64(ADDRESS)}'),c=>c.charCodeAt(0))))`,
  ),
  unescape: script(`document.write(unescape('${percent(LINK)}'))`),
  decodeURIComponent: script(`document.write(decodeURIComponent("${percent(ADDRESS)}"))`),
  'eval of an unescaped text': script(`eval(unescape('${percent(`document.write('${ADDRESS}')`)}'))`),
  '\\x escapes': script(`document.write("${escapes(LINK)}")`),
  '\\u escapes': script(`document.write("${units(ADDRESS)}")`),
  'a reversed text': script(`document.write("${reversed(ADDRESS)}".split("").reverse().join(""))`),
  'a text spread and reversed': script(`document.write([...'${reversed(ADDRESS)}'].reverse().join(''))`),
  'a text read backwards': script(
    `var r='${reversed(ADDRESS)}',o='';for(var i=r.length-1;i>=0;i--)o+=r.charAt(i);document.write(o)`,
  ),
  'a reversed text turned by bidi, then by script': `<span id="r" style="unicode-bidi:bidi-override;direction:rtl">${reversed(ADDRESS)}</span>${script(
    `var e=document.getElementById('r');var t=e.textContent.split('').reverse().join('');e.outerHTML='<a href="mailto:'+t+'">mail</a>'`,
  )}`,
  'words replaced': script(
    `document.write('anna(dot)berg(at)studio-nord(dot)org'.replace('(at)','@').replace(/\\(dot\\)/g,'.'))`,
  ),
  'an element by its id alone': `<p id="qq"></p>${script(`qq.textContent='anna.berg'+'@'+'studio-nord.org'`)}`,
  'a property of an element by its id alone': `<a id="zz" href="#">x</a>${script(`window.zz.onclick=function(){this.textContent='anna.berg'+'@'+'studio-nord.org'}`)}`,
  'a variable that is named like an element': `<p id="out"></p>${script(`var out='anna.berg'+'@'+'studio-nord.org';document.write(out)`)}`,
  'places in a text filled': script(
    `var m='{0}@{1}.{2}';['anna.berg','studio-nord','org'].forEach(function(v,i){m=m.replace('{'+i+'}',v)});document.write(m)`,
  ),
  'noise removed': script(`var e="annXXa.bergXX@studXXio-nord.oXXrg".replace(/XX/g,"");document.write(e)`),
  'filling removed': script(`document.write('anna.berg@NOSPAMstudio-nordREMOVE.org'.replace(/[A-Z]+/g,''))`),
  rot13: script(`${ROT13_FUNCTION}document.write(r13('${rot13(LINK)}'))`),
  'rot13 in a handler': `<a href="#" onclick="this.href='mailto:'+'${rot13(ADDRESS)}'.replace(/[a-z]/g,function(c){return String.fromCharCode((c=c.charCodeAt(0)+13)>122?c-26:c)})">Mail</a>`,
  rot47: script(
    `document.write('${rot47(ADDRESS).replace(/[\\']/g, '\\$&')}'.replace(/[!-~]/g,c=>String.fromCharCode(33+(c.charCodeAt(0)+14)%94)))`,
  ),
  'a Caesar cipher by alphabet': script(
    `var k='abcdefghijklmnopqrstuvwxyz',s='${rot13(ADDRESS)}',o='';for(var i=0;i<s.length;i++){var p=k.indexOf(s.charAt(i));o+=p<0?s.charAt(i):k.charAt((p+13)%26)}document.write(o)`,
  ),
  'a key and an index, as UEWilson wrote': script(
    `var coded="${rot13(ADDRESS)}",key="nopqrstuvwxyzabcdefghijklm",link="";for(i=0;i<coded.length;i++){if(key.indexOf(coded.charAt(i))==-1){ltr=coded.charAt(i);link+=(ltr)}else{ltr=(key.indexOf(coded.charAt(i)));link+=("abcdefghijklmnopqrstuvwxyz".charAt(ltr))}}document.write("<a href='mailto:"+link+"'>mail</a>")`,
  ),
  'XOR with a number': script(
    `document.write([${Array.from(ADDRESS, (one) => one.charCodeAt(0) ^ 42).join()}].map(function(n){return String.fromCharCode(n^42)}).join(''))`,
  ),
  'XOR with a word': script(
    `var k='key',t=atob('${Buffer.from(Array.from(ADDRESS, (one, at) => one.charCodeAt(0) ^ 'key'.charCodeAt(at % 3))).toString('base64')}'),o='';for(var i=0;i<t.length;i++)o+=String.fromCharCode(t.charCodeAt(i)^k.charCodeAt(i%3));document.write(o)`,
  ),
  "Cloudflare's own decoder": `<a class="__cf_email__" data-cfemail="${xor(ADDRESS, 77)}">[email&#160;protected]</a>${script(
    `!function(){try{var e=document.getElementsByClassName("__cf_email__");for(var t=0;t<e.length;t++){var h=e[t].getAttribute("data-cfemail"),r=parseInt(h.substr(0,2),16),s='';for(var n=2;n<h.length;n+=2)s+=String.fromCharCode(parseInt(h.substr(n,2),16)^r);e[t].parentNode.replaceChild(document.createTextNode(s),e[t])}}catch(x){}}()`,
  )}`,
  'an Enkoder of one layer': `<span id="enkoder_0">email hidden</span>${script(
    `function hivelogic_enkoder(){var kode=${JSON.stringify(enkode(`document.write(${JSON.stringify(LINK)})`, [reverseLayer]))};var i,c,x;while(eval(kode));}hivelogic_enkoder();`,
  )}`,
  'an Enkoder of five layers': script(
    `function hivelogic_enkoder(){var kode=${JSON.stringify(enkode(`document.write(${JSON.stringify(LINK)});`, [reverseLayer, shiftLayer, swapLayer, reverseLayer, swapLayer]))};var i,c,x;while(eval(kode));}hivelogic_enkoder();`,
  ),
  'an Enkoder for innerHTML': `<span id="enkoder_1_77">email hidden</span>${script(
    `function hivelogic_enkoder_1_77(){var kode=${JSON.stringify(enkode(`document.getElementById('enkoder_1_77').innerHTML=${JSON.stringify(LINK)};null`, [shiftLayer]))};var i,c,x;while(eval(kode));}hivelogic_enkoder_1_77();`,
  )}`,
  'Joomla, older': script(`
 <!--
 var prefix = '&#109;a' + 'i&#108;' + '&#116;o';
 var path = 'hr' + 'ef' + '=';
 var addy12345 = '&#97;nn&#97;' + '.b&#101;rg' + '&#64;';
 addy12345 = addy12345 + 'st&#117;d&#105;&#111;-n&#111;rd' + '&#46;' + '&#111;rg';
 document.write('<a ' + path + '\\'' + prefix + ':' + addy12345 + '\\'>');
 document.write(addy12345);
 document.write('<\\/a>');
 //-->\n `),
  'Joomla, newer': `<span id="cloak3f2a">Protected.</span>${script(`
 document.getElementById('cloak3f2a').innerHTML = '';
 var prefix = '&#109;a' + 'i&#108;' + '&#116;o';
 var path = 'hr' + 'ef' + '=';
 var addy3f2a = 'anna.berg' + '&#64;';
 addy3f2a = addy3f2a + 'studio-nord' + '&#46;' + 'org';
 var addy_text3f2a = 'anna.berg' + '&#64;' + 'studio-nord' + '&#46;' + 'org';
 document.getElementById('cloak3f2a').innerHTML += '<a ' + path + '\\'' + prefix + ':' + addy3f2a + '\\'>'+addy_text3f2a+'<\\/a>';`)}`,
  'TYPO3 with its function in the page': `<a href="javascript:linkTo_UnCryptMailto('${rot13('mailto')}${'x'}');">Mail</a>${script(
    `function linkTo_UnCryptMailto(s){location.href='mailto:'+'anna.berg'+'@'+'studio-nord.org'}`,
  )}`,
  "Dean Edwards' packer": script(PACKER),
  'letters out of [] and !': script(
    `document.write((![]+[])[+!+[]]+'nn'+(![]+[])[+!+[]]+'.b'+(!![]+[])[+[]+3]+'rg'+'@studio-nord.org')`,
  ),
  'new Function': script(
    `new Function('d','d.write("anna.berg"+String.fromCharCode(64)+"studio-nord.org")')(document)`,
  ),
  'a mangled name for a method': script(
    `var _0x1a=['\\x77\\x72\\x69\\x74\\x65','anna.berg','\\x40','studio-nord.org'];(function(_0x2){document[_0x1a[0]](_0x1a[1]+_0x1a[2]+_0x1a[3])})()`,
  ),
  'a rotated string table': script(
    `var _0x=['studio-nord.org','write','anna.berg','@'];(function(a,n){while(--n)a.push(a.shift())})(_0x,3);var _f=function(i){return _0x[i-0x0]};document[_f('0x3')](_f('0x0')+_f('0x1')+_f('0x2'))`,
  ),
  'a function called in another script': `${script(`function eml(u,d){document.write('<a href="mailto:'+u+'@'+d+'">'+u+'@'+d+'</a>')}`)}<p>${script(`eml("anna.berg","studio-nord.org")`)}</p>`,
  'a closure': script(
    `var mail=(function(){var at='@';return function(u){return u+at+'studio-nord.org'}})();document.write(mail('anna.berg'))`,
  ),
  'a map of departments': `<a class="m" data-to="press">Mail</a>${script(
    `const people={press:['anna.berg','studio-nord.org']};document.querySelectorAll('a.m').forEach(a=>{a.href='mailto:'+people[a.dataset.to].join('@')})`,
  )}`,
  'a class with a method': script(
    `class Mail{#u='anna.berg';get address(){return this.#u+'@'+'studio-nord.org'}}document.body.insertAdjacentHTML('beforeend','<p>'+new Mail().address+'</p>')`,
  ),
  'a generator and destructuring': script(
    `function* parts(){yield 'anna.berg';yield '@';yield 'studio-nord.org'}const [a,...b]=parts();document.write(a+b.join(''))`,
  ),
  'innerHTML by id': `<p id="e"></p>${script(`document.getElementById('e').innerHTML='anna.berg'+'&#64;'+'studio-nord.org'`)}`,
  'textContent by selector': `<p><span class="mail"></span></p>${script(`document.querySelector('p > .mail').textContent='anna.berg'+'@'+'studio-nord.org'`)}`,
  'innerText by tag': `<address></address>${script(`document.getElementsByTagName('address')[0].innerText='anna.berg'+'@'+'studio-nord.org'`)}`,
  'setAttribute of href': `<a id="l">Mail</a>${script(`var l=document.getElementById('l');l.setAttribute('href','mailto:'+'anna.berg'+'@'+'studio-nord.org')`)}`,
  'value of a field': `<input id="f" name="to">${script(`document.forms;document.getElementsByName('to')[0].value='anna.berg'+'@'+'studio-nord.org'`)}`,
  'elements made by script': `<div id="c"></div>${script(
    `var a=document.createElement('a');a.href='mailto:'+'anna.berg'+'@'+'studio-nord.org';a.appendChild(document.createTextNode('Mail'));document.getElementById('c').appendChild(a)`,
  )}`,
  'texts appended one by one': `<div id="c"></div>${script(
    `['anna.berg','@','studio-nord.org'].forEach(function(t){document.getElementById('c').appendChild(document.createTextNode(t))})`,
  )}`,
  'beside its own script': `<p>${script(`document.currentScript.insertAdjacentHTML('afterend','anna.berg'+'@'+'studio-nord.org')`)}</p>`,
  'a noscript text replaced': `<p id="n"><noscript>Please turn on JavaScript</noscript></p>${script(`document.getElementById('n').replaceChildren('anna.berg'+'@'+'studio-nord.org')`)}`,
  'data attributes joined': `<a class="ml" data-user="anna.berg" data-domain="studio-nord.org">Mail</a>${script(
    `document.querySelectorAll('.ml').forEach(function(n){n.href='mailto:'+n.dataset.user+'@'+n.dataset.domain})`,
  )}`,
  'data attributes decoded': `<a data-enc-addr="${base64(ADDRESS)}">Mail</a>${script(
    `for(const n of document.querySelectorAll('[data-enc-addr]'))n.textContent=atob(n.dataset.encAddr)`,
  )}`,
  'parts in the text of spans': `<p class="m"><span>anna.berg</span><i>studio-nord.org</i></p>${script(
    `var m=document.querySelector('.m');m.innerHTML=m.children[0].textContent+'@'+m.querySelector('i').textContent`,
  )}`,
  'words in the page replaced': `<span class="em">anna.berg [at] studio-nord.org</span>${script(
    `document.querySelectorAll('.em').forEach(e=>{e.innerHTML=e.innerHTML.replace(' [at] ','@')})`,
  )}`,
  'a textarea that decodes entities': script(
    `var t=document.createElement('textarea');t.innerHTML='${entities(ADDRESS)}';document.write(t.value)`,
  ),
  'jQuery text()': `<b id="j"></b>${script(`$(function(){$('#j').text('anna.berg'+'@'+'studio-nord.org')})`)}`,
  'jQuery attr() in ready()': `<a class="j">Mail</a>${script(
    `jQuery(document).ready(function($){$('a.j').attr('href','mailto:'+['anna.berg','studio-nord.org'].join('@')).show()})`,
  )}`,
  'jQuery each() and data()': `<a class="j" data-name="anna.berg" data-host="studio-nord.org"></a>${script(
    `$('.j').each(function(){var $t=$(this),m=$t.data('name')+'@'+$t.data('host');$t.attr('href','mailto:'+m).html(m)})`,
  )}`,
  'jQuery append() of a new element': `<div id="j"></div>${script(
    `$('<a/>',{href:'mailto:'+'anna.berg'+'@'+'studio-nord.org',text:'Mail'}).appendTo('#j')`,
  )}`,
  'jQuery replaceWith() on a click': `<span class="j" data-u="anna.berg">Mail</span>${script(
    `$(document).on('click','.j',function(e){e.preventDefault();$(this).replaceWith('<b>'+$(this).data('u')+'@studio-nord.org</b>')})`,
  )}`,
  'a handler that sets its href': `<a href="#" onmouseover="this.href='mai'+'lto:'+'anna.berg'+'@'+'studio-nord.org'">Mail</a>`,
  'a handler that calls a function of the page': `${script(`function go(u,d){window.location='mailto:'+u+'@'+d}`)}<a href="#" onclick="go('anna.berg','studio-nord.org');return false">Mail</a>`,
  'a button that fills an output': `<button onclick="document.getElementById('o').textContent=['studio-nord.org','anna.berg'].reverse().join('@')">Show</button><output id="o"></output>`,
  'javascript: with location.href': `<a href="javascript:void(location.href='mail'+'to:anna.berg'+'@'+'studio-nord.org')">Mail</a>`,
  'javascript: with percent signs': `<a href="javascript:location=%22mailto:anna.berg%22+%22%40studio-nord.org%22">Mail</a>`,
  'javascript: with a result': `<a href="javascript:'anna.berg'+'@'+'studio-nord.org'">Mail</a>`,
  'window.open': `<a onclick="window.open('mailto:'+'anna.berg'+String.fromCharCode(64)+'studio-nord.org')">Mail</a>`,
  'location.assign': `<a onclick="location.assign(atob('${base64(`mailto:${ADDRESS}`)}'))">Mail</a>`,
  alert: `<a onclick="alert('anna.berg'+'@'+'studio-nord.org')">Mail</a>`,
  'a copy to the clipboard': `<button id="cp">Copy</button>${script(
    `document.getElementById('cp').addEventListener('click',async()=>{await navigator.clipboard.writeText('anna.berg'+'@'+'studio-nord.org')})`,
  )}`,
  'a copy by a copy event': script(
    `document.addEventListener('copy',function(e){e.clipboardData.setData('text/plain','anna.berg'+'@'+'studio-nord.org')})`,
  ),
  'a listener on a link': `<a id="k">Mail</a>${script(
    `var k=document.getElementById('k');k.addEventListener('mouseenter',function(){this.href='mailto:'+'anna.berg'+'@'+'studio-nord.org'},{once:true})`,
  )}`,
  'an onclick property': `<a id="k">Mail</a>${script(
    `document.getElementById('k').onclick=function(){location.href='mailto:'+'anna.berg'+'@'+'studio-nord.org'}`,
  )}`,
  'a listener of the whole page': `<a class="k" data-u="anna.berg" data-d="studio-nord.org">Mail</a>${script(
    `document.addEventListener('click',e=>{const k=e.target.closest('[data-u]');if(k)k.textContent=k.dataset.u+'@'+k.dataset.d})`,
  )}`,
  'window.onload': `<p id="w"></p>${script(`window.onload=function(){document.getElementById('w').innerHTML='anna.berg'+'@'+'studio-nord.org'}`)}`,
  DOMContentLoaded: `${script(`document.addEventListener('DOMContentLoaded',()=>{document.querySelector('#w').append('anna.berg','@','studio-nord.org')})`)}<p id="w"></p>`,
  'onload of the body': `<body onload="fill()"><p id="w"></p>${script(`function fill(){document.getElementById('w').textContent='anna.berg'+'@'+'studio-nord.org'}`)}</body>`,
  'a timer': `<p id="w"></p>${script(`setTimeout(function(){document.getElementById('w').textContent='anna.berg'+'@'+'studio-nord.org'},1500)`)}`,
  'letters typed by an interval': `<p id="w"></p>${script(
    `var s='anna.berg'+'@'+'studio-nord.org',n=0,t=setInterval(function(){document.getElementById('w').textContent+=s.charAt(n++);if(n>=s.length)clearInterval(t)},50)`,
  )}`,
  'an element that comes into view': `<p id="w"></p>${script(
    `new IntersectionObserver((es,o)=>{es.forEach(e=>{if(e.isIntersecting){e.target.textContent='anna.berg'+'@'+'studio-nord.org';o.unobserve(e.target)}})}).observe(document.getElementById('w'))`,
  )}`,
  'a promise': `<p id="w"></p>${script(`Promise.resolve('anna.berg').then(u=>{document.getElementById('w').textContent=u+'@'+'studio-nord.org'})`)}`,
  'a module': `<p id="w"></p><script type="module">const u='anna.berg';document.getElementById('w').textContent=u+'@'+'studio-nord.org'</script>`,
  'an element of its own kind': `<e-mail user="anna.berg" host="studio-nord.org"></e-mail>${script(
    `customElements.define('e-mail',class extends HTMLElement{connectedCallback(){this.innerHTML='<a href="mailto:'+this.getAttribute('user')+'@'+this.getAttribute('host')+'">Mail</a>'}})`,
  )}`,
  'a script that writes a script': script(
    `document.write('<scr'+'ipt>document.write("anna.berg"+"@"+"studio-nord.org")</scr'+'ipt>')`,
  ),
  'a variable that nothing shows': script(`var email='anna.berg'+'@'+'studio-nord.org'`),
  'a function that gives it away': script(`function getEmail(){return ['anna.berg','studio-nord.org'].join('@')}`),
  'a script after one that fails': `${script(`null.x='@'`)}${script(`document.write('anna.berg'+'@'+'studio-nord.org')`)}`,
  'a script that calls what is not there': script(
    `ga('send','pageview');wp.i18n.setLocaleData({});dataLayer.push({});document.write('anna.berg'+'@'+'studio-nord.org')`,
  ),
  'a script with a library call in its middle': `<p class="slider"></p>${script(
    `$('.slider').slick({dots:true}).on('init',x=>x);$.fancybox&&$.fancybox.open();$('.slider').html('anna.berg'+'@'+'studio-nord.org')`,
  )}`,
  'a DOMParser that decodes entities': script(
    `document.write(new DOMParser().parseFromString('${entities(ADDRESS)}','text/html').documentElement.textContent)`,
  ),
  'a scroll': `<p id="w"></p>${script(`addEventListener('scroll',()=>{if(scrollY>100)document.getElementById('w').textContent='anna.berg'+'@'+'studio-nord.org'},{passive:true})`)}`,
  'details that open': `<details ontoggle="this.querySelector('p').textContent='anna.berg'+'@'+'studio-nord.org'"><summary>Mail</summary><p></p></details>`,
  'a form that is sent': `<form onsubmit="this.action='mailto:'+'anna.berg'+'@'+'studio-nord.org';document.title=this.action;return true"></form>`,
  'a key pressed': `<b tabindex="0" onkeydown="if(event.key==='Enter')this.nextElementSibling.textContent='anna.berg'+'@'+'studio-nord.org'">Show</b><i></i>`,
  'a dialog': `<button id="b">Show</button><dialog><p></p></dialog>${script(
    `b=document.getElementById('b');b.addEventListener('click',()=>{const d=document.querySelector('dialog');d.showModal();d.querySelector('p').textContent='anna.berg'+'@'+'studio-nord.org'})`,
  )}`,
  'percent signs put before pairs': script(
    `document.write(decodeURIComponent('%'+'${hex(ADDRESS)}'.match(/../g).join('%')))`,
  ),
  'an octal escape': script(`document.write('anna.berg\\100studio-nord.org')`),
  'numbers to the base of 36': script(
    `document.write([${Array.from(ADDRESS)
      .map((one) => `'${one.charCodeAt(0).toString(36)}'`)
      .join()}].map(n=>String.fromCharCode(parseInt(n,36))).join(''))`,
  ),
  'a text read backwards by index': script(
    `var r='${reversed(ADDRESS)}',o='';for(var i=r.length;i--;)o+=r[i];document.write(o)`,
  ),
  'reduceRight()': script(`document.write(Array.from('${reversed(ADDRESS)}').reduceRight((a,c)=>a+c,''))`),
  'a method added to texts': script(
    `String.prototype.rot=function(){return this.replace(/[a-z]/g,c=>String.fromCharCode((c.charCodeAt(0)-84)%26+97))};document.write('${rot13(ADDRESS)}'.rot())`,
  ),
  'words in another order by index': script(
    `var w='nord|@|anna|org|studio|-|.|berg'.split('|');document.write([2,6,7,1,4,5,0,6,3].map(function(i){return w[i]}).join(''))`,
  ),
  'a tagged template': script("const m=(s,...v)=>s.raw.join('@');document.write(m`anna.berg${0}studio-nord.org`)"),
  'eval of base64': script(`eval(atob('${base64(`document.write('${ADDRESS}')`)}'))`),
  'brackets for methods': script(
    `document['getElementsByTagName']('body')[0]['insertAdjacentHTML']('beforeend',['anna.berg','studio-nord.org']['join']('@'))`,
  ),
  'constants of another script': `${script(`const user='anna.berg';let host='studio-nord.org';class Mail{static of(u,h){return u+'@'+h}}`)}${script(`document.write(Mail.of(user,host))`)}`,
  'constants in a handler': `${script(`const user='anna.berg',host='studio-nord.org'`)}<a onclick="location.href='mailto:'+user+'@'+host">Mail</a>`,
  'constants of a script that calls what is not there': script(
    `const user='anna.berg';ga('send');let host='studio-nord.org';document.write(user+'@'+host)`,
  ),
  'an option list': `<select id="s"></select>${script(`document.getElementById('s').innerHTML+='<option value="'+['anna.berg','studio-nord.org'].join('@')+'">Press</option>'`)}`,
};

describe('scripts of a page', () => {
  const runner = new ScriptRunner();
  afterAll(() => runner.close());

  it.each(Object.entries(IDIOMS))('show an address by %s', async (_name, html) => {
    expect(await runPage(html, runner)).toEqual([ADDRESS]);
  });

  it('show no half of an address that is put together step by step', async () => {
    const html = `<p id="w"></p>${script(`var w=document.getElementById('w');w.innerHTML='anna@nord.co';w.innerHTML+='.uk'+'';'@'`)}`;
    expect(await runPage(html, runner)).toEqual(['anna@nord.co.uk']);
  });

  it('share nothing with the page before', async () => {
    await runPage(script(`globalThis.left='anna.berg'+'@'+'studio-nord.org';Object.prototype.mail=left`), runner);
    expect(await runPage(script(`document.write(typeof left+({}).mail+'b'+'@'+'studio-nord.org')`), runner)).toEqual([
      'undefinedundefinedb@studio-nord.org',
    ]);
  });
});
