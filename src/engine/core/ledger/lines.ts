/** What each record moves (PROTOCOL 2, `lines`). Every record conserves value by itself, so the order of a sum cannot matter. */
import type { Parameters } from '../network.js';
import type { Epoch, NodeId, Pay, Rec } from '../record.js';

export type Line =
  /** Free credits that mature at an epoch; what is spent leaves at epoch 0, at once. */
  | { readonly pool: 'free'; readonly account: NodeId; readonly amount: number; readonly at: Epoch }
  | { readonly pool: 'escrowed' | 'staked'; readonly account: NodeId; readonly amount: number }
  | { readonly pool: 'burned' | 'minted' | 'granted'; readonly amount: number };

export type Maturity = Pick<Parameters, 'pendingEpochs' | 'unbondEpochs'>;

export function lines(record: Rec, maturity: Maturity): Line[] {
  switch (record.kind) {
    case 'open':
    case 'name':
    case 'hold':
      return [];
    case 'escrow':
    case 'collection':
      return [free(record.author, -record.amount), held('escrowed', record.author, record.amount)];
    case 'transfer':
      return [free(record.author, -record.amount), free(record.to, record.amount, record.epoch)];
    case 'bond':
      return [free(record.author, -record.amount), held('staked', record.author, record.amount)];
    case 'unbond':
      return [held('staked', record.author, -record.amount), free(record.author, record.amount, record.epoch + maturity.unbondEpochs)];
    case 'settle':
      return [
        held('escrowed', record.submitter, -record.amount),
        free(record.submitter, record.refund, record.epoch),
        { pool: 'burned', amount: record.burn },
        ...paid(record.pay, record.epoch + maturity.pendingEpochs),
        ...minted(record.mint, record.epoch + maturity.pendingEpochs),
        ...record.slash.flatMap(({ who, amount }): Line[] => [held('staked', who, -amount), { pool: 'burned', amount }]),
      ];
    case 'uptime':
      return minted(record.mint, record.epoch + maturity.pendingEpochs);
    case 'rent':
      return [
        held('escrowed', record.owner, -record.amount),
        { pool: 'burned', amount: record.burn },
        ...paid(record.pay, record.epoch + maturity.pendingEpochs),
      ];
    case 'release':
      return [held('escrowed', record.owner, -record.amount), free(record.owner, record.amount, record.epoch)];
    case 'grant':
      return [{ pool: 'granted', amount: record.amount }, free(record.account, record.amount)];
  }
}

function free(account: NodeId, amount: number, at: Epoch = 0): Line {
  return { pool: 'free', account, amount, at };
}

function held(pool: 'escrowed' | 'staked', account: NodeId, amount: number): Line {
  return { pool, account, amount };
}

function paid(pay: readonly Pay[], at: Epoch): Line[] {
  return pay.map(({ to, amount, stake }) => (stake ? held('staked', to, amount) : free(to, amount, at)));
}

function minted(mint: readonly Pay[], at: Epoch): Line[] {
  return mint.length === 0 ? [] : [{ pool: 'minted', amount: mint.reduce((sum, { amount }) => sum + amount, 0) }, ...paid(mint, at)];
}
