/**
 * The sentence encoders the network knows by name. A profile pins everything that decides the output's
 * bytes; changing one means a new `version` in the manifest. A file without a hash is taken as it comes,
 * so such a model agrees only among workers that share a model base.
 */

export interface ModelFile {
  /** Path below the model's folder, in the layout of transformers.js. */
  readonly path: string;
  readonly sha256?: string;
  readonly bytes?: number;
}

export interface ModelProfile {
  /** How one vector is made of the token vectors: the first one, or their mean. */
  readonly pooling: 'cls' | 'mean';
  readonly dims: number;
  /** Longer texts are cut here. */
  readonly tokensMax: number;
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
  dtype: 'q8',
  fuelPerToken: 500,
  files: [
    { path: 'config.json', bytes: 100, sha256: 'e90f828a7ce5f9f23006acb6c032dcb93090dbcf6fde44329b02d24e5ea0d86e' },
    { path: 'tokenizer.json', bytes: 218_737, sha256: '26cb2457678b26051eac5471ca0fbd6695b7f285c60c42f3d8d03e2ec4047e08' },
    { path: 'tokenizer_config.json', bytes: 160, sha256: '6b8aa51b783b08235bbcdd5ed35649d2cdcb1afe863679cac07e0876468106f7' },
    { path: 'onnx/model_quantized.onnx', bytes: 7_087_964, sha256: 'a42ee54d8a4988b38e2c4d11a961cba2a6f62c40667f04a87289badbedcc5517' },
  ],
};

/** all-MiniLM-L6-v2: 6 layers of 384. */
const MINILM: ModelProfile = {
  pooling: 'mean',
  dims: 384,
  tokensMax: 256,
  dtype: 'q8',
  fuelPerToken: 1_400,
  files: [
    { path: 'config.json' },
    { path: 'tokenizer.json' },
    { path: 'tokenizer_config.json' },
    { path: 'onnx/model_quantized.onnx', bytes: 22_972_370, sha256: 'afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1' },
  ],
};

/** bge-small-en-v1.5: 12 layers of 384. */
const BGE: ModelProfile = {
  pooling: 'cls',
  dims: 384,
  tokensMax: 512,
  dtype: 'q8',
  fuelPerToken: 2_800,
  files: [
    { path: 'config.json' },
    { path: 'tokenizer.json' },
    { path: 'tokenizer_config.json' },
    { path: 'onnx/model_quantized.onnx' },
  ],
};

export const MODEL_DEFAULT = 'use-lite';

export const PROFILES: ReadonlyMap<string, ModelProfile> = new Map([
  [MODEL_DEFAULT, USE_LITE],
  ['minilm', MINILM],
  ['bge', BGE],
]);
