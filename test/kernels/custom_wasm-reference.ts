/** What the example guests compute, in plain JavaScript, and how a guest runs without metering. */

export function runPlain(module: Uint8Array, input: Uint8Array): Uint8Array {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module as BufferSource));
  const { memory, alloc, execute, _initialize } = exports as unknown as {
    memory: WebAssembly.Memory;
    alloc(length: number): number;
    execute(at: number, length: number): bigint;
    _initialize?(): void;
  };
  _initialize?.();
  const at = alloc(input.length);
  new Uint8Array(memory.buffer, at).set(input);
  const result = execute(at, input.length);
  return new Uint8Array(memory.buffer, Number(result >> 32n), Number(result & 0xffff_ffffn)).slice();
}

export function countWords(text: string): string {
  const counts = new Map<string, number>();
  for (const [word] of text.matchAll(/[\p{L}\p{N}]+/gu)) counts.set(word.toLowerCase(), (counts.get(word.toLowerCase()) ?? 0) + 1);
  const ranked = [...counts].sort(([a, m], [b, n]) => n - m || Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return ranked.map(([word, times]) => `${times} ${word}\n`).join('');
}

export function mandelbrot(width: number, height: number, most: number): Uint16Array {
  return Uint16Array.from({ length: width * height }, (_, i) => {
    const re = -2 + (3 * (i % width)) / width;
    const im = -1.2 + (2.4 * Math.floor(i / width)) / height;
    let [a, b, n] = [0, 0, 0];
    for (; n < most && a * a + b * b <= 4; n++) [a, b] = [a * a - b * b + re, 2 * a * b + im];
    return n;
  });
}
