import type { EdgeNetError } from '../../engine/index.js';

/** By name, not by class: the bundles on one page and their shared chunks each bring a class of their own. */
export function isEdgeNetError(error: unknown): error is EdgeNetError {
  return error instanceof Error && error.name === 'EdgeNetError';
}
