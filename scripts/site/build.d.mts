export interface SiteOptions {
  /** Emptied first. Default: dist/site. */
  readonly outDir?: string;
  readonly root?: string;
}
export function buildSite(options?: SiteOptions): { readonly files: readonly string[] };
