import { describe, expect, it } from '@jest/globals';
import { IncidentQueue, type Incident } from '../../../src/modules/database/incident-queue.js';

const incident = (id: string): Incident => ({
  id,
  check: 'queue',
  from: 'pass',
  to: 'fail',
  code: 'check.down',
  message: '',
  at: 0,
  lastedMs: 0,
});
const ids = (queue: IncidentQueue) => queue.next(10).map(({ id }) => id);

describe('the queue of incidents', () => {
  it('keeps what was taken until it is written', () => {
    const queue = new IncidentQueue(3);
    for (const id of ['a', 'b', 'c']) queue.add(incident(id));
    const batch = queue.next(2);
    expect(ids(queue)).toEqual(['a', 'b', 'c']);
    queue.written(batch);
    expect(ids(queue)).toEqual(['c']);
  });

  it('loses the oldest when it is full, and counts them', () => {
    const queue = new IncidentQueue(2);
    for (const id of ['a', 'b', 'c']) queue.add(incident(id));
    expect(ids(queue)).toEqual(['b', 'c']);
    expect(queue.lost).toBe(1);
  });

  it('keeps what came while others were being written and pushed out', () => {
    const queue = new IncidentQueue(2);
    for (const id of ['a', 'b']) queue.add(incident(id));
    const batch = queue.next(2);
    queue.add(incident('c'));
    queue.written(batch);
    expect(ids(queue)).toEqual(['c']);
  });
});
