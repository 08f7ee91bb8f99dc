/**
 * Bundles the examples that are written in a framework's own language: dist/examples/{react,vue,svelte}.js. The package itself is not in
 * them: they import it by its name, which an import map of their page leads to dist/.
 */
import { build } from 'esbuild';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, compileModule } from 'svelte/compiler';
import { compileScript, parse } from 'vue/compiler-sfc';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'dist/examples');

// Filters without the flag u: esbuild reads them in Go.

/** Vue's components, with the one setting that their users need as well: which tags are not Vue's. */
const vue = {
  name: 'vue',
  setup({ onLoad }) {
    onLoad({ filter: /\.vue$/ }, async ({ path }) => {
      const { descriptor, errors } = parse(await readFile(path, 'utf8'), { filename: path });
      if (errors.length > 0) return { errors: errors.map(({ message }) => ({ text: message, location: { file: path } })) };
      const compilerOptions = { isCustomElement: (tag) => tag.startsWith('edge-net-') };
      const { content } = compileScript(descriptor, { id: basename(path), inlineTemplate: true, isProd: true, templateOptions: { compilerOptions } });
      return { contents: content, loader: 'ts' };
    });
  },
};

const svelte = {
  name: 'svelte',
  setup({ onLoad }) {
    onLoad({ filter: /\.svelte$/ }, async ({ path }) => compiled(compile(await readFile(path, 'utf8'), { filename: path, css: 'injected', dev: false })));
    onLoad({ filter: /\.svelte\.ts$/ }, async ({ path }) => {
      // Its runes are for Svelte, its types for nobody at run time.
      const { transform } = await import('esbuild');
      const { code } = await transform(await readFile(path, 'utf8'), { loader: 'ts', target: 'esnext' });
      return compiled(compileModule(code, { filename: path, dev: false }));
    });
  },
};

function compiled({ js, warnings }) {
  return { contents: js.code, loader: 'js', warnings: warnings.map(({ message }) => ({ text: message })) };
}

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
await build({
  entryPoints: { react: 'examples/drop-in/react/main.tsx', vue: 'examples/drop-in/vue/main.ts', svelte: 'examples/drop-in/svelte/main.ts' },
  absWorkingDir: ROOT, outdir: OUT, bundle: true, format: 'esm', target: 'es2022', minify: true, sourcemap: true, logLevel: 'warning',
  external: ['@ruvector/edge-net'],
  jsx: 'automatic',
  conditions: ['browser', 'production'],
  define: { 'process.env.NODE_ENV': '"production"', __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
  plugins: [vue, svelte],
});
