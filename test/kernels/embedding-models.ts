/**
 * Every model the network knows, with where its weights are for the tests. `use-lite` is made from this tree; the others are
 * looked for under the folder or URL that the environment variable EDGE_NET_MODEL_BASE names.
 */
import { loadModelFiles } from '../../src/kernels/embedding/files.js';
import { PROFILES, type ModelProfile } from '../../src/kernels/embedding/profiles.js';
import { buildModel, contextWith, MODELS } from './embedding-context.js';

export interface TestModel {
  readonly model: string;
  readonly profile: ModelProfile;
  readonly modelBase: string;
  /** Why its tests are skipped, or false. */
  readonly skip: string | false;
}

const GIVEN = process.env['EDGE_NET_MODEL_BASE'];

/** A model that is there but is not the pinned one fails its tests; only an absent one is skipped. */
async function reasonToSkip(model: string, profile: ModelProfile): Promise<string | false> {
  if (GIVEN === undefined || GIVEN === '') return `not run: EDGE_NET_MODEL_BASE names no folder or URL with the weights of ${model}`;
  try {
    await loadModelFiles(model, profile, contextWith({ modelBase: GIVEN }));
    return false;
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    return code === 'model-missing' ? `not run: ${message}` : false;
  }
}

export const TEST_MODELS: readonly TestModel[] = await Promise.all(
  Array.from(PROFILES, async ([model, profile]) => {
    if (model !== 'use-lite') return { model, profile, modelBase: GIVEN ?? '', skip: await reasonToSkip(model, profile) };
    buildModel();
    return { model, profile, modelBase: MODELS, skip: false as const };
  }),
);
