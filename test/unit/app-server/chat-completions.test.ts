import { describe, expect, it } from '@jest/globals';
import { Gauge } from 'prom-client';
import type { AppServer } from '../../../src/modules/app-server/app-server.service.js';
import { type ChildRedact } from '../../../src/modules/app-server/child/child-redact.js';
import { ChatCompletions } from '../../../src/modules/app-server/gateway/chat-completions.service.js';
import type { CompletionRequest } from '../../../src/modules/app-server/gateway/completion-request.js';
import { parseSettings } from '../../../src/modules/config/parse-settings.js';
import { Board, Lifecycle } from '../../../src/modules/health/index.js';
import { appServerOptions } from '../../../src/options/index.js';

/** A child that advertises these models, with the models that its settings and ours name. */
function completions(advertised: string[], named: { byCodex?: string; bySetting?: string } = {}) {
  const appServer = {
    models: advertised.map((id) => ({ id, isDefault: id === 'large' })),
    session: { configuredModel: async () => named.byCodex ?? null },
    current: { readiness: { ready: true, reason: 'handshake_complete' } },
  } as unknown as AppServer;
  const options = appServerOptions(
    parseSettings(named.bySetting === undefined ? {} : { APP_SERVER_MODEL: named.bySetting }),
  );
  return new ChatCompletions(
    options,
    {} as ChildRedact,
    appServer,
    new Lifecycle(new Board()),
    new Gauge({ name: 'g', help: 'g', registers: [] }),
  );
}

const asking = (model: string | null) => ({ model }) as CompletionRequest;

describe('the models of the gateway', () => {
  it('are what the child advertises', async () => {
    expect(await completions(['small', 'large']).models()).toEqual(['small', 'large']);
  });

  it('begin with the configured one, which the child takes though it may not advertise it', async () => {
    expect(await completions(['small'], { bySetting: 'own' }).models()).toEqual(['own', 'small']);
    expect(await completions(['small'], { byCodex: 'codex' }).models()).toEqual(['codex', 'small']);
    expect(await completions(['small'], { byCodex: 'codex', bySetting: 'own' }).models()).toEqual([
      'own',
      'small',
    ]);
  });

  it('name the configured one once when it is advertised too', async () => {
    expect(await completions(['small', 'large'], { bySetting: 'large' }).models()).toEqual([
      'small',
      'large',
    ]);
  });
});

describe('the model that a request gets', () => {
  it.each([
    ['the one that it names, when the child advertises it', 'small', {}, 'small'],
    ['the configured one, when it names that', 'own', { bySetting: 'own' }, 'own'],
    ['the configured one, when it names none', null, { bySetting: 'own' }, 'own'],
    ['the default of the child, when nothing else names one', null, {}, 'large'],
  ])('is %s', async (_what, model, named, expected) => {
    expect(await completions(['small', 'large'], named).modelOf(asking(model))).toBe(expected);
  });

  it('is the first when none is the default', async () => {
    expect(await completions(['small', 'tiny']).modelOf(asking(null))).toBe('small');
  });

  it('is none when nobody knows the one that it names, or no model is known at all', async () => {
    await expect(completions(['small']).modelOf(asking('other'))).rejects.toMatchObject({
      name: 'GatewayError',
    });
    await expect(completions([]).modelOf(asking(null))).rejects.toMatchObject({ name: 'GatewayError' });
  });
});
