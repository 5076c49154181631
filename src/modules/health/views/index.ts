export { healthJsonView } from './health-json.view.js';
export { render, toTemplate, type LiveTemplate, type RenderMoment } from './live-template.js';
export { asStarting, STARTING_MS } from './starting.js';
export { healthzView, readyzCheckView, readyzView } from './readyz.view.js';
export { textView } from './text.view.js';
export type { Audience, ProcessSample, Scope, ServiceIdentity, View, ViewContext } from './view.js';
