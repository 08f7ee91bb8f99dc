export interface Tree {
  exists(path: string): boolean;
  readonly scripts: ReadonlySet<string>;
}
export function brokenReferences(path: string, text: string, tree: Tree): string[];
