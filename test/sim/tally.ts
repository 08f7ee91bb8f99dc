/** How the tasks of a run ended, as their submitters were told, and how their escrows did. */
import type { Ledger } from '../../src/engine/core/ledger/ledger.js';
import type { Report } from './simulate.js';
import type { Sighting } from './sighting.js';

export class Tally {
  readonly #failures = new Map<string, number>();
  #submitted = 0;
  #done = 0;
  #failed = 0;

  see(sighting: Sighting): void {
    if (sighting.saw === 'step' && sighting.event.on === 'submit') this.#submitted += 1;
    if (sighting.saw !== 'notice') return;
    const { notice } = sighting;
    if (notice.note === 'resolved') this.#done += 1;
    if (notice.note !== 'failed' && notice.note !== 'untaken') return;
    this.#failed += 1;
    this.#failures.set(notice.code, (this.#failures.get(notice.code) ?? 0) + 1);
  }

  report(ledger: Ledger): Pick<Report, 'tasksSubmitted' | 'tasksDone' | 'tasksFailed' | 'failures' | 'escrows'> {
    const settled = [...ledger.entries()].flatMap(({ record }) => (record.kind === 'settle' ? [record] : []));
    const paid = settled.filter(({ pay }) => pay.length > 0).length;
    return {
      tasksSubmitted: this.#submitted, tasksDone: this.#done, tasksFailed: this.#failed,
      failures: Object.fromEntries([...this.#failures].sort(([one], [other]) => (one < other ? -1 : 1))),
      escrows: { paid, refunded: settled.length - paid, open: ledger.openEscrows().length },
    };
  }
}
