/** Replaces every configured secret, and the credentials of anything that looks like a URL, by `[redacted]`. */
export type Redact = (text: string) => string;

const URL_CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']*@/gi;

export function createRedact(secrets: readonly string[]): Redact {
  return (text) => {
    let clean = text;
    for (const secret of secrets) clean = clean.replaceAll(secret, '[redacted]');
    return clean.replace(URL_CREDENTIALS, '$1[redacted]@');
  };
}
