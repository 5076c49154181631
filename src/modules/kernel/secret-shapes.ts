export const REDACTED = '[redacted]';

/**
 * What secrets look like, whoever they belong to. Every pattern begins with something fixed and is bounded behind
 * it, or stops where the next one could begin, so that none of them looks at a text twice.
 */
export function redactShapes(text: string): string {
  let clean = text;
  if (clean.includes('://')) clean = clean.replace(STORE_URL, inUrl).replace(ANY_URL, inUrl);
  if (clean.includes('-----')) clean = clean.replace(PRIVATE_KEY, REDACTED);
  return clean
    .replace(HEADER, inHeader)
    .replace(SCHEME, inScheme)
    .replace(COOKIES, (_all, head: string) => `${head}${REDACTED}`)
    .replace(JWT, REDACTED)
    .replace(SECRET_KEY, (all) => (isPlaceholder(all.slice(3)) ? all : REDACTED))
    .replace(VENDOR_KEY, (all) => (/\d/.test(all) ? REDACTED : all))
    .replace(PASSWORD_OF_URL, (all, head: string, value: string) =>
      isPlaceholder(value) ? all : `${head}${REDACTED}`,
    )
    .replace(NAMED, inNamed)
    .replace(QUERY, (all, head: string, value: string) => (isRandom(value) ? `${head}${REDACTED}` : all));
}

