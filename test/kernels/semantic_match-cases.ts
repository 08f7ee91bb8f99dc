/** Agents of a help desk and tasks that each belong to one of them. Written for this test. */
import type { Agent } from '../../src/kernels/semantic_match/manifest.js';

export const AGENTS: readonly Agent[] = [
  { id: 'billing', description: 'Answers questions about invoices, payments, refunds and credit cards.' },
  { id: 'travel', description: 'Books flights, trains and hotels and plans trips to other cities.' },
  { id: 'chef', description: 'Suggests recipes and explains how to cook meals.' },
  { id: 'doctor', description: 'Gives medical advice about symptoms, illness and medicines.' },
  { id: 'programmer', description: 'Writes and debugs software and explains source code and errors.' },
  { id: 'lawyer', description: 'Explains laws, contracts and legal disputes.' },
  { id: 'weather', description: 'Forecasts rain, wind, snow and temperatures.' },
  { id: 'musician', description: 'Teaches songs and how to play instruments such as the piano and guitar.' },
  { id: 'sports', description: 'Reports football matches, scores, teams and tournaments.' },
  { id: 'gardener', description: 'Helps with plants, flowers, vegetables, soil and lawns.' },
  { id: 'astronomer', description: 'Explains stars, planets, galaxies and space missions.' },
  { id: 'teacher', description: 'Helps children with homework and mathematics exercises.' },
];

export const ROUTES: readonly (readonly [task: string, id: string])[] = [
  ['I was charged twice and want my money back.', 'billing'],
  ['Find me a hotel room in Lisbon and a plane there on Friday.', 'travel'],
  ['How long should I boil an egg for breakfast?', 'chef'],
  ['My throat hurts and I have a fever, what should I take?', 'doctor'],
  ['My Python function throws an exception when the list is empty.', 'programmer'],
  ['My landlord broke the rental agreement, can I sue him?', 'lawyer'],
  ['Will it be sunny or stormy tomorrow?', 'weather'],
  ['Which chords do I need for this tune?', 'musician'],
  ['Who won the cup final last night and who scored the goals?', 'sports'],
  ['The leaves of my tomatoes turn yellow.', 'gardener'],
  ['How far away is Jupiter from the sun?', 'astronomer'],
  ['My son does not understand fractions and division.', 'teacher'],
];

/** The best three for every task above: what every engine must give bit by bit. */
export const FIXED_PAYLOAD = { model: 'use-lite', task: ROUTES.map(([task]) => task), agents: AGENTS, k: 3 };

/** SHA-256 of the encoded output for `FIXED_PAYLOAD`, version 1 of the kernel. */
export const FIXED_OUTPUT_SHA256 = 'cfcb2f6af611bb5ed890b643e6275ea06385a7f0e09132bdba502a598d45e032';
