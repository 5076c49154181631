export const HELP: string;
export function parseArguments(
  args: readonly string[],
): { command: 'up' | 'detach' | 'status' | 'stop' | 'help'; json: boolean } | { error: string };
