import { seats } from '../../../src/engine/core/assignment/ranking.js';
import { hmac, sha256Id, toBase64url, utf8 } from '../../../src/engine/core/encoding.js';
import type { Member } from '../../../src/engine/core/message.js';
import type { Assignment, EscrowRecord, Rec, SettleRecord } from '../../../src/engine/core/record.js';
import type { Sighting } from '../sighting.js';
import type { Invariant } from './invariant.js';

/** Batching, one round of mail and a slow disk. */
const SLACK_MS = 3_000;
/** After a loss of the store, records must come back before anything ends. */
const RECOVERY_MS = 40_000;

interface Escrow {
  readonly record: EscrowRecord;
  readonly assignment: Assignment;
}

/** The certified records as the witness publishes them: escrows with their draw, and settlements. */
function read(sighting: Sighting): { readonly id: string; readonly record: Rec; readonly x: string | undefined } | undefined {
  if (sighting.saw !== 'published' || sighting.value.topic !== 'ledger') return undefined;
  const { b, c } = sighting.value.record;
  return { id: sha256Id(b), record: JSON.parse(b) as Rec, x: c.x };
}

export const escrowsEndOnce: Invariant = {
  id: 'I7',
  claim: 'every escrow ends exactly once, paid or refunded in full, by its deadline',
  watch(world, violated) {
    const open = new Map<string, Escrow>();
    const ended = new Map<string, string>();
    let upSince = 0;
    return {
      see(sighting) {
        if ((sighting.saw === 'up' || sighting.saw === 'wiped') && sighting.by === world.witness.id) upSince = world.now();
        const seen = read(sighting);
        if (!seen) return;
        const { id, record, x } = seen;
        if (record.kind === 'escrow' && !ended.has(id)) open.set(id, { record, assignment: JSON.parse(x!) as Assignment });
        if (record.kind !== 'settle') return;
        const before = ended.get(record.escrow);
        if (before !== undefined && before !== id) violated(`escrow ${record.escrow} ended twice`);
        ended.set(record.escrow, id);
        const escrow = open.get(record.escrow);
        open.delete(record.escrow);
        if (record.pay.length === 0 && record.refund !== record.amount) violated(`escrow ${record.escrow} was neither paid nor refunded in full`);
        if (!escrow) return;
        if (escrow.record.amount !== record.amount || escrow.record.author !== record.submitter) violated(`the settlement of ${record.escrow} is about another amount or submitter`);
        const due = Math.max(escrow.assignment.at + escrow.record.deadline, upSince > escrow.assignment.at ? upSince + RECOVERY_MS : 0);
        if (world.now() > due + SLACK_MS) violated(`escrow ${record.escrow} ended ${world.now() - due} ms late`);
      },
      end() {
        for (const id of open.keys()) violated(`escrow ${id} never ended`);
      },
    };
  },
};

export const rightWorkersPaid: Invariant = {
  id: 'I8',
  claim: 'a slot is paid once, to workers of the recomputed draw that agree and are the majority',
  watch(world, violated) {
    const escrows = new Map<string, Escrow>();
    const secrets = new Map<number, Uint8Array>();
    const rosters = new Map<string, readonly Member[]>();
    const digests = new Map<string, Map<string, string>>();

    function checkDraw(id: string, { record, assignment }: Escrow): void {
      const secret = secrets.get(assignment.epoch);
      const members = rosters.get(assignment.roster);
      if (!secret || !members) return violated(`escrow ${id} was drawn from a secret or roster that nobody knows`);
      const seed = toBase64url(hmac(secret, utf8(id)));
      const drawn = seats(assignment, record, members, world.network.parameters);
      const isTrue = seed === assignment.seed && drawn.length === assignment.ranks.length && drawn.every(({ node }, place) => node === assignment.ranks[place]?.node);
      if (!isTrue) violated(`the draw of escrow ${id} does not follow from seed and roster`);
    }

    function checkPay(settle: SettleRecord, { assignment }: Escrow): void {
      const paid = settle.pay.filter(({ why }) => why === 'work');
      const workers = new Set(paid.map(({ to }) => to));
      if (paid.filter(({ stake }) => !stake).length > workers.size || workers.size > assignment.k) violated(`escrow ${settle.escrow} paid a slot twice`);
      if ([...workers].some((worker) => !assignment.ranks.some(({ node }) => node === worker))) violated(`escrow ${settle.escrow} paid a worker that was not drawn`);
      if (settle.pay.length === 0) return;
      const given = digests.get(settle.escrow) ?? new Map<string, string>();
      const agreeing = settle.slots.filter(({ ok }) => ok).map(({ who }) => given.get(who));
      if (agreeing[0] === undefined || agreeing.some((digest) => digest !== agreeing[0])) violated(`escrow ${settle.escrow} paid workers that disagree`);
      if (agreeing.length <= assignment.k / 2) violated(`escrow ${settle.escrow} paid a minority`);
    }

    return {
      see(sighting) {
        if (sighting.saw === 'written' && sighting.area === 'vault') {
          for (const [key, value] of sighting.writes) if (key.startsWith('secret/') && value instanceof Uint8Array) secrets.set(Number(key.slice('secret/'.length)), value);
        }
        if (sighting.saw !== 'step' || sighting.by !== world.witness.id) {
          const seen = read(sighting);
          if (seen?.record.kind === 'escrow') {
            const escrow = { record: seen.record, assignment: JSON.parse(seen.x!) as Assignment };
            if (!escrows.has(seen.id)) checkDraw(seen.id, escrow);
            escrows.set(seen.id, escrow);
          }
          const escrow = seen?.record.kind === 'settle' ? escrows.get(seen.record.escrow) : undefined;
          if (seen?.record.kind === 'settle' && escrow) checkPay(seen.record, escrow);
          return;
        }
        const { event } = sighting;
        const { roster } = world.witness.state!;
        rosters.set(roster.hash, roster.members);
        if (event.on === 'receipt-read' && event.receipt) {
          const { escrow, worker, digest } = event.receipt;
          const given = digests.get(escrow) ?? new Map<string, string>();
          digests.set(escrow, given.set(worker, digest));
        }
      },
    };
  },
};

export const nobodySlashed: Invariant = {
  id: 'I12',
  claim: 'nobody is slashed',
  watch: (_, violated) => ({
    see(sighting) {
      const record = read(sighting)?.record;
      if (record?.kind === 'settle' && record.slash.length > 0) violated(`escrow ${record.escrow} slashed somebody`);
    },
  }),
};
