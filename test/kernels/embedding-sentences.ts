/** Twenty pairs: each statement's nearest neighbour among the paraphrases is its own. Written for this test. */
export const PAIRS: readonly (readonly [string, string])[] = [
  ['The cat is sleeping on the sofa.', 'A kitten naps on the couch.'],
  ['The stock market fell sharply today.', 'Share prices dropped a lot this afternoon.'],
  ['How do I reset my password?', 'I forgot my login credentials, what should I do?'],
  ['It is raining heavily outside.', 'There is a downpour and the streets are wet.'],
  ['She cooked pasta for dinner.', 'Her evening meal was spaghetti.'],
  ['The football team won the championship.', 'Our soccer club took the title.'],
  ['Scientists discovered a new planet.', 'Astronomers found an unknown world orbiting a star.'],
  ['The train to Berlin is delayed.', 'The railway service to the German capital runs late.'],
  ['He plays the guitar in a band.', 'He is a musician who performs with a rock group.'],
  ['The doctor prescribed some medicine.', 'The physician gave the patient a drug to take.'],
  ['My laptop battery does not last long.', 'The computer runs out of power too quickly.'],
  ['They bought a house near the beach.', 'The couple purchased a home by the sea.'],
  ['The students are preparing for the exam.', 'Pupils study hard before their test.'],
  ['The movie was boring and too long.', 'That film dragged on and was dull.'],
  ['The company hired fifty engineers.', 'The firm recruited many new technical employees.'],
  ['Vaccines protect children from disease.', 'Immunisation keeps kids healthy.'],
  ['The president gave a speech to the nation.', 'The head of state addressed the country.'],
  ['The river flooded the village.', 'Water overflowed its banks and covered the small town.'],
  ['I would like to book a table for two.', 'Can we reserve a place at the restaurant this evening?'],
  ['Electric cars are better for the environment.', 'Battery powered vehicles pollute less.'],
];

/**
 * One batch in one order, whose output every engine must give bit by bit: short, long (over 128 tokens),
 * repeated, accented, without a known character, a name the vocabulary reserves, a compatibility form.
 */
export const FIXED_BATCH: readonly string[] = [
  'hello world',
  'The quick brown fox jumps over the lazy dog.',
  'hello world',
  'Café naïve résumé, déjà vu!',
  '量子コンピュータ 🚀',
  'ﬁne ² Ａ',
  '</s> extra_token_id_1',
  '  two leading spaces',
  'word '.repeat(300).trim(),
  'x',
];

/** SHA-256 of the little-endian float32 output for `FIXED_BATCH` with `use-lite`, version 1 of the kernel. */
export const FIXED_BATCH_SHA256 = '1d104eb9f890d13f7e1c72752e30323c0fc780f19f8f30bbbdc2a0368846f8cb';
