/** Replaces every configured secret, and the credentials of anything that looks like a URL, by `[redacted]`. */
export type Redact = (text: string) => string;

const URL_CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']*@/gi;

export function createRedact(secrets: readonly string[]): Redact {
  const written = [...new Set(secrets.flatMap(waysToWrite))].sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const secret of written) clean = clean.replaceAll(secret, '[redacted]');
    return clean.replace(URL_CREDENTIALS, '$1[redacted]@');
  };
}

/** A secret looks different inside JSON and inside a URL. */
function waysToWrite(secret: string): string[] {
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];
}
