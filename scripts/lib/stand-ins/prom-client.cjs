// In the bundle of @probity/nest this stands for prom-client: that of the application, whose registry ours go to, and
// where there is none metrics that nobody reads.
// Not by its name, for the bundler would look for it.
const load = require;

class Unread {
  inc() {}
  dec() {}
  set() {}
  observe() {}
  remove() {}
  reset() {}
  labels() {
    return this;
  }
  startTimer() {
    return () => 0;
  }
}

try {
  module.exports = load('prom-client');
} catch (error) {
  if (error.code !== 'MODULE_NOT_FOUND') throw error;
  const register = {
    getMetricsAsArray: () => [],
    registerMetric() {},
    getSingleMetric: () => undefined,
    removeSingleMetric() {},
    metrics: async () => '',
    clear() {},
  };
  const kinds = { Counter: Unread, Gauge: Unread, Histogram: Unread, Summary: Unread };
  module.exports = { ...kinds, register, collectDefaultMetrics() {} };
}
