export { Liveness, type LivenessState, type LivenessVeto } from './liveness.js';
export { livezAnswer, type LivezAnswer } from './livez.js';
