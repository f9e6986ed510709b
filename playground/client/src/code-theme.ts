import { typescriptLanguage } from '@codemirror/lang-javascript'
import { HighlightStyle } from '@codemirror/language'
import { EditorView } from '@codemirror/view'
import { styleTags, tags } from '@lezer/highlight'

/** TypeScript with the two names told apart that the site's static code tells apart and the grammar does not. */
export const codeLanguage = typescriptLanguage.configure({
  props: [
    styleTags({
      'MethodDeclaration/PropertyDefinition': tags.function(tags.definition(tags.propertyName)),
      'ClassDeclaration/VariableName': tags.className,
    }),
  ],
})

/** The variables that the site's static code is coloured with, so that opening the editor changes no colour. */
export const codeHighlighting = HighlightStyle.define([
  { tag: [tags.derefOperator], color: 'var(--code-text)' },
  { tag: [tags.comment], color: 'var(--code-comment)' },
  { tag: [tags.keyword, tags.operator, tags.self], color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null, tags.escape], color: 'var(--code-constant)' },
  {
    tag: [
      tags.function(tags.variableName),
      tags.function(tags.definition(tags.variableName)),
      tags.function(tags.propertyName),
      tags.function(tags.definition(tags.propertyName)),
    ],
    color: 'var(--code-function)',
  },
  { tag: [tags.typeName, tags.className, tags.definition(tags.className)], color: 'var(--code-type)' },
])

export const codeTheme = EditorView.theme({
  '&': { color: 'var(--code-text)', backgroundColor: 'transparent', fontSize: 'inherit' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'inherit', lineHeight: 'inherit', overflow: 'auto' },
  '.cm-content': { padding: 'var(--playground-code-padding) 0', caretColor: 'var(--vp-c-brand-1)' },
  '.cm-line': { padding: '0 16px 0 0' },
  '.cm-gutters': { color: 'var(--vp-c-text-2)', backgroundColor: 'var(--vp-code-block-bg)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': {
    boxSizing: 'border-box',
    width: 'var(--playground-gutter)',
    minWidth: '0',
    padding: '0 12px 0 0',
  },
  '.cm-content ::selection': { backgroundColor: 'var(--vp-c-brand-soft)' },
  '&.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--vp-c-brand-soft)',
    outline: '1px solid var(--vp-c-brand-1)',
  },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--vp-c-danger-soft)' },
})
