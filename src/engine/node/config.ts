/** Defaults of an engine in Node. */
import type { EngineConfig } from '../api.js';
import { isSite, SITE_WANTED } from '../core/texts.js';
import { EdgeNetError } from '../error.js';
import { ASSET_BASE, MODEL_DIR } from './node-platform.js';

export const NODE_DEFAULTS: EngineConfig = {
  siteId: '', ref: '', network: '', relays: [], siteShare: 0.5, contribute: false, cpuLimit: 1, memoryLimitBytes: Number.MAX_SAFE_INTEGER, bandwidthLimitBytes: Number.MAX_SAFE_INTEGER,
  workersMax: Number.MAX_SAFE_INTEGER, tasks: [], local: 'fallback', modelBase: MODEL_DIR, base: ASSET_BASE.href, storage: 'persistent', pauses: [], privateKey: '',
  // A process has no page that could notice any of this.
  focusRequired: false, idleMsMin: 0, whenHidden: 'work', battery: 'ignore', metered: 'allow',
};

/** @throws EdgeNetError `config-invalid` that names the option */
export function nodeConfig(given: Partial<EngineConfig>): EngineConfig {
  const defined = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<EngineConfig>;
  const config = { ...NODE_DEFAULTS, ...defined };
  const share = (name: 'cpuLimit' | 'siteShare'): void => {
    if (!(config[name] >= 0 && config[name] <= 1)) throw new EdgeNetError('config-invalid', `${name} is a share between 0 and 1, not ${config[name]}.`);
  };
  share('cpuLimit');
  share('siteShare');
  for (const name of ['memoryLimitBytes', 'bandwidthLimitBytes'] as const) {
    if (!(config[name] > 0)) throw new EdgeNetError('config-invalid', `${name} is a number of bytes above 0, not ${config[name]}.`);
  }
  for (const name of ['siteId', 'ref'] as const) {
    if (!isSite(config[name])) throw new EdgeNetError('config-invalid', `${name} "${config[name]}" cannot be used. Write ${SITE_WANTED}.`);
  }
  if (!Number.isSafeInteger(config.workersMax) || config.workersMax < 1) throw new EdgeNetError('config-invalid', `workersMax is a whole number of workers, 1 or more, not ${config.workersMax}.`);
  for (const relay of config.relays) {
    if (!URL.canParse(relay) || !/^(wss?|https?):$/u.test(new URL(relay).protocol)) throw new EdgeNetError('config-invalid', `relays has "${relay}", which is no ws:// or wss:// address.`);
  }
  return config;
}
