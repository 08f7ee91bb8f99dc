/**
 * The sentence encoders the network knows by name. A profile pins everything that decides the output's
 * bytes; changing one means a new `version` in the manifest.
 *
 * Layout and files are those that transformers.js loads. `use-lite` is made by scripts/build-model.mjs. The others are
 * files of public repositories, byte for byte, at the revisions named below; who serves them passes a `model-base`.
 */

export interface ModelFile {
  /** Path below the model's folder. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface ModelProfile {
  /** How one vector is made of the token vectors: the first one, or their mean. */
  readonly pooling: 'cls' | 'mean';
  readonly dims: number;
  /** Longer texts are cut here. */
  readonly tokensMax: number;
  /** Tokens of one call, padding included: about 130 reference milliseconds between two breaths. */
  readonly batchTokensMax: number;
  /** Chooses the weights file in transformers.js' naming: `q8` is `model_quantized.onnx`. */
  readonly dtype: 'q8' | 'fp32';
  /** Reference work of one token, in fuel units (about a microsecond of the reference machine). */
  readonly fuelPerToken: number;
  readonly files: readonly ModelFile[];
}

const USE_LITE: ModelProfile = {
  pooling: 'cls',
  dims: 512,
  tokensMax: 128,
  batchTokensMax: 256,
  dtype: 'q8',
  fuelPerToken: 500,
  files: [
    { path: 'config.json', bytes: 100, sha256: 'e90f828a7ce5f9f23006acb6c032dcb93090dbcf6fde44329b02d24e5ea0d86e' },
    { path: 'tokenizer.json', bytes: 218_737, sha256: '26cb2457678b26051eac5471ca0fbd6695b7f285c60c42f3d8d03e2ec4047e08' },
    { path: 'tokenizer_config.json', bytes: 160, sha256: '6b8aa51b783b08235bbcdd5ed35649d2cdcb1afe863679cac07e0876468106f7' },
    { path: 'onnx/model_quantized.onnx', bytes: 7_087_964, sha256: 'a42ee54d8a4988b38e2c4d11a961cba2a6f62c40667f04a87289badbedcc5517' },
  ],
};

/** Both BERT exports below carry the same file, word for word. */
const BERT_TOKENIZER_CONFIG: ModelFile = {
  path: 'tokenizer_config.json',
  bytes: 366,
  sha256: '9261e7d79b44c8195c1cada2b453e55b00aeb81e907a6664974b4d7776172ab3',
};

/**
 * all-MiniLM-L6-v2, 6 layers of 384, Apache-2.0.
 * Source: https://huggingface.co/Xenova/all-MiniLM-L6-v2/tree/751bff37182d3f1213fa05d7196b954e230abad9
 */
const MINILM: ModelProfile = {
  pooling: 'mean',
  dims: 384,
  tokensMax: 256,
  batchTokensMax: 96,
  dtype: 'q8',
  fuelPerToken: 1_400,
  files: [
    { path: 'config.json', bytes: 650, sha256: '7135149f7cffa1a573466c6e4d8423ed73b62fd2332c575bf738a0d033f70df7' },
    { path: 'tokenizer.json', bytes: 711_661, sha256: 'da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0' },
    BERT_TOKENIZER_CONFIG,
    { path: 'onnx/model_quantized.onnx', bytes: 22_972_370, sha256: 'afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1' },
  ],
};

/**
 * bge-small-en-v1.5, 12 layers of 384, MIT.
 * Source: https://huggingface.co/Xenova/bge-small-en-v1.5/tree/ea104dacec62c0de699686887e3f920caeb4f3e3
 */
const BGE: ModelProfile = {
  pooling: 'cls',
  dims: 384,
  tokensMax: 512,
  batchTokensMax: 48,
  dtype: 'q8',
  fuelPerToken: 2_800,
  files: [
    { path: 'config.json', bytes: 683, sha256: 'fa73f90bf92c8cace1fbcb709626306f2bdbc9ea3e5b5f94b440df9b6aa56350' },
    { path: 'tokenizer.json', bytes: 711_396, sha256: 'd241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66' },
    BERT_TOKENIZER_CONFIG,
    { path: 'onnx/model_quantized.onnx', bytes: 34_014_426, sha256: '6c9c6101a956d62dfb5e7190c538226c0c5bb9cb27b651234b6df063ee7dbfe4' },
  ],
};

export const MODEL_DEFAULT = 'use-lite';

export const PROFILES: ReadonlyMap<string, ModelProfile> = new Map([
  [MODEL_DEFAULT, USE_LITE],
  ['minilm', MINILM],
  ['bge', BGE],
]);
