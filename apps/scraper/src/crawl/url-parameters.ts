/** Parameters of campaigns, click counters and newsletters. */
const TRACKING_NAMES = new RegExp(
  `^(?:${[
    'utm[_-]\\w+',
    '(?:mtm|matomo|pk|piwik|hsa|trk|vero|oly|itm|cvo|pr_rec|guce)_\\w+|elqtrack\\w*|wt_\\w+',
    'at_(?:medium|campaign\\w*|custom\\d*|link\\w*|creation|variant|format|send_date)|sc_(?:cid|camp|campaign|src|channel)',
    'g(?:clid|clsrc|braid|ad_source|ad_campaignid|uccounter|s_l)|wbraid|dclid|srsltid|_ga|_gl|_gac',
    'fbclid|fb_(?:action_ids|action_types|source|ref)|igshid|igsh|twclid|ttclid|li_fat_id|epik|ndclid|rdt_cid|sccid',
    'msclkid|yclid|ymclid|_openstat|ysclid|bd_vid|spm|scm',
    'mc_[ce]id|mc_tc|mkt_tok|_hsenc|_hsmi|__hs\\w+|hsctatracking|_ke|_kx|__s|dm_i|ml_subscriber\\w*|ss_\\w+_id|bsft_\\w+',
    'ef_id|s_kwcid|mkwid|pcrid|icid|ncid|cmpid|cmp_id|cjevent|awc|irclickid|irgwc|sscid|zanpid|clickid|xtor',
    'wickedid|rb_clickid|_branch_\\w+|_bta_\\w+|trk|trkcampaign|mbid|wt\\.\\w+|et\\.\\w+|_pos|_ss|pr_(?:prod_strat|ref_pid|seq)',
    'ref_(?:src|url)|referrer|__cf_chl\\w*|cf_chl\\w*',
  ].join('|')})$`,
  'i',
);
/** `ref` can be an article number; these values only say which link was clicked. */
const REF_NAMES = /^(?:ref|source|src|from|via|origin)$/i;
const REF_VALUES =
  /^(?:nav\w*|menu|header|footer|sidebar|home|homepage|logo|top|bottom|banner|button|newsletter|email|mail|producthunt|hackernews|hn|reddit|twitter|facebook|fb|instagram|linkedin|google|bing|rss|feed|[a-z0-9-]+\.(?:com|org|net|io|de|fr|co))$/i;
const SESSION_NAMES =
  /^(?:phpsessid|phpsessionid|jsessionid|aspsessionid\w*|asp\.net_sessionid|cfid|cftoken|zenid|oscsid|oscadminid|xtcsid|modsid|bvsessionid|sessid|fe_typo_user|ftu)$/i;
/** Names that mean a session only where the value looks like one: `sid=12` is a section, `session_id=7` a talk. */
const SESSION_LIKE_NAMES = /^(?:_?sid|session|session_?id|sess|sessionkey)$/i;
const SESSION_VALUE = /^(?=[a-z_-]{0,64}\d)[a-z0-9_-]{16,128}$/i;
/** One-time values: two links that differ in them lead to one page, but without them perhaps to none. */
const TOKEN_NAMES = /^(?:s|hash|token|csrf\w*|_token|nonce|_wpnonce)$/i;
/** What a script adds to get past caches. */
const CACHE_NAMES = /^(?:_|_t|t|ts|timestamp|cb|cachebust\w*|nocache|rand|rnd|random|r)$/i;
const CACHE_VALUE = /^(?:\d{10,20}|0\.\d{5,20})$/;

/** Whether a parameter only tells the owner where a visitor came from. */
export function isTrackingParameter(name: string, value: string): boolean {
  return TRACKING_NAMES.test(name) || (REF_NAMES.test(name) && REF_VALUES.test(value));
}

/** Whether a parameter carries a visitor's session, of which we have none. */
export function isSessionParameter(name: string, value: string): boolean {
  return SESSION_NAMES.test(name) || (SESSION_LIKE_NAMES.test(name) && SESSION_VALUE.test(value));
}

/** Whether a parameter may differ between two links to one page. */
export function isVolatileParameter(name: string, value: string): boolean {
  return (
    isTrackingParameter(name, value) ||
    isSessionParameter(name, value) ||
    (TOKEN_NAMES.test(name) && SESSION_VALUE.test(value)) ||
    (CACHE_NAMES.test(name) && CACHE_VALUE.test(value))
  );
}
