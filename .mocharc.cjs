module.exports = {
  'node-option': ['import=tsx'],
  spec: ['harness', 'captures', 'suites', 'scripts', 'bench', 'test'].map(
    (folder) => `${folder}/**/*.test.ts`,
  ),
  reporter: './scripts/mocha-reporter.ts',
  timeout: 20000,
  'forbid-only': true,
  'forbid-pending': process.env.CI === 'true',
}
