/** Whether a node may contribute here and now. Looks, and changes nothing. */
import { EdgeNetError } from '../../engine/index.js';
import type { Settings } from '../node/config.js';
import { failed, resting, type Standing } from '../node/node-state.js';
import type { Answer } from './visitor.js';

/** Shorter side of the largest phones, in CSS pixels. */
const PHONE_PX = 500;

export function standingOf(settings: Settings, answer: Answer | undefined): Standing {
  const { engine, consent } = settings;
  if (!isSecureContext) return failed('unsupported', new EdgeNetError('insecure-context', 'A node needs a secure page. Serve it over https, or from localhost.'));
  if (typeof Worker === 'undefined' || typeof WebAssembly === 'undefined') {
    return failed('unsupported', new EdgeNetError('unsupported', 'This browser has no workers or no WebAssembly. Use a current version of it.'));
  }
  if (engine.relays.length === 0 && !engine.network && engine.local !== 'only') return resting('unconfigured');
  if (!settings.embedded && inForeignFrame()) return resting('paused', 'embedded');
  if (!settings.mobile && onPhone()) return resting('paused', 'mobile');
  // A visitor's no outweighs a consent the site holds.
  if (consent === 'denied' || answer === 'denied') return resting('declined');
  if (consent === 'granted' || answer === 'granted') return { kind: 'contributing' };
  return privacyControl() ? resting('awaiting-consent', 'gpc') : resting('awaiting-consent');
}

/** Global Privacy Control: the visitor does not want to be asked. */
export function privacyControl(): boolean {
  return (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true;
}

function inForeignFrame(): boolean {
  try {
    return top !== null && top !== window && !top.location.origin;
  } catch {
    return true;
  }
}

/** What says so itself, or has a small screen and no mouse: a phone that asks for desktop sites says that it is none. */
function onPhone(): boolean {
  const { userAgentData, userAgent } = navigator as Navigator & { userAgentData?: { mobile: boolean } };
  return (userAgentData?.mobile ?? /\bMobi/u.test(userAgent)) || (matchMedia('(pointer:coarse)').matches && Math.min(screen.width, screen.height) < PHONE_PX);
}