/** Addresses of stores, whose paths hold no `@`: whatever is unescaped in their passwords, the last one ends them. */
const STORE_URL =
  /\b((?:rediss?|valkeys?|postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|amqps?):\/\/)([^\s"'`<>\\]{1,512})@/gi;
/** Of all others the user ends at the path, or, behind a colon that is not followed by a port, at the last `@`. */
const ANY_URL =
  /(:\/\/)([^\s"'`<>\\/?#:@[]{0,128}:(?!\d{1,5}[/?#])[^\s"'`<>\\]{1,256}|[^\s"'`<>\\/?#]{1,512})@/g;

/** How a password is written in a hint; every other word may be somebody's, whatever sign it begins with. */
const HINT = /^(?:pass(?:word|wd)?|pw|pwd|<[^<>]*>|\[redacted\]|(?:%[\da-f]{2})?\.{3}|[x.*]{2,})$/i;
/** A variable of a shell: in braces, or with a name that says what it holds. */
const VARIABLE = /^\$(?:\{[A-Z][A-Z\d_]+\}|[A-Z\d_]*(?:PASS|PWD|TOKEN|KEY|SECRET|AUTH|USER)[A-Z\d_]*)$/;

function inUrl(all: string, head: string, credentials: string): string {
  const [user = '', ...rest] = credentials.split(':');
  const [password = ''] = rest;
  const shape = HINT.test(password) || VARIABLE.test(password);
  const hint = rest.length === 1 && shape && (user === '' || isPlaceholder(user));
  return hint ? all : `${head}${REDACTED}@`;
}

const PRIVATE_KEY =
  /-----BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----[^-]*(?:-----END [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----)?/g;

const HEADER =
  /\b((?:proxy-)?authorization|x-api-key|api-key|x-auth-token|x-goog-api-key)(["'\\]{0,4}\s{0,4}[:=]\s{0,4}["'\\]{0,4}(?:(?:bearer|basic|token|digest|apikey)\s{1,4})?)([^\s"'\\,;]{1,4096})/gi;

function inHeader(all: string, name: string, head: string, value: string): string {
  if (isPlaceholder(value)) return all;
  // With a scheme, or in quotes, it is a header; else it may be a sentence.
  const certain = /[a-z"'\\]/i.test(head);
  return certain || isRandom(value) ? `${name}${head}${REDACTED}` : all;
}

const SCHEME = /\b((?:bearer|basic)(?:\s{1,4}|%20|\+))([A-Za-z0-9._~+/=*-]{8,4096})/gi;

function inScheme(all: string, head: string, value: string): string {
  return isRandom(value) ? `${head}${REDACTED}` : all;
}

const COOKIES =
  /\b((?:set-)?cookie["'\\]{0,4}\s{0,4}[:=]\s{0,4}["'\\]{0,4})[^\s"'\\=]{1,64}=[^\r\n"'\\]{1,4096}/gi;

const JWT = /(?<![\w-])eyj[\w-]{6,}\.[\w-]{6,}(?:\.[\w-]*){0,3}/gi;

/** OpenAI, Anthropic, LiteLLM, OpenRouter, DeepSeek and many more; in part, too, with `*` in its midst. */
const SECRET_KEY = /(?<![A-Za-z0-9])sk-[\w*-]{8,}/gi;

const VENDOR_KEY = new RegExp(
  `(?<![A-Za-z0-9])(?:${[
    // Stripe, xAI, Google, Groq, Hugging Face, Replicate, Perplexity, NVIDIA, Cerebras, Fireworks, Databricks
    '(?:sk|rk|pk)_(?:live|test)_\\w{8,}|whsec_\\w{8,}|xai-[\\w-]{16,}|aiza[\\w-]{24,}|gsk_\\w{16,}|hf_\\w{16,}',
    'r8_\\w{16,}|pplx-\\w{16,}|nvapi-[\\w-]{16,}|csk-\\w{16,}|fw_\\w{16,}|tvly-[\\w-]{16,}|dapi[a-f0-9]{30,}',
    // AWS, GitHub, GitLab, npm, Slack, SendGrid, DigitalOcean, Shopify, LangSmith
    '(?:akia|asia)[a-z0-9]{16}|gh[pousr]_\\w{16,}|github_pat_\\w{16,}|glpat-[\\w-]{16,}|npm_[a-z0-9]{30,}',
    'xox[abeoprs]-[\\w-]{10,}|xapp-[\\w-]{10,}|sg\\.[\\w-]{16,}\\.[\\w-]{16,}|do[opr]_v1_[a-f0-9]{32,}',
    'shp(?:at|ss|ca|pa)_\\w{16,}|lsv2_\\w{16,}',
    // Refresh and session tokens of OAuth: OpenAI, Google
    'rt[_.][\\w.-]{16,}|sess-\\w{16,}|ya29\\.[\\w-]{16,}|1\\/\\/0[\\w-]{16,}',
  ].join('|')})`,
  'gi',
);

const NAMED =
  /((?:api|access|secret|private|master|signing|encryption|shared|account|auth|service|[_-])[_-]?key(?:[_-]?id)?|token|secret|passw(?:or)?d|passphrase|pwd|credentials?)(["'\\]{0,4}\s{0,4}(?:=>?|:)\s{0,4}["'\\]{0,4})([^\s"'\\&,;<>(){}[\]|`]{4,2048})/gi;
const WORDS =
  /^(?:true|false|null|none|undefined|required|missing|invalid|unset|absent|expired|wrong|rejected|string|number|\d{1,6})[.!]?$/i;

function inNamed(all: string, name: string, head: string, value: string): string {
  if (isPlaceholder(value) || WORDS.test(value)) return all;
  // `name=value` and values in quotes are settings; behind a colon and a blank there may be a sentence.
  const certain = head === '=' || /["'\\]$/.test(head);
  return certain || isRandom(value) ? `${name}${head}${REDACTED}` : all;
}

/** However short: it stands where nothing else does. */
const PASSWORD_OF_URL =
  /([?&](?:password|passwd|pwd|pass|token|secret|(?:api|access)[_-]?(?:key|token))=)([^&\s"'\\#<>]{1,2048})/gi;

const QUERY =
  /([?&](?:key|code|sig|signature|auth|x-amz-(?:signature|credential|security-token))=)([^&\s"'\\#<>]{6,2048})/gi;

const PLACEHOLDER =
  /^(?:[x.*_-]{2,}|<[^<>]*>|\[[^[\]]*\]|\{[^{}]*\}|\*+|(?:your|my|the|a)[-_].*|user(?:name)?|pass(?:word|wd)?|pw|pwd|secret|token|key)[.:]?$/i;

/** What stands in examples and hints instead of a secret, `[redacted]` included. */
function isPlaceholder(text: string): boolean {
  return PLACEHOLDER.test(text) || VARIABLE.test(text);
}

/** Whether a word is of no language: digits among its letters, capitals in its midst, or longer than words are. */
function isRandom(word: string): boolean {
  if (word.length < 8 || isPlaceholder(word)) return false;
  if (word.length >= 32 || word.includes('**')) return true;
  return /[a-z][A-Z]|[A-Z]{2}[a-z]/.test(word) || (/\d/.test(word) && /[a-z]/i.test(word));
}
