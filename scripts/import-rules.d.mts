export function violations(sources: ReadonlyMap<string, string>): string[];
export function readSources(): Promise<Map<string, string>>;
