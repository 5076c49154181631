import { HealthIndicatorService } from '@nestjs/terminus';
import { answer, defineCodes, healthy, type Check } from '@probity/nest';

const codes = defineCodes(
  { runbook: 'https://shop.example/runbook', target: 'self' },
  { 'shop.open': healthy('The shop is open.') },
);

declare global {
  namespace Probity {
    interface Codes extends Record<keyof typeof codes, true> {}
  }
}

/** A check of the application's own, with a code of its own. */
export class ShopCheck implements Check {
  readonly key = 'shop';
  readonly cadenceMs = 1000;
  readonly deadlineMs = 500;
  readonly counts = 'readiness';
  private readonly indicators = new HealthIndicatorService();

  async run() {
    return answer(this.indicators.check(this.key), 'shop.open');
  }
}
