import type { FailureCode } from '../../http/index.js';
import { codedCause, codeOf, messageOf, retryAfterMs } from '../../kernel/index.js';

/** What an answer or a broken connection means for a step. */
export interface HttpFailure {
  readonly code: FailureCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
}

/** Null when the answer is a success. */
export function failureOfStatus(
  status: number,
  retryAfter: string | undefined,
  now: number,
): HttpFailure | null {
  if (status < 400) return null;
  const retryable = status >= 500 || status === 429 || status === 408;
  return {
    code: `http.status_${status}`,
    message: `the server answered ${status}`,
    retryable,
    retryAfterMs: retryable ? retryAfterMs(retryAfter, now) : null,
  };
}

const PERMANENT: Readonly<Record<string, FailureCode>> = {
  'http.address_forbidden': 'http.address_forbidden',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'http.response_too_large',
  UND_ERR_INVALID_ARG: 'http.invalid_request',
};
/** What Node says of a certificate that it does not take: the codes of OpenSSL, and one of its own. */
const CERTIFICATE =
  /^(ERR_TLS_CERT_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED)/;

/** A request that got no answer; what the network did once it may not do again. */
export function failureOfTransport(error: unknown): HttpFailure {
  const cause = codedCause(error);
  const code = codeOf(cause) ?? '';
  const message = messageOf(cause);
  const permanent = permanentOf(code);
  if (permanent !== undefined) return { code: permanent, message, retryable: false, retryAfterMs: null };
  return {
    code: 'http.network',
    message: `no answer from the server: ${code === '' ? message : code}`,
    retryable: true,
    retryAfterMs: null,
  };
}

function permanentOf(code: string): FailureCode | undefined {
  if (Object.hasOwn(PERMANENT, code)) return PERMANENT[code];
  return CERTIFICATE.test(code) ? 'http.certificate' : undefined;
}
