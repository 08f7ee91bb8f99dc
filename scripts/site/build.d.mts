export interface SiteOptions {
  /** Emptied first. Default: dist/site. */
  readonly outDir?: string;
  readonly root?: string;
  /** The built package, whose files the pages name. Default: dist. */
  readonly dist?: string;
}
export function buildSite(options?: SiteOptions): { readonly files: readonly string[] };
