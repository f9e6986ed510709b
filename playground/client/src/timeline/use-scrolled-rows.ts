import { computed, nextTick, onBeforeUnmount, onMounted, ref, watch, type ComputedRef, type Ref } from 'vue'

/** Rows beyond the edges are there before they are scrolled to. */
const SPARE_ROWS = 3

interface ScrolledRows {
  size: Ref<{ width: number; height: number }>
  /** The indexes between which rows are drawn. */
  drawn: ComputedRef<{ first: number; last: number }>
  /** Called whenever the reader has scrolled. */
  scrolled(): void
  /** Scrolls as far as it takes to see the row, and `below` pixels more if it comes from below. */
  reveal(index: number, below: number): void
}

/** Which of many equally high rows are in view; whoever looks at the newest goes on to do so as their count grows. */
export function useScrolledRows(
  scroller: Readonly<Ref<HTMLElement | null>>,
  rowHeight: number,
  count: () => number,
): ScrolledRows {
  const size = ref({ width: 600, height: 300 })
  const scrollTop = ref(0)
  const drawn = computed(() => ({
    first: Math.max(0, Math.floor(scrollTop.value / rowHeight) - SPARE_ROWS),
    last: Math.ceil((scrollTop.value + size.value.height) / rowHeight) + SPARE_ROWS,
  }))

  let observer: ResizeObserver | undefined
  onMounted(() => {
    const host = scroller.value
    if (host === null) return
    observer = new ResizeObserver(() => (size.value = { width: host.clientWidth, height: host.clientHeight }))
    observer.observe(host)
  })
  onBeforeUnmount(() => observer?.disconnect())

  watch(count, async () => {
    const host = scroller.value
    if (host === null || host.scrollTop + host.clientHeight < host.scrollHeight - rowHeight) return
    await nextTick()
    host.scrollTop = host.scrollHeight
  })

  function scrolled(): void {
    scrollTop.value = scroller.value?.scrollTop ?? 0
  }

  function reveal(index: number, below: number): void {
    const host = scroller.value
    if (host === null) return
    const top = index * rowHeight
    const bottom = top + rowHeight + below
    if (top < host.scrollTop) host.scrollTop = top
    else if (bottom > host.scrollTop + host.clientHeight) host.scrollTop = bottom - host.clientHeight
  }

  return { size, drawn, scrolled, reveal }
}
