import { computed, ref, type ComputedRef } from 'vue'
import { panned, zoomed, type TimeWindow } from './time-window.ts'

const ZOOM_STEP = 0.6
const PAN_STEP = 0.25

interface ZoomableWindow {
  readonly window: ComputedRef<TimeWindow>
  /** The reader has chosen a part of the time: what is new does not change it. */
  readonly isZoomed: ComputedRef<boolean>
  zoom(direction: 'in' | 'out', at?: number): void
  pan(direction: -1 | 1): void
  fit(): void
}

/** The part of the time that a drawing shows: all of it, as it grows, until the reader zooms. */
export function useTimeWindow(bounds: () => TimeWindow): ZoomableWindow {
  const chosen = ref<TimeWindow>()
  const window = computed(() => chosen.value ?? bounds())

  return {
    window,
    isZoomed: computed(() => chosen.value !== undefined),
    zoom(direction, at) {
      const { from, to } = window.value
      const factor = direction === 'in' ? ZOOM_STEP : 1 / ZOOM_STEP
      const next = zoomed(window.value, bounds(), factor, at ?? (from + to) / 2)
      const isAll = next.to - next.from >= bounds().to - bounds().from
      chosen.value = isAll ? undefined : next
    },
    pan(direction) {
      if (chosen.value !== undefined) chosen.value = panned(chosen.value, bounds(), direction * PAN_STEP)
    },
    fit: () => (chosen.value = undefined),
  }
}
