import { computed, type ComputedRef } from 'vue'
import type { ActivityFeed } from './activity-feed.ts'
import { ActivityModel } from './activity-model.ts'

const models = new WeakMap<ActivityFeed, ActivityModel>()

/** What the views of a page show; the value is a new one whenever there is more of it. */
export function useActivity(feed: ActivityFeed): ComputedRef<{ model: ActivityModel; version: number }> {
  const model = models.get(feed) ?? new ActivityModel(feed)
  models.set(feed, model)
  return computed(() => {
    const version = feed.version.value
    model.update()
    return { model, version }
  })
}
