// `node --import ./scripts/lib/types-off.mjs`: TypeScript is read with its types taken off and nothing added, so that coverage
// counts the branches of what was written. (tsx names each function by a helper of its own, which counts as branches never taken.)
import { readFile } from 'node:fs/promises'
import { register } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'

/**
 * @param {string} url
 * @param {import('node:module').LoadHookContext} context
 * @param {Parameters<import('node:module').LoadHook>[2]} next
 */
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context)
  const { transform } = await import('esbuild')
  const sourcefile = fileURLToPath(url)
  const { code } = await transform(await readFile(sourcefile, 'utf8'), {
    loader: 'ts',
    target: 'node20',
    sourcemap: 'inline',
    sourcefile,
  })
  return { format: 'module', shortCircuit: true, source: code }
}

if (isMainThread) register(import.meta.url)
