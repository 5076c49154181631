// Turns the records of test/faults/harness/records.ts into a table for people, and into docs/faults.md.
const HEAD = ['fault', 'what', 'expected', 'seen', 'detected', 'recovered', 'plain check'];

const yesNo = (ready) => (ready ? 'y' : 'n');
const expectedOf = ({ ready, heartbeat, health, code, restart, target }) =>
  `${yesNo(ready)} / ${heartbeat ?? '-'} / ${health}, ${code}, restart of ${target} ${restart}`;
const within = (ms, limitMs) => `${seconds(ms)} of ${seconds(limitMs)}`;
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

function cells(record) {
  const { id, title } = record;
  if (record.outcome !== 'seen') {
    return [id, title, '', `${record.outcome}: ${record.why.split('\n')[0]}`, '', '', ''];
  }
  const { expected, seen, detectedMs, detectWithinMs, recoveredMs, recoverWithinMs, naive } = record;
  return [
    id,
    title,
    expectedOf(expected),
    seen.code ?? 'nothing',
    within(detectedMs, detectWithinMs),
    within(recoveredMs, recoverWithinMs),
    naive,
  ];
}

/** For a terminal: columns of equal width. */
export function asTable(records) {
  const rows = [HEAD, ...records.map(cells)];
  const widths = HEAD.map((_, column) => Math.min(78, Math.max(...rows.map((row) => row[column].length))));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.slice(0, widths[column]).padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** docs/faults.md. */
export function asDocument({ at, tookMs, machine, records, survival }) {
  const line = (row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const shown = records.filter(({ outcome }) => outcome === 'seen');
  const lies = shown.filter(({ naive }) => naive === 'lies').length;
  const witnesses = shown.filter(({ witness }) => witness !== null);
  const facts = Object.entries(machine).map(([name, value]) => `- ${name}: ${value}`);
  return `# Faults, injected and seen

Each row was injected into a whole platform in production (api, worker, Redis, PostgreSQL, a provider, all real),
waited for on every endpoint at once, healed, and recovered from. \`npm run faults -- --write\` made this page on
${at.slice(0, 10)}, in ${Math.round(tookMs / 60_000)} minutes; \`npm run faults A8 C\` repeats one row or one section.

${facts.join('\n')}

Of ${records.length} rows, ${shown.length} were seen with the right reason. The plain check (Terminus with a Redis
PING and a SELECT 1 in the request, and the process being up), asked at the same moment, called ${lies} of them well.

- expected: ready (\`/readyz\` and \`/api/production/ready\`) / heartbeat / health, then the code, and what restarting
  its target would do. A dash: the catalogue says nothing of it.
- Section F is about the child that an app-server worker supervises: asked are that worker's own \`/readyz\`,
  \`/healthz\` and \`/livez\`, and the plain check is whether the child's process is up. The supervisor mends most of
  it by itself, so recovery counts from the moment at which it was seen.
- detected: from the moment at which it can be seen to the moment at which all endpoints say so with this code.
- recovered: from the moment of healing to the moment at which everything passes again.
- Timeouts are set to seconds here (heartbeat timeout, wedged and job-stuck limits 3 s instead of 30 s, 30 s and
  15 min), so that what only waiting proves is proven soon.
- Between them the rows wait for each other's processes on the cores named above: 4 s of grace beyond the limits is
  no failure of a test, and the figures are as they were measured.
- C4 gives the advice of C5: seen from Redis, a worker that is cut off and one that is frozen are the same.

${line(HEAD)}
${line(HEAD.map(() => '---'))}
${records.map((record) => line(cells(record))).join('\n')}

Where something else than a look of the board is the only witness:

${[...new Set(witnesses.map(({ id, witness }) => `- ${id}: ${witness}`))].join('\n')}
${survival === null ? '' : survived(survival)}`;
}

function survived({ durationMs, rate, seed, asked, accepted, refused, kills, ended, ...rest }) {
  const words = (counts) =>
    Object.entries(counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
  const { lost, withoutEffect, recordedTwice, ranThoughRefused, repeatedEffects, settledMs } = rest;
  return `
## Survival

For ${durationMs / 1000} s, ${rate} executions a second were asked for while processes were killed with -9 at random
(${words(kills)}). Repeat it with \`npm run survival -- ${durationMs / 1000} --seed=${seed}\`; without arguments it
takes five minutes and another order.

- asked: ${asked}; accepted: ${accepted}; refused with 503, and to be asked again: ${refused}
- ended: ${words(ended)}; lost: ${lost.length}
- succeeded without their effect: ${withoutEffect.length}; recorded twice: ${recordedTwice.length}; run though refused: ${ranThoughRefused.length}
- effects that happened more than once, the price of "at least once": ${repeatedEffects}
- all had ended ${seconds(settledMs)} after the last kill
`;
}
