/** Of the badge alone. */
export const BADGE = {
  'status.stop': 'Stop',
  'status.badge': 'Sharing computing power',
  'status.badge.limit': 'This site started it. It uses up to {limit} of this tab’s share of your processor.',
} as const;
