import type { HttpMethod } from '../definition/workflow.js';

/** One request of a step, as it goes over the wire. */
export interface Hop {
  readonly method: HttpMethod;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/**
 * What says nothing of whoever asks. Every other header is meant for the host that the step names, and for no other:
 * credentials travel under more names than anybody can list.
 */
const IMPERSONAL_HEADERS =
  /^(accept|accept-(charset|encoding|language)|cache-control|content-(encoding|language|type)|pragma|range|user-agent)$/i;
const BODY_HEADERS = /^content-/i;

/** Where an answer sends the request, null when it is the end. Throws a `TypeError` for a place that is no URL. */
export function nextHop(hop: Hop, status: number, location: string | undefined): Hop | null {
  if (!REDIRECTS.has(status) || location === undefined) return null;
  const url = new URL(location, hop.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new TypeError('not http');
  const asGet = (status === 303 && hop.method !== 'HEAD') || (status < 303 && hop.method === 'POST');
  const elsewhere = url.origin !== new URL(hop.url).origin;
  const kept = Object.entries(hop.headers).filter(
    ([name]) => (!elsewhere || IMPERSONAL_HEADERS.test(name)) && !(asGet && BODY_HEADERS.test(name)),
  );
  // Credentials that a redirect invents are not sent.
  url.username = '';
  url.password = '';
  return {
    method: asGet ? 'GET' : hop.method,
    url: url.href,
    headers: Object.fromEntries(kept),
    body: asGet ? undefined : hop.body,
  };
}
