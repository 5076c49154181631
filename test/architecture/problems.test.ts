import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  FAILURES,
  GATEWAY_ERRORS,
  problemDefinition,
  problemReply,
  PROBLEMS,
  refusal,
  type ProblemCode,
} from '../../src/modules/http/index.js';
import { ROOT } from './cruise.js';

const page = readFileSync(join(ROOT, 'docs/problems.md'), 'utf8');
/** The rows of the table under a heading, by code: what stands in their other columns. */
const rowsUnder = (heading: string): Map<string, string[]> => {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = [...section.matchAll(/^\| `([^`]+)` \|(.*)\|$/gm)];
  return new Map(
    rows.map(([, code = '', rest = '']) => [code, rest.split(' | ').map((cell) => cell.trim())]),
  );
};
const codes = Object.keys(PROBLEMS) as ProblemCode[];

describe('the registry of problems', () => {
  it('and the documents name the same problems, with the same status, title and time to come back', () => {
    const documented = Object.fromEntries(rowsUnder('Problems'));
    const registered = Object.fromEntries(
      codes.map((code) => {
        const { status, title, retryAfterS } = problemDefinition(code);
        return [code, [String(status), retryAfterS === undefined ? '' : `${retryAfterS} s`, title]];
      }),
    );
    expect(
      Object.fromEntries(Object.entries(documented).map(([code, row]) => [code, row.slice(0, 3)])),
    ).toEqual(registered);
  });

  it('and the documents name the same errors of the gateway', () => {
    expect(Object.fromEntries(rowsUnder('Errors of the gateway'))).toEqual(
      Object.fromEntries(
        Object.entries(GATEWAY_ERRORS).map(([code, { status, type, retryable, message }]) => [
          code,
          [String(status), `\`${type}\``, retryable ? 'yes' : 'no', message],
        ]),
      ),
    );
  });

  it('and the documents name the same failures of executions', () => {
    expect(Object.fromEntries(rowsUnder('Failures of executions'))).toEqual(
      Object.fromEntries(Object.entries(FAILURES).map(([code, meaning]) => [code, [meaning]])),
    );
  });

  it('says when to come back wherever it says that it will be better later', () => {
    for (const code of codes) {
      const { status, detail, retryAfterS } = problemDefinition(code);
      if (status === 503 || status === 429 || /try again/.test(detail)) {
        expect([code, retryAfterS]).toEqual([code, expect.any(Number)]);
      }
    }
    for (const [code, definition] of Object.entries(GATEWAY_ERRORS)) {
      expect([code, 'retryAfterS' in definition]).toEqual([code, definition.retryable]);
    }
  });

  it('gives every answer the shape of the contract, and its headers', () => {
    for (const code of codes) {
      const { statusCode, headers, body } = problemReply(code);
      expect(body).toEqual({
        type: 'about:blank',
        title: expect.any(String),
        status: statusCode,
        detail: expect.any(String),
        code,
        timestamp: expect.stringMatching(/Z$/),
      });
      if (statusCode === 401) expect(headers).toHaveProperty('www-authenticate');
      if (statusCode === 405) expect(headers).toHaveProperty('allow');
    }
  });

  it('is the only source of codes for refusals', () => {
    // @ts-expect-error -- a code that is not registered does not compile
    expect(() => refusal('request.invented')).toThrow();
    const all = new Set<string>([...codes, ...Object.keys(GATEWAY_ERRORS)]);
    const outside = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.startsWith('modules/http/'))
      .flatMap((path) => {
        const text = readFileSync(join(ROOT, 'src', path), 'utf8');
        // A title, a status and a code side by side are a problem that was written by hand.
        return /type: 'about:blank'|title: [^;]*status: \d{3},[^;]*code: /.test(text) ? [path] : [];
      });
    expect(outside).toEqual([]);
    expect(all.size).toBeGreaterThan(35);
  });
});
