/**
 * A text-generation model of some kilobytes, as transformers.js loads one: ONNX graph, tokenizer, configuration. It knows which word
 * follows which, and nothing else: its logits are rows of one table. Bytes are written by hand, since nothing here writes ONNX.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const END = '<end>';
const UNKNOWN = '<unknown>';
/** Of the word that follows; all others have 0. */
const LOGIT = 20;

/** Protocol Buffers' wire format: field number and type, then the value. */
const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))]);
const int = (field: number, value: number): number[] => [...varint(field * 8), ...varint(value)];
const bytes = (field: number, value: Iterable<number>): number[] => {
  const body = [...value];
  return [...varint(field * 8 + 2), ...varint(body.length), ...body];
};
const text = (field: number, value: string): number[] => bytes(field, Buffer.from(value));

const FLOAT = 1;
const INT64 = 7;

/** ValueInfoProto. Numbers are fixed dimensions, words are names of those that vary. */
function value(name: string, type: number, shape: readonly (string | number)[]): number[] {
  const dims = shape.flatMap((dim) => bytes(1, typeof dim === 'number' ? int(1, dim) : text(2, dim)));
  return [...text(1, name), ...bytes(2, bytes(1, [...int(1, type), ...bytes(2, dims)]))];
}

/** ModelProto: logits = Gather(table, input_ids). */
function graph(table: Float32Array, size: number): Uint8Array {
  const gather = [...text(1, 'table'), ...text(1, 'input_ids'), ...text(2, 'logits'), ...text(4, 'Gather')];
  const tensor = [...int(1, size), ...int(1, size), ...int(2, FLOAT), ...text(8, 'table'), ...bytes(9, new Uint8Array(table.buffer))];
  const body = [
    ...bytes(1, gather),
    ...text(2, 'tiny'),
    ...bytes(5, tensor),
    ...bytes(11, value('input_ids', INT64, ['batch', 'sequence'])),
    ...bytes(12, value('logits', FLOAT, ['batch', 'sequence', size])),
  ];
  return Uint8Array.from([...int(1, 8), ...bytes(7, body), ...bytes(8, int(2, 13))]);
}

/**
 * Writes a model that goes on from the prompt's last word, along `words`.
 * @param isEndless goes round instead of ending
 */
export async function writeTinyGenerator(folder: string, words: readonly string[], isEndless = false): Promise<void> {
  const vocabulary = [END, UNKNOWN, ...new Set(words)];
  const size = vocabulary.length;
  const idOf = (word: string): number => vocabulary.indexOf(word);
  const table = new Float32Array(size * size);
  const follow = (word: string, next: string): void => void (table[idOf(word) * size + idOf(next)] = LOGIT);
  words.forEach((word, at) => follow(word, words[at + 1] ?? (isEndless ? words[0]! : END)));
  const special = (content: string): object => ({ id: idOf(content), content, special: true, single_word: false, lstrip: false, rstrip: false, normalized: false });
  const config = { model_type: 'gpt2', architectures: ['GPT2LMHeadModel'], vocab_size: size, n_layer: 0, n_head: 1, n_embd: 1, eos_token_id: 0, 'transformers.js_config': { dtype: 'fp32' } };
  const tokenizer = {
    version: '1.0',
    added_tokens: [special(END), special(UNKNOWN)],
    normalizer: null,
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: null,
    model: { type: 'WordLevel', vocab: Object.fromEntries(vocabulary.map((word, id) => [word, id])), unk_token: UNKNOWN },
  };
  const files = {
    'config.json': config,
    'generation_config.json': { eos_token_id: 0 },
    'tokenizer.json': tokenizer,
    'tokenizer_config.json': { tokenizer_class: 'PreTrainedTokenizerFast', eos_token: END, unk_token: UNKNOWN, clean_up_tokenization_spaces: false },
  };
  await mkdir(join(folder, 'onnx'), { recursive: true });
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(folder, name), JSON.stringify(content))));
  await writeFile(join(folder, 'onnx/model.onnx'), graph(table, size));
}
