import { describe, expect, it } from '@jest/globals';
import { nextHop, type Hop } from '../../../src/modules/executions/net/redirect.policy.js';

const hop: Hop = {
  method: 'POST',
  url: 'https://a.example/one',
  headers: {
    Authorization: 'Bearer x',
    'X-Api-Key': 'k',
    'content-type': 'application/json',
    accept: '*/*',
  },
  body: '{}',
};
const names = (next: Hop | null) => Object.keys(next?.headers ?? {});
/** The names of these headers that go to another host, with a redirect that changes nothing else. */
const sentElsewhere = (...headers: string[]) =>
  names(
    nextHop(
      { ...hop, headers: Object.fromEntries(headers.map((name) => [name, 'x'])) },
      307,
      'https://b.example/',
    ),
  );

describe('a redirect', () => {
  it.each([200, 204, 300, 304, 305, 306, 309, 400])('is none at %i', (status) => {
    expect(nextHop(hop, status, '/two')).toBeNull();
  });

  it.each([301, 302, 303, 307, 308])('is none at %i when it says no place', (status) => {
    expect(nextHop(hop, status, undefined)).toBeNull();
  });

  it.each([307, 308])('at %i keeps method, headers and body', (status) => {
    expect(nextHop(hop, status, '/two')).toEqual({ ...hop, url: 'https://a.example/two' });
  });

  it.each([301, 302, 303])('at %i turns a POST into a GET, without body and what describes it', (status) => {
    const described = {
      ...hop.headers,
      'Content-Encoding': 'gzip',
      'CONTENT-LANGUAGE': 'en',
      'x-content-kind': 'kept',
    };
    expect(nextHop({ ...hop, headers: described }, status, '/two')).toEqual({
      method: 'GET',
      url: 'https://a.example/two',
      headers: { Authorization: 'Bearer x', 'X-Api-Key': 'k', accept: '*/*', 'x-content-kind': 'kept' },
      body: undefined,
    });
  });

  it.each([
    ['PUT', 301, 'PUT'],
    ['PUT', 302, 'PUT'],
    ['PUT', 303, 'GET'],
    ['PUT', 307, 'PUT'],
    ['DELETE', 302, 'DELETE'],
    ['DELETE', 303, 'GET'],
    ['PATCH', 301, 'PATCH'],
    ['PATCH', 303, 'GET'],
    ['GET', 301, 'GET'],
    ['GET', 303, 'GET'],
    ['HEAD', 302, 'HEAD'],
    ['HEAD', 303, 'HEAD'],
    ['HEAD', 308, 'HEAD'],
  ] as const)('of a %s at %i is a %s', (method, status, becomes) => {
    const next = nextHop({ ...hop, method }, status, '/two');
    expect(next?.method).toBe(becomes);
    const stripped = becomes !== method || (method === 'GET' && status === 303);
    expect(next?.body).toBe(stripped ? undefined : '{}');
  });

  it.each([
    ['/two?a=1', 'https://a.example/two?a=1'],
    ['two', 'https://a.example/two'],
    ['', 'https://a.example/one'],
    ['//b.example/x', 'https://b.example/x'],
    ['http://a.example/', 'http://a.example/'],
    ['https://user:pw@a.example/two', 'https://a.example/two'],
    ['https://user@b.example/', 'https://b.example/'],
  ])('to %j leads to %s, and invents no credentials', (location, url) => {
    expect(nextHop(hop, 307, location)?.url).toBe(url);
  });

  it.each([
    ['file:///etc/passwd', 'not http'],
    ['gopher://x', 'not http'],
    ['data:text/plain,x', 'not http'],
    ['http://', 'Invalid URL'],
    ['https://a b/', 'Invalid URL'],
  ])('to %j is refused: it leads to nothing but http', (location, why) => {
    expect(() => nextHop(hop, 302, location)).toThrow(
      expect.objectContaining({ name: 'TypeError', message: why }),
    );
  });
});

describe('the headers of a redirect', () => {
  it.each([
    ['another host', 'https://b.example/'],
    ['a host below it', 'https://b.a.example/'],
    ['another port', 'https://a.example:8443/'],
    ['another scheme', 'http://a.example/'],
    ['another host, of the same scheme', '//b.example/'],
  ])('are only impersonal ones at %s', (_what, location) => {
    expect(names(nextHop(hop, 307, location))).toEqual(['content-type', 'accept']);
    expect(names(nextHop(hop, 303, location))).toEqual(['accept']);
  });

  it.each(['/two', 'https://a.example:443/', 'https://A.EXAMPLE/two', 'https://user:pw@a.example/'])(
    'are all of them at the same origin: %s',
    (location) => expect(nextHop(hop, 308, location)?.headers).toEqual(hop.headers),
  );

  it('are only impersonal ones when a plain request is sent to TLS', () => {
    const plain = { ...hop, url: 'http://a.example/one' };
    expect(names(nextHop(plain, 307, 'https://a.example/'))).toEqual(['content-type', 'accept']);
    expect(names(nextHop(plain, 307, 'http://a.example:80/'))).toHaveLength(4);
  });

  it.each([
    'Accept',
    'Accept-Charset',
    'accept-encoding',
    'Accept-Language',
    'CACHE-CONTROL',
    'Content-Encoding',
    'Content-Language',
    'Content-Type',
    'Pragma',
    'Range',
    'User-Agent',
  ])('go along everywhere: %s', (name) => expect(sentElsewhere(name)).toEqual([name]));

  it.each([
    'Cookie',
    'Proxy-Authorization',
    'X-API-KEY',
    'X-Auth',
    'X-Session-Id',
    'Ocp-Apim-Subscription-Key',
    'X-Functions-Key',
    'X-Signature',
    'Password',
    'Accept-Token',
    'X-Accept',
    'X-Range',
    'User-Agent-Key',
    'Content-Signature',
    'Range-Token',
    'Referer',
    'Origin',
  ])('stay at home: %s', (name) => expect(sentElsewhere(name)).toEqual([]));
});
