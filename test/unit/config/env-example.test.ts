import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseSettings, settingsShape } from '../../../src/modules/config/index.js';

const lines = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8').split('\n');
const entries = lines.flatMap((line, index) => {
  const match = /^(# )?([A-Z][A-Z0-9_]+)=(.*)$/.exec(line);
  if (match?.[2] === undefined) return [];
  return [
    { name: match[2], set: match[1] === undefined, value: match[3] ?? '', above: lines[index - 1] ?? '' },
  ];
});
const stated = Object.fromEntries(entries.filter(({ set }) => set).map(({ name, value }) => [name, value]));

describe('.env.example', () => {
  it('lists every setting of the schema once, and nothing else', () => {
    expect(entries.map(({ name }) => name).sort()).toEqual(Object.keys(settingsShape).sort());
  });

  it('says the default of every setting that has one', () => {
    const { settings } = parseSettings({});
    const withDefault = Object.entries(settingsShape)
      .filter(([, schema]) => schema.parse(undefined) !== undefined)
      .map(([name]) => name);
    expect(Object.keys(stated).sort()).toEqual(withDefault.sort());
    expect(parseSettings(stated).settings).toEqual(settings);
  });

  it('describes every setting in the line above it', () => {
    for (const { name, above } of entries)
      expect([name, above]).toEqual([name, expect.stringMatching(/^# .{10,}/)]);
  });

  it('raises no problem but the secret that it leaves to its reader', () => {
    expect(parseSettings(stated).problems.map(({ name }) => name)).toEqual(['AUTH_SECRET']);
  });
});
