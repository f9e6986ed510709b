import { EditorView } from '@codemirror/view'

const PANEL = {
  border: '1px solid var(--vp-c-border)',
  borderRadius: '8px',
  color: 'var(--vp-c-text-1)',
  backgroundColor: 'var(--vp-c-bg-elv)',
  boxShadow: 'var(--vp-shadow-3)',
}

/** What the editor shows beside the code: completions, descriptions, problems, and the lines of a solution. */
export const toolTheme = EditorView.theme({
  '.cm-tooltip': { ...PANEL, zIndex: '20', maxWidth: 'min(560px, calc(100vw - 16px))' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--vp-font-family-mono)', maxHeight: '14em' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px', lineHeight: '1.5', margin: '0' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    color: 'var(--vp-c-text-1)',
    backgroundColor: 'var(--vp-c-brand-soft)',
    boxShadow: 'inset 2px 0 var(--vp-c-brand-1)',
  },
  '.cm-completionMatchedText': { fontWeight: '700', textDecoration: 'none' },
  '.cm-completionDetail': { fontStyle: 'normal', color: 'var(--vp-c-text-2)' },
  '.cm-completionIcon': { opacity: '1', color: 'var(--vp-c-text-2)' },
  '.cm-tooltip.cm-completionInfo': { padding: '0', overflow: 'auto', maxHeight: '20em' },
  '.cm-description': {
    padding: '8px 12px',
    maxHeight: '20em',
    overflow: 'auto',
    fontSize: '13px',
    lineHeight: '1.5',
  },
  '.cm-description code': {
    padding: '0',
    backgroundColor: 'transparent',
    fontFamily: 'var(--vp-font-family-mono)',
    fontSize: 'inherit',
    color: 'var(--vp-c-text-1)',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
  },
  '.cm-description p': {
    margin: '6px 0 0',
    fontFamily: 'var(--vp-font-family-base)',
    whiteSpace: 'pre-line',
  },
  '.cm-diagnostic': {
    padding: '6px 12px',
    marginLeft: '0',
    fontFamily: 'var(--vp-font-family-base)',
    fontSize: '13px',
    lineHeight: '1.5',
    whiteSpace: 'pre-line',
  },
  '.cm-diagnostic-error': { borderLeft: '4px solid var(--vp-c-danger-1)' },
  '.cm-diagnostic-warning': { borderLeft: '4px solid var(--vp-c-warning-1)' },
  '.cm-diagnosticSource': { fontSize: '12px', opacity: '1', color: 'var(--vp-c-text-2)' },
  '.cm-lintRange': { backgroundImage: 'none', textDecorationSkipInk: 'none' },
  '.cm-lintRange-error': {
    textDecoration: 'underline wavy var(--vp-c-danger-1)',
    textUnderlineOffset: '3px',
  },
  '.cm-lintRange-warning': {
    textDecoration: 'underline dotted var(--vp-c-warning-1)',
    textUnderlineOffset: '3px',
  },
  '.cm-lintRange.cm-run-error': { textDecoration: 'none', backgroundColor: 'var(--vp-c-danger-soft)' },
  // The gutter of the line numbers has room for it, so that opening the editor moves no text.
  '.cm-gutter-lint': { position: 'absolute', left: '0', width: '12px' },
  '.cm-gutter-lint .cm-gutterElement': { padding: '0' },
  // The site lays images out as blocks with margins, and this one stands in the middle of a line.
  '.cm-widgetBuffer': { display: 'inline', margin: '0', verticalAlign: 'text-top' },
  '.cm-lint-marker': {
    boxSizing: 'border-box',
    width: '7px',
    height: '7px',
    margin: '0.45em 0 0 2px',
    content: 'none',
  },
  '.cm-lint-marker-error': { backgroundColor: 'var(--vp-c-danger-1)', transform: 'rotate(45deg)' },
  '.cm-lint-marker-warning': { border: '2px solid var(--vp-c-warning-1)', borderRadius: '50%' },
  '&.cm-merge-b .cm-changedLine': { backgroundColor: 'var(--vp-c-warning-soft)' },
  '&.cm-merge-b .cm-changedText': { background: 'none', fontWeight: '700' },
  '.cm-deletedChunk': {
    paddingLeft: '0',
    backgroundColor: 'var(--vp-c-success-soft)',
  },
  '.cm-deletedChunk .cm-deletedText': { background: 'none', fontWeight: '700' },
  '.cm-deletedLine del, .cm-deletedLine': { textDecoration: 'none' },
  '.cm-deletedChunk .cm-chunkButtons': { position: 'static', padding: '2px 12px' },
  '.cm-deletedChunk button': {
    padding: '0 8px',
    border: '1px solid var(--vp-c-border)',
    borderRadius: '6px',
    fontFamily: 'var(--vp-font-family-base)',
    fontSize: '12px',
    lineHeight: '22px',
    color: 'var(--vp-c-text-1)',
    backgroundColor: 'var(--vp-c-bg)',
    cursor: 'pointer',
  },
})
