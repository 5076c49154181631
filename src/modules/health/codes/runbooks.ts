/** The page for whoever is on call. */
export const MONITORING = 'docs/runbooks/production-monitoring.md';
/** The page for whoever runs an app-server. */
export const SUPERVISED_WORKER = 'docs/runbooks/supervised-worker.md';

/** Asks the api, with the address and the token that the pages have put into the shell; `filter` is jq's. */
export const askApi = (path: string, filter?: string): string => ask('PROBITY', path, filter);
/** Asks an execution worker. */
export const askWorker = (path: string, filter?: string): string => ask('WORKER', path, filter);
/** Asks an app-server worker. */
export const askAppServer = (path: string, filter?: string): string => ask('APP_SERVER', path, filter);

function ask(address: string, path: string, filter?: string): string {
  const curl = `curl -sS -H "Authorization: Bearer $OPS_TOKEN" "$${address}${path}" | jq`;
  if (filter === undefined) return curl;
  return `${curl} ${/^[\w.]+$/.test(filter) ? filter : `'${filter}'`}`;
}
