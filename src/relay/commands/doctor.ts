/** `edge-net doctor`: what works here, at a relay and on a page, what does not, and the fix. Ends with 1 when something fails. */
import { EdgeNetError } from '../../engine/error.js';
import { examinePage, type PageReport } from '../doctor/examine-page.js';
import { examineRelay } from '../doctor/examine-relay.js';
import type { Finding } from '../doctor/finding.js';
import { examineHere } from '../doctor/here.js';
import { printJson, say } from './output.js';

export interface DoctorCommand {
  readonly relay?: readonly string[];
  readonly network?: string;
  readonly page?: string;
  readonly data: string;
  readonly json?: boolean;
}

export async function runDoctor({ relay: relays = [], network, page, data, json = false }: DoctorCommand): Promise<void> {
  if (page !== undefined && !/^https?:/u.test(page)) throw new EdgeNetError('config-invalid', `--page "${page}" is no http(s) address.`);
  const report: PageReport = page === undefined ? { findings: [], header: '', relays: [] } : await examinePage(page, relays);
  const { origin } = report;
  const asked = [...new Set([...relays, ...report.relays])].map((relay) => examineRelay({ relay, ...(network === undefined ? {} : { network }), ...(origin === undefined ? {} : { origin }) }));
  const findings = [...(await examineHere(data)), ...(await Promise.all(asked)).flat(), ...report.findings];
  tell(findings, report.header);
  const ok = findings.every((finding) => finding.ok);
  if (json) printJson({ ok, findings, header: report.header });
  process.exitCode = ok ? 0 : 1;
}

function tell(findings: readonly Finding[], header: string): void {
  for (const { about, check, ok, found, fix } of findings) {
    say(`${ok ? 'ok  ' : 'FAIL'} ${about.padEnd(5)} ${check.padEnd(15)} ${found}`);
    if (!ok) say(`     ${' '.repeat(21)} ${fix}`);
  }
  if (header) say(`\nSend this in place of the page's own policy:\n\n${header}\n`);
  const failed = findings.filter(({ ok }) => !ok).length;
  say(failed === 0 ? 'All is well.' : `${failed} of ${findings.length} need attention.`);
}
