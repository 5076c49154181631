export { healthJsonView } from './health-json.view.js';
export { render, toTemplate, type LiveTemplate, type RenderMoment } from './live-template.js';
export { productionHealthView } from './production-health.view.js';
export { asStarting, STARTING_MS } from './starting.js';
export { productionReadyView } from './production-ready.view.js';
export { queueHeartbeatView } from './queue-heartbeat.view.js';
export { healthzView, readyzCheckView, readyzView } from './readyz.view.js';
export { textView } from './text.view.js';
export type { Audience, ProcessSample, Scope, ServiceIdentity, View, ViewContext } from './view.js';
