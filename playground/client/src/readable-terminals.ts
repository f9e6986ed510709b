import { ref } from 'vue'

/**
 * Whether screen readers can read the terminals of the page. A program that prints without pause is drawn about a
 * quarter slower then, so that a reader who needs no screen reader may turn it off.
 */
export const isReadable = ref(true)
