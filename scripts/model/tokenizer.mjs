/**
 * The encoder's SentencePiece vocabulary (unigram model) in the layout of Hugging Face's `tokenizer.json`.
 * The first six entries are reserved: they get names with a space in them, which no text can spell,
 * since the normaliser replaces every space. Reserved entry 2 pads a batch.
 */

const SPACE = '▁';
const RESERVED = 6;
const UNKNOWN_ID = 0;
const PADDING_ID = 2;
export const TOKENS_MAX = 128;

const reserved = (id) => `<reserved ${id}>`;

/**
 * @param {[string, number][]} vocabulary pieces with their log probabilities
 * @returns {Record<string, unknown>} the files of a model folder, by name
 */
export function tokenizerFiles(vocabulary) {
  const vocab = vocabulary.map(([piece, score], id) => (id < RESERVED ? [reserved(id), 0] : [piece, score]));
  const normalizers = [
    { type: 'NFKC' },
    { type: 'Prepend', prepend: SPACE },
    { type: 'Replace', pattern: { String: ' ' }, content: SPACE },
  ];
  return {
    'tokenizer.json': {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: [],
      normalizer: { type: 'Sequence', normalizers },
      pre_tokenizer: null,
      post_processor: null,
      decoder: { type: 'Metaspace', replacement: SPACE, prepend_scheme: 'always' },
      model: { type: 'Unigram', unk_id: UNKNOWN_ID, vocab },
    },
    'tokenizer_config.json': {
      tokenizer_class: 'PreTrainedTokenizerFast',
      model_max_length: TOKENS_MAX,
      pad_token: reserved(PADDING_ID),
      unk_token: reserved(UNKNOWN_ID),
      clean_up_tokenization_spaces: false,
    },
  };
}
