import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { VERSION } from '../../../packages/worker/src/version.js';

const manifest = JSON.parse(
  readFileSync(new URL('../../../packages/worker/package.json', import.meta.url), 'utf8'),
) as { readonly version: string; readonly dependencies?: object };

describe('@probity/worker', () => {
  it('says in heartbeats which version it is', () => {
    expect(VERSION).toBe(manifest.version);
  });

  it('brings nothing along', () => {
    expect(manifest.dependencies ?? {}).toEqual({});
  });
});
