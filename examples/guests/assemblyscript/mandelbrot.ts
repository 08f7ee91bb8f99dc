/**
 * The Mandelbrot set over [-2, 1] x [-1.2, 1.2].
 * Input: width, height and most iterations, three u32. Output: the iterations of each pixel, u16, row by row.
 */
export function alloc(length: u32): usize {
  return heap.alloc(length);
}

export function execute(input: usize, length: u32): u64 {
  // -1 refuses the input.
  if (length != 12) return u64.MAX_VALUE;
  const width = load<u32>(input);
  const height = load<u32>(input, 4);
  const most = load<u32>(input, 8);
  if (width == 0 || height == 0 || width > 2048 || height > 2048 || most > 65535) return u64.MAX_VALUE;

  const bytes = width * height * 2;
  const output = heap.alloc(bytes);
  for (let y: u32 = 0; y < height; y++) {
    for (let x: u32 = 0; x < width; x++) {
      const re = -2.0 + (3.0 * <f64>x) / <f64>width;
      const im = -1.2 + (2.4 * <f64>y) / <f64>height;
      store<u16>(output + ((y * width + x) << 1), <u16>escape(re, im, most));
    }
  }
  return ((<u64>output) << 32) | bytes;
}

function escape(re: f64, im: f64, most: u32): u32 {
  let a = 0.0;
  let b = 0.0;
  let n: u32 = 0;
  while (n < most && a * a + b * b <= 4.0) {
    const next = a * a - b * b + re;
    b = 2.0 * a * b + im;
    a = next;
    n++;
  }
  return n;
}
