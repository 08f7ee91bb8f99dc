/**
 * An HNSW index of usearch compiled to WebAssembly, file-compatible with native usearch 2.x both ways.
 * Sources: https://github.com/unum-cloud/usearch; Malkov, Yashunin, https://arxiv.org/abs/1603.09320.
 */
import { KernelError } from '../kernel.js';
import { place, type Native } from './module.js';
import { checkSavedIndex, SCALARS, VECTORS_OFFSET, type Scalar } from './saved_index.js';
import { METRIC_CODES, type Metric } from './scan.js';

export interface IndexOptions {
  readonly dims: number;
  readonly metric: Metric;
  /** f16 halves the memory at no measurable loss; i8 (cos only) is smallest and fastest. */
  readonly scalar?: Scalar;
  /** Links a node (M). */
  readonly connectivity?: number;
  readonly efConstruction?: number;
  readonly efSearch?: number;
}

export interface IndexMatch {
  readonly id: number;
  /** Higher is nearer: cosine, inner product, or the squared distance negated. */
  readonly score: number;
}

const DEFAULTS = { scalar: 'f16', connectivity: 16, efConstruction: 128, efSearch: 64 } as const;

/** Ties go to the lower id, wherever the graph was entered. */
const nearestFirst = (a: IndexMatch, b: IndexMatch): number => b.score - a.score || a.id - b.id;

export class UsearchIndex {
  private constructor(
    private readonly native: Native,
    readonly dims: number,
    readonly metric: Metric,
    readonly scalar: Scalar,
    /** Room for one vector in the module's memory. */
    private readonly vectorAt: number,
  ) {}

  /**
   * @param native an instance of its own: it holds one index
   * @throws KernelError `bad-input` for a metric that does not go with the scalar type
   */
  static create(native: Native, options: IndexOptions): UsearchIndex {
    const { dims, metric, scalar, connectivity, efConstruction, efSearch } = { ...DEFAULTS, ...options };
    const created = native.index_create(dims, METRIC_CODES[metric], SCALARS[scalar].code, connectivity, efConstruction, efSearch);
    if (!created) throw failure(native, 'bad-input');
    return new UsearchIndex(native, dims, metric, scalar, place(native, new Float32Array(dims)));
  }

  /**
   * Reads a file that this class or native usearch has saved.
   * @throws KernelError `bad-input` for a file that is truncated, corrupt or of an unsupported type
   */
  static load(native: Native, bytes: Uint8Array): UsearchIndex {
    const { dims, metric, scalar, rows } = checkSavedIndex(bytes);
    const file = place(native, bytes);
    const survey = native.index_survey(file + VECTORS_OFFSET, rows, dims, SCALARS[scalar].code);
    if (survey < 0) throw new KernelError('bad-input', '`index` has a vector that is not finite or too long.');
    const loaded = native.index_load(file, bytes.length, survey);
    native.release(file);
    // Of another minor version, say, whose head means something else.
    if (!loaded) throw failure(native, 'bad-input');
    const index = new UsearchIndex(native, dims, metric, scalar, place(native, new Float32Array(dims)));
    index.expand(DEFAULTS.efConstruction, DEFAULTS.efSearch);
    return index;
  }

  get size(): number {
    return this.native.index_size();
  }

  /** How many candidates to keep while adding and while searching: more finds more, and takes longer. */
  expand(efConstruction: number, efSearch: number): void {
    this.native.index_expansion(efConstruction, efSearch);
  }

  /** Makes room for so many vectors in all. Needed before `add`; growing at once is cheaper than by steps. */
  reserve(vectors: number): void {
    if (!this.native.index_reserve(vectors)) throw failure(this.native, 'kernel-failed');
  }

  /**
   * @param ids non-negative safe integers, none of them in the index yet
   * @param vectors row-major, `dims` finite numbers for each id
   * @throws KernelError `bad-input` for an id that is taken or a number that f16 cannot hold
   */
  add(ids: ArrayLike<number>, vectors: Float32Array): void {
    for (let i = 0; i < ids.length; i++) {
      this.put(vectors.subarray(i * this.dims, (i + 1) * this.dims));
      if (!this.native.index_add(ids[i]!, this.vectorAt)) throw failure(this.native, 'bad-input');
    }
  }

  /** Up to `k` matches, the best first. */
  search(query: Float32Array, k: number): IndexMatch[] {
    this.put(query);
    const room = this.native.allocate(12 * k);
    const count = this.native.index_search(this.vectorAt, k, room, room + 8 * k);
    if (count < 0) throw failure(this.native, 'bad-input');
    const { buffer } = this.native.memory;
    const ids = new Float64Array(buffer, room, count);
    const distances = new Float32Array(buffer, room + 8 * k, count);
    const scoreOf = this.metric === 'l2' ? (distance: number) => 0 - distance : (distance: number) => Math.fround(1 - distance);
    const matches = Array.from(ids, (id, i) => ({ id, score: scoreOf(distances[i]!) }));
    this.native.release(room);
    return matches.sort(nearestFirst);
  }

  /** @returns false if the id was not in the index */
  remove(id: number): boolean {
    const removed = this.native.index_remove(id);
    if (removed < 0) throw failure(this.native, 'kernel-failed');
    return removed > 0;
  }

  save(): Uint8Array {
    const length = this.native.index_save_bytes();
    const file = this.native.allocate(length);
    if (file === 0 || !this.native.index_save(file)) throw failure(this.native, 'kernel-failed');
    const bytes = new Uint8Array(this.native.memory.buffer, file, length).slice();
    this.native.release(file);
    return bytes;
  }

  private put(vector: Float32Array): void {
    if (vector.length !== this.dims) throw new KernelError('bad-input', `A vector has ${vector.length} numbers, the index ${this.dims} dimensions.`);
    // A view is not kept: adding and searching may grow the memory, which detaches it.
    new Float32Array(this.native.memory.buffer, this.vectorAt, this.dims).set(vector);
  }
}

function failure(native: Native, code: 'bad-input' | 'kernel-failed'): KernelError {
  const text = new Uint8Array(native.memory.buffer, native.index_failure());
  const message = new TextDecoder().decode(text.slice(0, text.indexOf(0)));
  return new KernelError(code, `The vector index failed: ${message}.`);
}
