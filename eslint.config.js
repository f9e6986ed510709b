import { defineConfig, globalIgnores } from 'eslint/config'
import prettier from 'eslint-config-prettier'
import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'

export default defineConfig(
  globalIgnores(['**/dist/', '.vitepress/cache/', 'test-results/', 'playwright-report/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  tseslint.configs.strictTypeChecked,
  vue.configs['flat/recommended'],
  {
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.vue'],
      },
    },
    rules: {
      eqeqeq: 'error',
      'vue/multi-word-component-names': ['error', { ignores: ['Playground'] }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // It does not know that a field may change while the code awaits.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // Options are taken apart where they come in: `{ onEvent }` is a function, not a method that lost its object.
      '@typescript-eslint/unbound-method': 'off',
      // The compiler reports these, and knows the leading underscore.
      '@typescript-eslint/no-unused-vars': 'off',
    },
  },
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: { 'vue/require-default-prop': 'off' },
  },
  {
    // The programs that readers see print what they received as the seed's do.
    files: ['docs/examples/**'],
    rules: {
      '@typescript-eslint/restrict-template-expressions': 'off',
      // Reversed text is an example, and a reader is to see what it does.
      '@typescript-eslint/no-misused-spread': 'off',
      // The runner waits for the promise of a test.
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: 'test' }] },
      ],
    },
  },
  {
    // Only vue-tsc, which checks these files too, knows the types of a component that is imported.
    files: ['playground/client/src/**', '.vitepress/theme/**'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    // ESLint does not see the casts of JSDoc; the compiler, which does, checks these files too.
    files: ['scripts/*.mjs'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  { files: ['*.config.*', 'tests/**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
  prettier,
)
