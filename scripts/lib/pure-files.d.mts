export function pureFiles(root: string): string[];
export function testOf(file: string): string;
