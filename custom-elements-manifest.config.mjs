/** `npm run analyze`: custom-elements.json, which editors and framework wrappers read. */
export default {
  globs: ['src/elements/*/*-element.ts', 'src/elements/edge-net.ts'],
  outdir: '.',
  packagejson: false,
  quiet: true,
};
