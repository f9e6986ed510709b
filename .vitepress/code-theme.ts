import type { ThemeOptions } from 'vitepress'

const COLOURED_SCOPES = {
  'var(--code-comment)': ['comment', 'punctuation.definition.comment'],
  'var(--code-keyword)': [
    'keyword',
    'storage',
    'variable.language.this',
    'variable.language.super',
    'meta.embedded.line punctuation.definition.template-expression',
  ],
  'var(--code-string)': ['string', 'punctuation.definition.string'],
  'var(--code-constant)': ['constant', 'support.constant'],
  'var(--code-function)': ['entity.name.function', 'support.function'],
  'var(--code-type)': [
    'entity.name.type',
    'entity.other.inherited-class',
    'new.expr entity.name.function',
    'support.class',
    'support.type',
  ],
  'var(--code-text)': ['meta.template.expression', 'keyword.operator.accessor', 'punctuation'],
}

/** Colours are variables, so that static code and the editor share them, and light and dark are one page. */
export const codeTheme: ThemeOptions = {
  name: 'page-variables',
  fg: 'var(--code-text)',
  bg: 'transparent',
  settings: Object.entries(COLOURED_SCOPES).map(([foreground, scope]) => ({
    scope,
    settings: { foreground },
  })),
}
