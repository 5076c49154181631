export function unsuitableNode(version?: string, range?: string): string | undefined;
