export { DRAINED, forecast, isReached, type Forecast, type Target } from './forecast.policy.js';
export { nextOutlook, startOutlook, type Outlook, type Question } from './outlook.state.js';
export {
  QUARTER_OF_AN_HOUR,
  startSeries,
  watchedMs,
  withSample,
  type Sample,
  type Series,
  type Watching,
} from './series.state.js';
export { WATCHING } from './watching.js';
export { bytesInWords, inWords, rateInWords, timeInWords } from './words.policy.js';
