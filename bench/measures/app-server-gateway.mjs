// What the gateway adds to each streamed token, against speaking JSON-RPC to codex directly: same codex, same
// provider, in turns. A token carries the moment at which the provider wrote it, so its age on arrival is known.
import { codex, codexHome, codexSettings, completeThroughGateway, directCodex } from '../lib/codex.mjs';
import { median, quantile, shown } from '../lib/numbers.mjs';
import { cpuMs, startServer } from '../lib/processes.mjs';
import { becomes } from './detection.mjs';

/** As fast as a quick model speaks. */
const TOKEN_EVERY_MS = 10;
const AIM_MS = 1;

export async function gateway({ platform, plan, say }) {
  if (codex === undefined) {
    say('gateway: not measured, codex is not installed (node scripts/install-codex.mjs)');
    return { rows: [], aims: [] };
  }
  const home = codexHome();
  const closers = [() => home.remove()];
  try {
    const provider = await startServer('bench/servers/responses-provider.mjs', {});
    closers.push(() => provider.stop());
    const worker = await startServer('dist/workers/app-server.worker.js', {
      portName: 'APP_SERVER_PORT',
      env: {
        ...platform.env,
        ...codexSettings(provider.url),
        PROXY_USE_APP_SERVER: 'true',
        CODEX_HOME: home.dir,
      },
    });
    closers.push(() => worker.stop());
    await becomes(`${worker.url}/readyz`, 200);
    const direct = await directCodex(provider.url);
    closers.push(() => direct.stop());
    const { API_TOKEN } = platform.env;
    const ways = [
      { name: 'JSON-RPC to codex', complete: (text, hear) => direct.complete(text, hear) },
      {
        name: 'Probity gateway, SSE',
        pid: worker.pid,
        complete: (text, hear) => completeThroughGateway(worker.url, API_TOKEN, text, hear),
      },
    ];
    return results(await rounds(ways, plan, say));
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

async function rounds(ways, plan, say) {
  const rows = ways.map(({ name }) => ({ name, agesMs: [], microsPerToken: [], cpuMicros: [] }));
  for (const { complete } of ways) await streamed(complete, 20, 0);
  for (let round = 1; round <= plan.gatewayRounds; round++) {
    say(`gateway, round ${round} of ${plan.gatewayRounds}`);
    for (const [index, { complete, pid }] of ways.entries()) {
      const paced = await streamed(complete, plan.tokens, TOKEN_EVERY_MS);
      rows[index].agesMs.push(paced.map(({ sentAt, at }) => at - sentAt));
      const cpuBefore = pid && cpuMs(pid);
      const fast = await streamed(complete, plan.fastTokens, 0);
      if (cpuBefore !== undefined) {
        rows[index].cpuMicros.push(((cpuMs(pid) - cpuBefore) / plan.fastTokens) * 1000);
      }
      const tookMs = fast.at(-1).at - fast[0].sentAt;
      rows[index].microsPerToken.push((tookMs / plan.fastTokens) * 1000);
    }
  }
  return rows;
}

/** Every token of one turn: when it was written and when it came. A piece may hold several. */
async function streamed(complete, count, everyMs) {
  const tokens = [];
  await complete(`stream ${count} every ${everyMs}`, (text) => {
    const at = Number(process.hrtime.bigint()) / 1e6;
    for (const word of text.split(' ').filter(Boolean)) tokens.push({ sentAt: Number(word), at });
  });
  if (tokens.length !== count) throw new Error(`${tokens.length} of ${count} tokens came`);
  return tokens;
}

function results(rows) {
  const shownRows = rows.map(({ name, agesMs, microsPerToken, cpuMicros }) => ({
    name,
    p50Ms: median(agesMs.map((ages) => quantile(ages, 0.5))),
    p99Ms: median(agesMs.map((ages) => quantile(ages, 0.99))),
    microsPerToken: median(microsPerToken),
    cpuMicros: median(cpuMicros),
  }));
  const [direct, through] = shownRows;
  const overhead = {
    name: 'the gateway adds',
    p50Ms: through.p50Ms - direct.p50Ms,
    p99Ms: through.p99Ms - direct.p99Ms,
  };
  const aim = {
    what: 'gateway: added to a streamed token (p50)',
    aim: `< ${AIM_MS} ms`,
    seen: `${shown(overhead.p50Ms, 2)} ms`,
    reached: overhead.p50Ms < AIM_MS,
  };
  return { rows: [...shownRows, overhead], aims: [aim] };
}

export const gatewayTable = {
  title: `The gateway, per streamed token (one each ${TOKEN_EVERY_MS} ms, then as fast as they go)`,
  columns: [
    ['spoken to', (row) => row.name],
    ['age on arrival ms (p50)', (row) => shown(row.p50Ms, 2)],
    ['p99', (row) => shown(row.p99Ms, 2)],
    ['µs per token at full speed', (row) => shown(row.microsPerToken)],
    ['CPU µs of the worker', (row) => shown(row.cpuMicros)],
  ],
};
