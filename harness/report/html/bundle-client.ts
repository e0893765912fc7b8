import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/** A page's script as one minified file; needs the sources and the development packages. */
export function bundleClient(name: 'main' | 'sweep'): string {
  const { buildSync }: typeof import('esbuild') = createRequire(import.meta.url)('esbuild')
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL(`./client/${name}.ts`, import.meta.url))],
    bundle: true,
    format: 'iife',
    target: 'es2022',
    minify: true,
    write: false,
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}
